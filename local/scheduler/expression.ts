import { Temporal } from 'temporal-polyfill';

/** When a schedule runs: the first instant after `after` on the grid that started at `since`, null for never; in ms. */
export type NextRun = (after: number, since: number) => number | null;

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Compiles `rate(15 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2030-01-01T09:00:00)`.
 * @param zone IANA name in which cron and at count
 */
export const compileExpression = (expression: string, zone = 'UTC'): NextRun => {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  switch (kind) {
    case 'rate':
      return rate(argument, expression);
    case 'cron':
      return cron(argument, expression, zone);
    case 'at': {
      const at = Temporal.PlainDateTime.from(argument).toZonedDateTime(zone).epochMilliseconds;
      return (after) => (after < at ? at : null);
    }
    default:
      throw new Error(`${expression} is no schedule`);
  }
};

const rate = (argument: string, expression: string): NextRun => {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(argument) ?? [];
  const periodMs = Number(count) * (UNITS[unit ?? ''] ?? 0);
  if (!(periodMs > 0)) throw new Error(`${expression} is no rate`);
  return (after, since) =>
    after < since ? since : since + (Math.floor((after - since) / periodMs) + 1) * periodMs;
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** Beyond this no day matches that has not matched before (29 February on a given weekday: 40 years at most). */
const HORIZON_DAYS = 41 * 366;

const cron = (argument: string, expression: string, zone: string): NextRun => {
  const fields = argument.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`${expression}: cron has six fields`);
  const [minutes, hours, daysOfMonth, months, daysOfWeek, years] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((daysOfMonth === '?') === (daysOfWeek === '?'))
    throw new Error(`${expression}: one of day-of-month and day-of-week is "?"`);
  const set = (field: string, low: number, high: number, names: readonly string[] = [], first = 0) =>
    parseField(field, low, high, names, first, expression);
  const inMinutes = [...set(minutes, 0, 59)].sort((a, b) => a - b);
  const inHours = [...set(hours, 0, 23)].sort((a, b) => a - b);
  const inMonths = set(months, 1, 12, MONTHS, 1);
  const inYears = set(years, 1970, 2199);
  const inMonthDays = daysOfMonth === '?' || daysOfMonth === 'L' ? null : set(daysOfMonth, 1, 31);
  const inWeekDays = daysOfWeek === '?' ? null : set(daysOfWeek, 1, 7, DAYS, 1);
  const dayMatches = (day: Temporal.PlainDate): boolean =>
    inYears.has(day.year) &&
    inMonths.has(day.month) &&
    (daysOfMonth === 'L'
      ? day.day === day.daysInMonth
      : inMonthDays
        ? inMonthDays.has(day.day)
        : // Temporal counts Monday 1 to Sunday 7, AWS Sunday 1 to Saturday 7.
          inWeekDays!.has((day.dayOfWeek % 7) + 1));

  return (after) => {
    let day = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone).toPlainDate();
    for (let tried = 0; tried < HORIZON_DAYS; tried++, day = day.add({ days: 1 })) {
      if (!dayMatches(day)) continue;
      for (const hour of inHours)
        for (const minute of inMinutes) {
          const at = day.toPlainDateTime({ hour, minute }).toZonedDateTime(zone).epochMilliseconds;
          if (at > after) return at;
        }
    }
    return null;
  };
};

/** @param first the number of the first name */
const parseField = (
  field: string,
  low: number,
  high: number,
  names: readonly string[],
  first: number,
  expression: string,
): ReadonlySet<number> => {
  const values = new Set<number>();
  const number = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const value = named >= 0 ? named + first : /^\d+$/.test(word) ? Number(word) : NaN;
    if (!(value >= low && value <= high)) throw new Error(`${expression}: "${field}" is not supported`);
    return value;
  };
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const every = step === undefined ? 1 : number(step);
    const [from, to] =
      range === '*'
        ? [low, high]
        : range.includes('-')
          ? (range.split('-').map(number) as [number, number])
          : [number(range), step === undefined ? number(range) : high];
    if (every < 1) throw new Error(`${expression}: a step of nothing`);
    for (let value = from; value <= to; value += every) values.add(value);
  }
  return values;
};
