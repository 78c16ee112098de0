import { durationMs } from '../duration.ts';
import type { MailLimit } from '../schema/mail-settings.ts';

/** A mail that was let out to a lead, or is on its way out. */
export interface LetOut {
  /** Names the mail. */
  readonly tag: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/**
 * When a lead has room for one more mail: `now` where it has some. A mail that was let out before keeps its place, so
 * that another try of it is not put off by itself.
 * @returns UTC milliseconds, never before `now`
 */
export const roomFrom = (
  letOut: readonly LetOut[],
  tag: string,
  { at_most: most, within }: MailLimit,
  now: number,
): number => {
  if (letOut.some((each) => each.tag === tag)) return now;
  const window = durationMs(within);
  const counting = letOut.map(({ at }) => at).filter((at) => at > now - window);
  if (counting.length < most) return now;
  // Room comes when so many have left the window that one fewer than the limit is in it.
  const [next = now] = counting.toSorted((a, b) => b - a).slice(most - 1);
  return Math.max(now, next + window);
};
