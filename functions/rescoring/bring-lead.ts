import { isDeepStrictEqual } from 'node:util';
import type { Evaluation } from '../../core/evaluation.ts';
import type { Change, Lead } from '../../core/lead.ts';
import { shortened } from '../aws/lead-item.ts';
import { Conflict } from '../errors.ts';
import type { LiveRuleset, ScorePorts } from '../ports.ts';
import { leftPending, withoutLeft } from '../scoring/left-pending.ts';
import { dueOf, project, standingOf, type Found } from '../scoring/project.ts';
import { type Known, readKnown } from '../scoring/known.ts';
import { isLong, moveSnapshot, type Moved } from '../scoring/read.ts';
import { listedUnder, tellOfMove } from '../scoring/score-lead.ts';

const TRIES = 5;

/** What became of a lead. */
export interface BroughtLead {
  /** Whether this looked at it; else it was scored by these rules already, or there is nothing to score. */
  readonly looked: boolean;
  readonly changed: boolean;
  readonly qualified: boolean;
  /** What others must hear of: whoever walks the leads tells it before they note that they are past this one. */
  readonly tell: readonly Change[];
  /** The account that may come to something else by it. */
  readonly account: string | null;
}

const PASSED: BroughtLead = { looked: false, changed: false, qualified: false, tell: [], account: null };

/**
 * Brings one lead to the live ruleset. It is written only if that makes something else of it: what is stored of it is
 * held against what these rules would have made of it at the instant it was stored for. So a change of one rule costs a
 * write for each lead that it touches, and fading, which moves every score, costs none.
 *
 * It is one write, also where a crossing must be told: what is pending is committed with the lead, told by whoever walks
 * the leads, and goes with the lead's next write. Should they stop before it is told, they come to this lead again, and
 * find it there.
 *
 * No snapshot is written: a lead that nothing happens to needs none, and the next event makes one. Only a log that is
 * long gets one, since that event would read all of it once more.
 *
 * @param listed where the index showed the lead when its page was found, if nobody can have begun with that page
 */
export const bringLead = async (
  ports: ScorePorts,
  leadId: string,
  live: LiveRuleset,
  listed: Lead['listed'] = null,
): Promise<BroughtLead> => {
  const { leads, changes, clock, pause } = ports;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const stored = await leads.read(leadId);
    // Merged leads tell what they have to when their merge is finished.
    if (stored === null || stored.into !== undefined || stored.standing === null) return PASSED;
    const now = Math.max(clock.now(), stored.asOf);
    const left = leftPending(stored, now);
    // An event was first, or this is done a second time.
    if (stored.epoch >= live.epoch)
      return hadMoved(stored, live, listed) ? PASSED : { ...PASSED, tell: left };
    const unchanged = { ...PASSED, looked: true, tell: left };
    // Nobody had brought it to the rules that were live in between.
    if (stored.ruleset === live.hash) return unchanged;
    const read = await readKnown(ports, stored, live, now);
    const changed = !isAsStored(stored, live, seenAt(live, read, stored.asOf));
    const moved = isLong(read) ? moveSnapshot(stored, read, live, now) : NONE;
    if (!changed && moved.name === null) return unchanged;
    const lead = await withoutLeft(changes, stored, now);
    const next = brought(lead, live, read, moved, now);
    await tellOfMove(ports, lead, next, live);
    if (moved.name !== null && moved.write !== null)
      await leads.keepSnapshot(lead.id, moved.name.id, moved.write);
    if (await leads.commit(next, lead.version))
      return {
        looked: true,
        changed,
        qualified: next.entry > lead.entry,
        tell: Object.values(next.pending),
        account: live.scoring.accounts !== undefined && next.account === lead.account ? next.account : null,
      };
    await pause(attempt);
  }
  throw new Conflict(`lead ${leadId} was written by others ${TRIES} times`);
};

/** Whether it had come to these rules, and so to another place of the index, before it was found there: another page has it, and tells. */
const hadMoved = (lead: Lead, { epoch }: LiveRuleset, listed: Lead['listed']): boolean =>
  lead.toldBy === epoch &&
  Object.values(lead.pending).some(({ kind, deploy }) => kind === 'lead.band.changed' && deploy === epoch) &&
  isDeepStrictEqual(lead.listed, listed);

const NONE: Moved = { name: null, write: null };

/** The lead's next version: what is pending of it is told by the rescore, so that it is due for nothing but itself. */
const brought = (
  lead: Lead,
  live: LiveRuleset,
  read: Known,
  { name: snapshot }: Moved,
  now: number,
): Lead => {
  const { evaluation, account, wake } = seenAt(live, read, now);
  const { strayUntil } = read;
  // Who the lead is does not depend on rules.
  const found: Found = {
    asOf: now,
    snapshot,
    strayUntil: snapshot !== null && strayUntil <= snapshot.watermark ? 0 : strayUntil,
    lastActivity: lead.lastActivity,
    email: lead.email,
    name: lead.name,
    membership: lead.membership,
    account,
    attributes: lead.attributes,
  };
  const next = project(lead, evaluation, live, found, wake, [], () => true);
  const crossed = Object.keys(next.pending).length > 0;
  if (!crossed) return next;
  return { ...next, toldBy: live.epoch, due: dueOf(lead, { next: next.next, pending: {}, now, crossed }) };
};

/** What a ruleset makes of a lead at an instant. */
interface SeenAt {
  readonly evaluation: Evaluation;
  readonly account: string | null;
  /** When the next event that is dated ahead begins to count. */
  readonly wake: number | null;
}

const seenAt = (live: LiveRuleset, { history }: Known, at: number): SeenAt => {
  const ahead = history.events.map(({ occurredAt }) => occurredAt).filter((occurredAt) => occurredAt > at);
  return {
    evaluation: live.engine.evaluate(history, at),
    account: listedUnder(live, history, at),
    wake: ahead.length === 0 ? null : Math.min(...ahead),
  };
};

const isAsStored = (lead: Lead, live: LiveRuleset, { evaluation, account, wake }: SeenAt): boolean => {
  const next = Math.min(evaluation.nextChange?.at ?? Infinity, wake ?? Infinity);
  return (
    evaluation.total === lead.total &&
    evaluation.bandSince === lead.since &&
    next === (lead.next ?? Infinity) &&
    account === lead.account &&
    isDeepStrictEqual(standingOf(evaluation), lead.standing) &&
    isDeepStrictEqual(shortened(evaluation.scores), shortened(lead.scores)) &&
    live.engine.bands.some(({ name }) => name === lead.standing?.band)
  );
};
