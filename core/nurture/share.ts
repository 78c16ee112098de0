import { createHash } from 'node:crypto';

/** A number from 0 to below 1, always the same for the same text, and evenly spread over texts. */
const spread = (text: string): number =>
  createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;

/** @example shareOf('12.5%') // 0.125 */
export const shareOf = (share: string): number => Number.parseFloat(share) / 100;

/** Whether the lead is one of those whom the journey leaves alone; the same for ever. @param share such as 10% */
export const isHeldOut = (leadId: string, journey: string, share: string | undefined): boolean =>
  share !== undefined && spread(`hold out\n${journey}\n${leadId}`) < shareOf(share);

/**
 * Which way of a `split` the lead goes; the same way whenever it comes by.
 * @param step the step's place in the journey, so that two splits of one journey are drawn apart
 */
export const wayOf = (
  leadId: string,
  journey: string,
  step: string,
  split: Readonly<Record<string, string>>,
): string => {
  const at = spread(`split\n${journey}\n${step}\n${leadId}`);
  // By name: stored JSON need not keep the order of keys.
  const ways = Object.entries(split).toSorted(([a], [b]) => (a < b ? -1 : 1));
  let below = 0;
  for (const [way, share] of ways) {
    below += shareOf(share);
    if (at < below) return way;
  }
  const last = ways.at(-1);
  if (last === undefined) throw new Error('a split without ways');
  return last[0];
};
