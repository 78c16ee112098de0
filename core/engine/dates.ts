import { DAY } from '../duration.ts';

/** What a date means: one instant, or, where it is bare, its whole UTC day. UTC milliseconds. */
export interface DateSpan {
  readonly from: number;
  /** Not included; one millisecond after `from` for an instant. */
  readonly to: number;
  readonly bare: boolean;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Whether a text is meant as a date, well written or not. */
export const looksLikeDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}(?!\d)/.test(text) && !/[a-su-y]/i.test(text);

/**
 * An ISO date or date and time; without a zone it is UTC, finer than milliseconds is cut. Null if it is none.
 * @example dateSpan('2026-03-01') // { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 2), bare: true }
 */
export function dateSpan(text: string): DateSpan | null {
  if (text.length < 10 || text.length > 40) return null;
  const parts = ISO.exec(text);
  if (!parts) return null;
  const number = (index: number): number => Number(parts[index] ?? 0);
  const [year, month, day, hour, minute, second] = [
    number(1),
    number(2),
    number(3),
    number(4),
    number(5),
    number(6),
  ];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const start = new Date(0);
  // Date.UTC would take the years 0 to 99 for those of the last century.
  start.setUTCFullYear(year, month - 1, day);
  if (start.getUTCDate() !== day) return null;
  const bare = parts[4] === undefined;
  if (bare) return { from: start.getTime(), to: start.getTime() + DAY, bare };
  start.setUTCHours(hour, minute, second, Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3)));
  const from = start.getTime() - offsetMs(parts[8]);
  return { from, to: from + 1, bare };
}

/** `+05:30` in milliseconds. */
function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
