const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Digits of the one spelling that `toISOString` writes, 24 characters long. */
const DIGITS: readonly number[] = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22];

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

/**
 * Whether a text is an instant as `toISOString` writes it, from 1970 to 9999 and of a day that is in every month.
 * @example isCanonical('2026-03-01T10:00:00.000Z') // true
 */
export function isCanonical(text: string): boolean {
  if (text.length !== 24) return false;
  for (const at of DIGITS) if (!isDigit(text.charCodeAt(at))) return false;
  const marks =
    text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
  if (!marks || text[19] !== '.' || text[23] !== 'Z') return false;
  const two = (at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
  const [year, month, day] = [two(0) * 100 + two(2), two(5), two(8)];
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 28) return false;
  return two(11) < 24 && two(14) < 60 && two(17) < 60;
}

/** 1973-03-03: a number below it is more likely seconds than milliseconds. */
const EARLIEST_NUMBER = 1e11;
/** The first instant of the year 10000: from here on, ISO texts do not sort as instants do. */
const END_OF_TIME = 253_402_300_800_000;

/**
 * UTC milliseconds of what a sender calls an instant: an ISO 8601 text (without a zone: UTC; a bare date: its start;
 * finer than milliseconds: cut) or a number of milliseconds. Null if it is neither, or outside 1970..9999.
 */
export const parseInstant = (value: unknown): number | null => {
  if (typeof value === 'number') {
    return value >= EARLIEST_NUMBER && value < END_OF_TIME ? Math.trunc(value) : null;
  }
  if (typeof value !== 'string' || value.length > 40) return null;
  if (isCanonical(value)) return Date.parse(value);
  const parts = ISO.exec(value.trim());
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  // The zeroth day of the next month is the last one of this.
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  const ms = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetMs(parts[8] ?? 'Z');
  // Date.UTC takes the years 0 to 99 for those of the last century.
  return year >= 1969 && at >= 0 && at < END_OF_TIME ? at : null;
};

/** `+05:30` in milliseconds. */
const offsetMs = (zone: string): number => {
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
};

/** Whether an instant can be written as an ISO text that sorts with all others. */
export const isWritable = (at: number): boolean => Number.isInteger(at) && at >= 0 && at < END_OF_TIME;
