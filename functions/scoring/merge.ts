import { mayBeOne, survivorOf, union, type Holder, type PersonKey } from '../../core/identity/identity.ts';
import type { Erasure, Lead } from '../../core/lead.ts';
import { asItCame } from '../../core/message/clicks.ts';
import { Conflict } from '../errors.ts';
import { eraseMerged } from '../erasing/fence.ts';
import { inParallel } from '../parallel.ts';
import { keyName, type ScorePorts } from '../ports.ts';
import { expiryOf } from './expiry.ts';
import { scoreLead } from './score-lead.ts';
import { tell } from './tell.ts';

/** Events copied at once. */
const COPIES = 8;
/** Merges that may follow one another while one is finished. */
const HOPS = 20;

/**
 * Makes two leads one. It may stop after any write, and is finished later from what is stored:
 *
 * 1. The older lead takes over the claims (user ids, addresses): from here on nobody else's can be given to it.
 * 2. The younger one becomes `{into}` on its version, due now. That is the moment of the merge: whoever commits it or
 *    links to it later fails, looks again, and finds `into`; whoever put events into its log before has them copied,
 *    whoever puts them after finds `into` and puts them at the survivor as well.
 * 3. `finishMerge`.
 *
 * Where anything has changed since the leads were read it does nothing: who is who is decided again.
 */
export const mergeLeads = async (
  ports: ScorePorts,
  [a, b]: readonly [string, string],
  alias: boolean,
): Promise<void> => {
  const { leads, clock } = ports;
  const [one, other] = [await leads.read(a), await leads.read(b)];
  if (one === null || other === null || one.id === other.id) return;
  if (one.erased !== undefined || other.erased !== undefined) return;
  if (one.into !== undefined || other.into !== undefined || (!alias && !mayBeOne(one, other))) return;
  const [survivor, merged] = survivorOf(one, other);
  const claimed: Lead = {
    ...survivor,
    version: survivor.version + 1,
    users: union(survivor.users, merged.users),
    emails: union(survivor.emails, merged.emails),
    // A handoff is named by its entry: those of both leads must not meet in one.
    entry: Math.max(survivor.entry, merged.entry),
  };
  if (!(await leads.commit(claimed, survivor.version))) return;
  if (merged.account !== null) await ports.rollUps.moving(merged.account);
  const fenced: Lead = {
    ...merged,
    version: merged.version + 1,
    into: survivor.id,
    listed: null,
    account: null,
    due: Math.max(clock.now(), merged.asOf),
    snapshot: null,
  };
  if (await leads.commit(fenced, merged.version)) await finishMerge(ports, merged.id);
};

/**
 * Brings all that lies under a merged lead to its survivor, re-points its keys, makes the survivor anew from its log,
 * and only then lets the merged lead rest. Each step may be done twice. The survivor may itself be merged meanwhile:
 * it is read again after the copies were put, and if it names another survivor by then they are put there too; if it
 * does not, its own merge has still to read its log, and will find them. Where the survivor was erased, so is the merged
 * lead: it is the same person.
 */
export const finishMerge = async (ports: ScorePorts, id: string): Promise<void> => {
  const { leads } = ports;
  const merged = await leads.read(id);
  if (merged?.into === undefined || merged.erased !== undefined) return;
  const target = await copyAll(ports, merged, merged.into);
  if (target === null) return;
  await ports.closeDoubles(target);
  await repoint(ports, merged, target);
  await scoreLead(ports, target, [], 'rebuild');
  await rest(ports, id);
};

/** Where everything lies then; null where the merged lead was erased instead. */
const copyAll = async (ports: ScorePorts, merged: Lead, first: string): Promise<string | null> => {
  const { leads, rulesets, clock } = ports;
  const erasure = await erasureAhead(ports, first);
  if (erasure !== null) {
    await eraseMerged(ports, merged, erasure);
    return null;
  }
  const log = await leads.log(merged.id, null);
  // The survivor knows of it from the merge on; what its score was before is told without it.
  const since = merged.due ?? clock.now();
  const entries = log.entries.map(asItCame).map(({ event, sentAs, receivedAt = 0 }) => ({
    event,
    sentAs,
    receivedAt: Math.max(receivedAt, since),
  }));
  const extras = await leads.extras(merged.id);
  const expiry = expiryOf((await rulesets.live()).scoring.settings);
  let target = first;
  for (let hop = 0; hop < HOPS; hop += 1) {
    await inParallel(COPIES, entries, (entry) => leads.put(target, entry, expiry(entry.event)));
    for (const extra of extras) await leads.takeExtra(target, merged.id, extra);
    const there = await leads.read(target);
    if (there?.erased !== undefined) {
      await leads.takeBack(target, entries);
      await eraseMerged(ports, merged, there.erased);
      return null;
    }
    if (there?.into === undefined) return target;
    target = there.into;
  }
  throw new Conflict(`lead ${merged.id} was merged in a circle`);
};

const erasureAhead = async ({ leads }: ScorePorts, first: string): Promise<Erasure | null> => {
  let lead = await leads.read(first);
  for (let hop = 0; lead?.into !== undefined && lead.erased === undefined && hop < HOPS; hop += 1)
    lead = await leads.read(lead.into);
  return lead?.erased ?? null;
};

/** Keys of a merged lead lead to it, and from there on; re-pointed they lead to the survivor at once. */
const repoint = async ({ identities }: ScorePorts, merged: Lead, target: string): Promise<void> => {
  const noted = await identities.noted(merged.id);
  for (const key of noted) await identities.note(target, key);
  const keys: PersonKey[] = [
    ...merged.users.map((value): PersonKey => ({ kind: 'user', value })),
    ...merged.emails.map((value): PersonKey => ({ kind: 'email', value })),
    ...noted,
  ];
  const holders = await identities.holders(keys, true);
  await inParallel(COPIES, keys, async (key) => {
    const was = holders.get(keyName(key));
    if (was === undefined || !was.owners.some(({ lead }) => lead === merged.id)) return;
    const owners = was.owners.map((owner) => (owner.lead === merged.id ? { ...owner, lead: target } : owner));
    const holder: Holder = { ...was, owners };
    // Refused: somebody else moved it meanwhile, and what they read is right too, by way of `into`.
    await identities.hold(key, holder, was);
  });
};

/** Tells what the merged lead still had to tell, and takes it off the due index. */
const rest = async (ports: ScorePorts, id: string): Promise<void> => {
  const read = await ports.leads.read(id);
  if (read === null) return;
  const lead = await tell(ports, read);
  if (Object.keys(lead.pending).length > 0 || lead.due === null) return;
  // Refused: another finish of this merge is as far.
  await ports.leads.commit({ ...lead, version: lead.version + 1, due: null }, lead.version);
};
