import { DAY } from '../../core/duration.ts';
import type { Change, Lead } from '../../core/lead.ts';
import type { Changes } from '../ports.ts';

/**
 * How old a change may be that is told again, ms. Whoever hears one twice knows it by the name of the execution that it
 * started, and Step Functions keeps names for 90 days.
 */
const TOLD_AGAIN = 60 * DAY;

/** What a rescore has left pending of a lead: told by the rescore, or to be told by it still. */
export const leftPending = ({ toldBy, pending }: Lead, now: number): readonly Change[] =>
  toldBy === undefined ? [] : Object.values(pending).filter(({ at }) => at > now - TOLD_AGAIN);

/**
 * A lead as it goes into its next write: what a rescore left pending goes with that write, so that it costs none of its
 * own. It is told once more before, since the rescore may have stopped between a lead's commit and the telling of it;
 * that it was committed makes it true. What the bus does not take stays pending, and is due as all else that is.
 */
export const withoutLeft = async (changes: Changes, lead: Lead, now: number): Promise<Lead> => {
  const { toldBy, ...rest } = lead;
  if (toldBy === undefined) return lead;
  const left = leftPending(lead, now);
  const taken = left.length === 0 ? new Set<string>() : await changes.publish(left);
  const pending = Object.fromEntries(
    left.filter(({ changeId }) => !taken.has(changeId)).map((change) => [change.changeId, change]),
  );
  return { ...rest, pending };
};
