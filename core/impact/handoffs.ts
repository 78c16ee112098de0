import type { Crossing } from '../engine/replay.ts';
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

/**
 * The handoffs that a lead's way would have opened: none while one is open, nor too soon after the last.
 * @param asked when its journeys asked for one, UTC milliseconds
 */
export function handoffsOf(
  crossings: readonly Crossing[],
  asked: readonly number[],
  answers: Answers,
  { handoffAgainMs }: Pick<NurtureRules, 'handoffAgainMs'>,
): Opened[] {
  const opened: Opened[] = [];
  if (handoffAgainMs === null) return opened;
  const due = [...crossings.filter(turnsQualified).map(({ at }) => at), ...asked].sort((a, b) => a - b);
  for (const [n, at] of due.entries()) {
    if (refusesHandoff(n + 1, statesAt(opened, at), at, handoffAgainMs) !== null) continue;
    opened.push({ entry: n + 1, at, until: firstAfter(at, answers.rejected, answers.won, answers.lost) });
  }
  return opened;
}

export const turnsQualified = ({ from, to }: Crossing): boolean => to.qualified && from?.qualified !== true;

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
