import { DAY, HOUR, MINUTE } from '../duration.ts';

const SMALL = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** @example inWords(3) // 'three' */
export const inWords = (count: number): string => SMALL[count] ?? String(count);

/** @example timesInWords(2) // 'twice' */
export const timesInWords = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** A length of time as people say it, in its largest unit.
 *  @example span(14 * DAY) // 'two weeks' */
export function span(ms: number): string {
  const weeks = ms / (7 * DAY);
  if (weeks >= 2 && weeks <= 8 && Number.isInteger(weeks)) return `${inWords(weeks)} weeks`;
  if (ms >= 2 * DAY) return counted(Math.floor(ms / DAY), 'day');
  if (ms >= 2 * HOUR) return counted(Math.floor(ms / HOUR), 'hour');
  return counted(Math.floor(ms / MINUTE), 'minute');
}

/** How long ago something was.
 *  @example ago(9 * DAY) // '9 days ago' */
export function ago(ms: number): string {
  if (ms < MINUTE) return 'just now';
  return ms >= DAY && ms < 2 * DAY ? 'yesterday' : `${span(ms)} ago`;
}

/** A day in UTC, with its year where that is not this one.
 *  @example day(Date.UTC(2026, 4, 14), now) // '14 May' */
export function day(at: number, now: number): string {
  const date = new Date(at);
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`;
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${year}`;
}

/** Whole points as people see them.
 *  @example points(-1) // '-1 point' */
export const points = (whole: number): string => counted(whole, 'point').replace(/^(-1 point)s$/, '$1');
