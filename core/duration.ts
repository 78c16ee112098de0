export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY, w: WEEK };

/** A whole number above 0 and a unit. */
export const DURATION = /^[1-9]\d{0,8}[mhdw]$/;

/** Milliseconds of a duration as rules write it.
 *  @example durationMs('2w') // 1_209_600_000 */
export function durationMs(text: string): number {
  if (!DURATION.test(text)) throw new RangeError(`not a duration: ${text}`);
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN);
}
