import { Temporal } from 'temporal-polyfill';

/** `2026-01-01..2026-03-31`, either end open, or one day, as they are written; null if it is none. */
export function daysOf(text: string): { readonly first: string | null; readonly last: string | null } | null {
  const [left = '', right = left, ...more] = text.split('..').map((side) => side.trim());
  if (more.length > 0 || (left === '' && right === '')) return null;
  for (const side of [left, right]) if (side !== '' && !isDay(side)) return null;
  if (left !== '' && right !== '' && left > right) return null;
  return { first: left === '' ? null : left, last: right === '' ? null : right };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}

const startOf = (day: Temporal.PlainDate, timeZone: string): number =>
  day.toZonedDateTime(timeZone).epochMilliseconds;

/** The instants of these days, both included, in a time zone: from the first one until before the second. */
export function periodOf(text: string, timeZone: string): readonly [from: number, until: number] {
  const days = daysOf(text);
  if (!days) throw new RangeError(`not a range of days: ${text}`);
  const { first, last } = days;
  return [
    first === null ? -Infinity : startOf(Temporal.PlainDate.from(first), timeZone),
    last === null ? Infinity : startOf(Temporal.PlainDate.from(last).add({ days: 1 }), timeZone),
  ];
}
