import {
  accountKey,
  accountPk,
  isLeadPk,
  leadIdOf,
  leadKey,
  leadPk,
  accountIdOf,
} from '../../functions/aws/keys.ts';
import { type HistoryAccount } from '../../core/impact/history.ts';
import { isLead, isSampled, partitionOf, type ReadAccount } from './items.ts';
import { createBatch, type PullOptions } from './pull.ts';
import { type ChunkFile, type Manifest, type Store } from './store.ts';
import { type TableReader } from './table-reader.ts';

/** Leads asked for at once. */
const AT_ONCE = 16;
/** From this share of changed leads on, one scan is cheaper than asking for each. */
const TOO_MANY = 0.3;

export interface Refreshed {
  readonly changed: number;
  readonly gone: number;
  readonly leads: number;
}

/**
 * Brings a complete store up to date: every event of a lead is followed by a new version of the lead, so only leads
 * whose version is another one are read again, each whole.
 * @returns null where so much has changed that all should be scanned anew
 */
export async function refresh(
  table: TableReader,
  store: Store,
  manifest: Manifest,
  { origin, segments, now, signal, report }: PullOptions,
): Promise<Refreshed | null> {
  const { known, within } = await whatIsKnown(store, manifest);
  const accounts = new Map<string, ReadAccount>();
  if (manifest.accounts !== null)
    for (const account of await store.readAccounts(manifest.accounts))
      accounts.set(account.id, account as ReadAccount);

  const pks = new Set<string>();
  await Promise.all(
    Array.from({ length: segments }, async (_, segment) => {
      for await (const page of table.listed(segment, segments)) for (const pk of page) pks.add(pk);
    }),
  );
  signal.throwIfAborted();
  const leads = [...pks]
    .filter(isLeadPk)
    .map(leadIdOf)
    .filter((id) => isSampled(id, origin.sample));
  const versions = await table.versions(leads.map(leadKey));
  const isChanged = (id: string): boolean => {
    const version = versions.get(leadPk(id));
    return version !== undefined && version !== known.get(id);
  };
  const listed = new Set(leads);
  const gone = [...known.keys()].filter((id) => !listed.has(id));
  // A chunk holds what an erased lead did: whoever else is in it is read again, and the chunk goes.
  const dead = [...new Set([...manifest.gone, ...gone])].filter((id) => !listed.has(id));
  const erased = await table.erased(dead.map(leadKey));
  const unfit = new Set(
    [...within].flatMap(([file, ids]) => (ids.some((id) => erased.has(leadPk(id))) ? [file] : [])),
  );
  const uprooted = new Set([...unfit].flatMap((file) => within.get(file) ?? []));
  const changed = leads.filter((id) => isChanged(id) || uprooted.has(id));
  if (changed.length > TOO_MANY * known.size) return null;

  const chunks: ChunkFile[] = [];
  const toldOf = new Set<string>();
  let batch = createBatch();
  const flush = async (): Promise<void> => {
    const { chunk } = batch.take();
    batch = createBatch();
    if (chunk.leads.length > 0)
      chunks.push(await store.writeChunk(`pull-${now}-${chunks.length + 1}`, chunk));
  };
  for (let index = 0; index < changed.length; index += AT_ONCE) {
    signal.throwIfAborted();
    const some = changed.slice(index, index + AT_ONCE);
    const read = await Promise.all(
      some.map(async (id) => partitionOf(leadPk(id), await table.partition(leadPk(id)))),
    );
    read.forEach((one, n) => {
      if (!one || !isLead(one)) {
        // Merged or erased since it was listed.
        gone.push(some[n] ?? '');
        return;
      }
      batch.add(one);
      for (const { groupId } of one.events) if (groupId !== undefined) toldOf.add(groupId);
    });
    if (batch.isFull) await flush();
    report(index + some.length, 0);
  }
  await flush();

  await refreshAccounts(table, accounts, [...pks].filter((pk) => !isLeadPk(pk)).map(accountIdOf), toldOf);
  await store.complete({
    ...manifest,
    pulledAt: now,
    chunks: [...manifest.chunks.filter(({ file }) => !unfit.has(file)), ...chunks],
    accounts: await store.writeAccounts(`accounts-${now}`, [...accounts.values()] satisfies HistoryAccount[]),
    // What is in a new chunk is not gone, though it may have been.
    gone: [...new Set([...manifest.gone.filter((id) => !listed.has(id)), ...gone])],
  });
  const added = changed.filter((id) => !known.has(id)).length;
  return { changed: changed.length, gone: gone.length, leads: known.size + added - gone.length };
}

/** What the store knows of each lead: what the newest chunk that has it says; and who is in which chunk. */
async function whatIsKnown(
  store: Store,
  { chunks, gone }: Manifest,
): Promise<{ known: Map<string, number>; within: Map<string, readonly string[]> }> {
  const known = new Map<string, number>();
  const within = new Map<string, readonly string[]>();
  for (const { file } of chunks) {
    const leads = await store.readLeads(file);
    for (const { id, version } of leads) known.set(id, version);
    within.set(
      file,
      leads.map(({ id }) => id),
    );
  }
  for (const id of gone) known.delete(id);
  return { known, within };
}

async function refreshAccounts(
  table: TableReader,
  accounts: Map<string, ReadAccount>,
  listed: readonly string[],
  toldOf: ReadonlySet<string>,
): Promise<void> {
  const versions = await table.versions(listed.map(accountKey));
  const changed = listed.filter((id) => versions.get(accountPk(id)) !== accounts.get(id)?.version);
  for (const id of new Set([...changed, ...toldOf])) {
    const read = partitionOf(accountPk(id), await table.partition(accountPk(id)));
    if (read && !isLead(read)) accounts.set(id, read);
  }
}
