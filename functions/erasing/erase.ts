import { forgottenLead, type Erasure, type Lead } from '../../core/lead.ts';
import { suppressionHash, suppressionOfLead } from '../../core/nurture/suppression.ts';
import { erasedKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import { Conflict, NotFound } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import { log } from '../log.ts';
import type { Suppressions } from '../mail/suppress.ts';
import type { ScorePorts } from '../ports.ts';
import { fence } from './fence.ts';
import { buryKeys, keysOfLead, mergedLeads } from './keys.ts';
import { refusedOf } from './refused.ts';
import { added, NOTHING, sweep, type Swept } from './sweep.ts';

export interface ErasePorts extends Pick<ScorePorts, 'clock' | 'leads' | 'identities' | 'rollUps' | 'pause'> {
  readonly table: Table;
  readonly suppressions: Pick<Suppressions, 'preferences' | 'put'>;
}

/** What was removed; of what an earlier try removed nothing is known. */
export interface Erased extends Swept {
  /** User ids, addresses and anonymous ids. */
  readonly keys: number;
  /** Leads that had been merged into this one. */
  readonly merged: number;
  /** Refused messages. */
  readonly refused: number;
}

const TRIES = 5;
/** Merges that may stand one behind the other. */
const HOPS = 20;
const AT_ONCE = 16;
/**
 * After how long an erased lead is looked at once more, ms: longer than any function may run that had read it before and
 * writes something under it.
 */
const LAST_LOOK = 20 * 60_000;

/**
 * Erases a lead, or the one that it was merged into. This is one write, the fence: from here on nobody commits the lead,
 * nothing that was pending is told, no list shows it, and journeys and handoffs stop where they look at it. Then
 * `finishErasure`.
 * @returns the lead as it is fenced; the erasure of an earlier try stands
 */
export const eraseLead = async (
  ports: ErasePorts,
  leadId: string,
  { by, reason }: Pick<Erasure, 'by' | 'reason'>,
): Promise<Lead> => {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const lead = await livingOrErased(ports, leadId);
    if (lead === null) throw new NotFound('there is no such lead');
    if (lead.erased !== undefined) return lead;
    await keepSuppressed(ports, lead);
    const fenced = await fence(ports, lead, { at: Math.max(ports.clock.now(), lead.asOf), by, reason });
    if (fenced !== null) return fenced;
    await ports.pause(attempt);
  }
  throw new Conflict('the lead was written by others; try again');
};

const livingOrErased = async ({ leads }: ErasePorts, leadId: string): Promise<Lead | null> => {
  let lead = await leads.read(leadId);
  for (let hop = 0; lead?.into !== undefined && lead.erased === undefined && hop < HOPS; hop += 1)
    lead = await leads.read(lead.into);
  return lead;
};

/** Whoever called mails off gets none when they come back either: what names the lead is said of its addresses, too. */
const keepSuppressed = async ({ suppressions }: ErasePorts, { id, email, emails }: Lead): Promise<void> => {
  const { all, off } = await suppressions.preferences(suppressionOfLead(id));
  const hashes = [...emails, ...(email === null ? [] : [email])].map(suppressionHash);
  for (const hash of new Set(hashes.filter((each) => each !== null))) {
    if (all !== null) await suppressions.put({ hash, reason: all }, 0);
    for (const topic of off) await suppressions.put({ hash, reason: 'unsubscribed', topic }, 0);
  }
};

/**
 * Removes what an erased lead has left. It may stop after any write and is begun again from what is stored; `degrade`
 * does that while the lead is due. In this order, each step resting on what the ones after it remove:
 *
 * 1. Leads that were merged into it are fenced and finished the same way.
 * 2. Its keys give way to hashes, so that retries, replays and late events find out that they are refused.
 * 3. Refused messages that speak of it go, and then everything under it, with what that led to.
 * 4. It is written down that the lead was erased; its own item forgets its keys.
 * 5. Once nobody who had read it before can be at work any more, everything under it goes once more.
 *
 * @param hasTime asked between steps that may take long
 * @returns what was removed; null where time did not suffice
 */
export const finishErasure = async (
  ports: ErasePorts,
  leadId: string,
  hasTime: () => boolean = () => true,
): Promise<Erased | null> => {
  const { leads, table, clock } = ports;
  const lead = await leads.read(leadId);
  const erasure = lead?.erased;
  if (lead === null || erasure === undefined || lead.due === null) return NONE;
  const isLast = lead.due > erasure.at;
  if (isLast && lead.due > clock.now()) return NONE;
  const keys = await keysOfLead(ports, lead);
  const merged = await mergedLeads(ports, leadId, keys);
  let removed = { ...NONE, keys: keys.length, merged: merged.length };
  for (const { id } of merged) {
    const each = await leads.read(id);
    // Refused: somebody wrote it meanwhile, and the next try finds it again.
    if (each !== null && each.erased === undefined && (await fence(ports, each, erasure)) === null)
      throw new Conflict(`lead ${id} was written by others`);
    const more = await finishErasure(ports, id, hasTime);
    if (more === null) return null;
    removed = { ...removed, ...added(removed, more), refused: removed.refused + more.refused };
  }
  await buryKeys(ports, keys);
  if (!hasTime()) return null;
  const refused = isLast ? 0 : await removeRefused(ports, lead, keys);
  const swept = await sweep(table, leadId, lead.account, erasure.at, hasTime);
  if (swept === null) return null;
  const { at, by, reason } = erasure;
  await table.put({ ...erasedKey(at, leadId), lead: leadId, at, by, reason });
  const forgotten = forgottenLead(lead, isLast ? null : clock.now() + LAST_LOOK);
  // Refused: another finish is as far.
  await leads.commit(forgotten, lead.version);
  log.info('erased', { lead: leadId, last: isLast, ...swept });
  return { ...removed, ...added(removed, swept), refused: removed.refused + refused };
};

const NONE: Erased = { ...NOTHING, keys: 0, merged: 0, refused: 0 };

const removeRefused = async (
  { table, clock }: ErasePorts,
  lead: Lead,
  keys: Awaited<ReturnType<typeof keysOfLead>>,
): Promise<number> => {
  const anonymous = keys.filter(({ kind }) => kind === 'anonymous').map(({ value }) => value);
  const known = { leads: [lead.id], users: lead.users, emails: lead.emails, anonymous };
  const found = await refusedOf(table, known, clock.now());
  await inParallel(AT_ONCE, found, (key) => table.remove(key));
  return found.length;
};
