import { dateSpan } from './dates.ts';
import { HOUR } from '../duration.ts';

/** `2026-01-01..2026-03-31`, either end open, or one day, as they are written; null if it is none. */
export function daysOf(text: string): { readonly first: string | null; readonly last: string | null } | null {
  const [left = '', right = left, ...more] = text.split('..').map((side) => side.trim());
  if (more.length > 0 || (left === '' && right === '')) return null;
  for (const side of [left, right]) if (side !== '' && dateSpan(side)?.bare !== true) return null;
  if (left !== '' && right !== '' && left > right) return null;
  return { first: left === '' ? null : left, last: right === '' ? null : right };
}

/** No zone is further from UTC. */
const FURTHEST = 15 * HOUR;

/**
 * The first instant of a day in a time zone. It is looked for by halving, since clocks may leap over midnight.
 * @param utc the start of that day in UTC
 */
function startOf(utc: number, timeZone: string): number {
  if (timeZone === 'UTC') return utc;
  // Swedish writes dates as ISO does: 2026-03-01.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const wanted = new Date(utc).toISOString().slice(0, 10);
  let [before, from] = [utc - FURTHEST, utc + FURTHEST];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (format.format(middle) >= wanted) from = middle;
    else before = middle;
  }
  return from;
}

/** The instants of these days, both included, in a time zone: from the first one until before the second. */
export function periodOf(text: string, timeZone: string): readonly [from: number, until: number] {
  const days = daysOf(text);
  if (!days) throw new RangeError(`not a range of days: ${text}`);
  const [first, last] = [dateSpan(days.first ?? ''), dateSpan(days.last ?? '')];
  return [first ? startOf(first.from, timeZone) : -Infinity, last ? startOf(last.to, timeZone) : Infinity];
}
