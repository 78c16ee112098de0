import { refusesHandoff } from '../handoff/handoff.ts';
import type { Answers } from './answers.ts';
import type { LeadState } from './history.ts';
import type { NurtureRules } from './nurture.ts';

/** A handoff that rules would have opened. */
export interface Opened {
  readonly entry: number;
  readonly at: number;
  /** When sales ended it; Infinity: it is still theirs. */
  readonly until: number;
}

/** When sales ended what it had in hand, each list UTC milliseconds. */
type Endings = Pick<Answers, 'rejected' | 'won' | 'lost'>;

/**
 * The handoffs that a lead's way, or an account's, would have opened: none while one is open, nor too soon after the last.
 * @param due when one was called for: it qualified, or its journeys asked for one; UTC milliseconds
 */
export function handoffsOf(
  due: readonly number[],
  { rejected, won, lost }: Endings,
  { handoffAgainMs }: Pick<NurtureRules, 'handoffAgainMs'>,
): Opened[] {
  const opened: Opened[] = [];
  if (handoffAgainMs === null) return opened;
  for (const [n, at] of due.toSorted((a, b) => a - b).entries()) {
    if (refusesHandoff(n + 1, statesAt(opened, at), at, handoffAgainMs) !== null) continue;
    opened.push({ entry: n + 1, at, until: firstAfter(at, rejected, won, lost) });
  }
  return opened;
}

interface Turn {
  readonly at: number;
  readonly from: { readonly qualified: boolean } | null;
  readonly to: { readonly qualified: boolean };
}

/** When somebody qualified, or an account did, UTC milliseconds. */
export const qualifiedAt = (turns: readonly Turn[]): number[] =>
  turns.filter(({ from, to }) => to.qualified && from?.qualified !== true).map(({ at }) => at);

export const statesAt = (handoffs: readonly Opened[], at: number): LeadState['handoffs'] =>
  handoffs
    .filter((one) => one.at <= at)
    .map((one) => ({ entry: one.entry, at: one.at, state: one.until > at ? 'open' : 'closed' }));

const firstAfter = (at: number, ...lists: readonly (readonly number[])[]): number =>
  lists.flat().reduce((first, one) => (one > at && one < first ? one : first), Infinity);

/** Whether a lead that qualifies at `now` is handed over, given what was done about it before. */
export const isHandedOver = (
  { entry, handoffs }: Pick<LeadState, 'entry' | 'handoffs'>,
  { handoffAgainMs }: Pick<NurtureRules, 'handoffAgainMs'>,
  now: number,
): boolean => handoffAgainMs !== null && refusesHandoff(entry + 1, handoffs, now, handoffAgainMs) === null;
