import { type HistoryAccount } from '../../core/impact/history.ts';
import { createColumns } from '../../core/impact/columns.ts';
import { type Item } from '../../functions/aws/table.ts';
import { type StoredChunk, type StoredLead } from './format.ts';
import { isLead, isSampled, partitionOf, type ReadAccount, type ReadLead } from './items.ts';
import { type ChunkFile, type Origin, type Progress, type Store } from './store.ts';
import { type Cursor, type TableReader } from './table-reader.ts';

/** A chunk is closed when it has so many of either. */
export interface ChunkSize {
  readonly rows: number;
  readonly leads: number;
}
const SIZE: ChunkSize = { rows: 100_000, leads: 4_000 };

export interface PullOptions {
  readonly origin: Origin;
  /** Parts of the table that are read at once. */
  readonly segments: number;
  /** UTC milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly report: (leads: number, rows: number) => void;
  /** @default 100,000 events or 4,000 leads */
  readonly size?: ChunkSize;
}

/**
 * Scans the table into the store, from where an earlier scan of the same table stopped. What is in a chunk is not read
 * again: each chunk is on disk before the cursor behind it is.
 * @returns how many leads the store holds then
 */
export async function pullAll(table: TableReader, store: Store, options: PullOptions): Promise<number> {
  const { origin, segments, now, signal } = options;
  const known = await store.progress();
  const isSame = known?.origin.table === origin.table && known.origin.sample === origin.sample;
  let at: Progress = isSame
    ? known
    : {
        origin,
        startedAt: now,
        segments: Array.from({ length: segments }, () => ({ cursor: null, done: false })),
        chunks: [],
        accounts: [],
      };
  await store.saveProgress(at);
  await store.tidy();
  const count = (what: 'leads' | 'rows'): number => at.chunks.reduce((sum, chunk) => sum + chunk[what], 0);
  options.report(count('leads'), count('rows'));

  let saving = Promise.resolve();
  /** One after the other: each state holds what the ones before it did. */
  const save = (change: (before: Progress) => Progress): Promise<void> => {
    saving = saving.then(async () => {
      const next = change(at);
      await store.saveProgress(next);
      at = next;
      options.report(count('leads'), count('rows'));
    });
    return saving;
  };
  const scanSegment = async (segment: number): Promise<void> => {
    const state = at.segments[segment];
    if (!state || state.done) return;
    let batch = createBatch(options.size);
    let number = at.chunks.filter(({ file }) => file.startsWith(`${prefix(at, segment)}-`)).length;
    const flush = async (cursor: Cursor | null, done: boolean): Promise<void> => {
      const { chunk, accounts } = batch.take();
      batch = createBatch(options.size);
      number += 1;
      const name = `${prefix(at, segment)}-${number}`;
      const file = chunk.leads.length > 0 ? await store.writeChunk(name, chunk) : null;
      const told = accounts.length > 0 ? await store.writeAccounts(`${name}-accounts`, accounts) : null;
      await save((before) => ({
        ...before,
        segments: before.segments.map((one, n) => (n === segment ? { cursor, done } : one)),
        chunks: file ? [...before.chunks, file] : before.chunks,
        accounts: told === null ? before.accounts : [...before.accounts, told],
      }));
    };
    let group: Item[] = [];
    const close = (): void => {
      const pk = group[0]?.pk;
      const read = typeof pk === 'string' ? partitionOf(pk, group) : null;
      if (read && (!isLead(read) || isSampled(read.lead.id, origin.sample))) batch.add(read);
      group = [];
    };
    let from = state.cursor as Cursor | null;
    do {
      signal.throwIfAborted();
      const page = await table.scan(segment, at.segments.length, from);
      for (const item of page.items) {
        if (group.length > 0 && group[0]?.pk !== item.pk) {
          const last = group.at(-1);
          close();
          if (batch.isFull && last) await flush(keyOf(last), false);
        }
        group.push(item);
      }
      from = page.next;
    } while (from !== null);
    close();
    await flush(null, true);
  };
  const scans = await Promise.allSettled(at.segments.map((_, segment) => scanSegment(segment)));
  for (const scan of scans) if (scan.status === 'rejected') throw scan.reason;

  const accounts: HistoryAccount[] = [];
  for (const file of at.accounts) accounts.push(...(await store.readAccounts(file)));
  await store.complete({
    format: 'kindling-history',
    version: 1,
    origin,
    pulledAt: at.startedAt,
    chunks: at.chunks,
    accounts: await store.writeAccounts(`accounts-${at.startedAt}`, accounts),
    gone: [],
  });
  return count('leads');
}

const prefix = ({ startedAt }: Progress, segment: number): string => `scan-${startedAt}-${segment}`;

const keyOf = ({ pk, sk }: Item): Cursor => ({ pk: { S: String(pk) }, sk: { S: String(sk) } });

/** Leads and accounts on their way into a chunk. */
export function createBatch(size: ChunkSize = SIZE): {
  readonly isFull: boolean;
  add(read: ReadLead | ReadAccount): void;
  take(): { readonly chunk: StoredChunk; readonly accounts: readonly ReadAccount[] };
} {
  const columns = createColumns();
  const versions: number[] = [];
  const accounts: ReadAccount[] = [];
  return {
    get isFull() {
      return columns.rows >= size.rows || versions.length >= size.leads;
    },
    add: (read) => {
      if (!isLead(read)) {
        accounts.push(read);
        return;
      }
      const { version, ...lead } = read.lead;
      columns.add(lead, read.events);
      versions.push(version);
    },
    take: () => {
      const { leads, ...rest } = columns.chunk();
      const stored = leads.map((lead, n): StoredLead => ({ ...lead, version: versions[n] ?? 0 }));
      return { chunk: { ...rest, leads: stored }, accounts };
    },
  };
}

export const sumOf = (chunks: readonly ChunkFile[], what: 'leads' | 'rows' | 'bytes'): number =>
  chunks.reduce((sum, chunk) => sum + chunk[what], 0);
