import { Temporal } from 'temporal-polyfill';
import type { Hours } from '../schema/handoff.ts';

/** When somebody works. */
export interface Work {
  /** IANA. */
  readonly timeZone: string;
  readonly hours: Hours;
  /** Days without work, such as `2026-12-24` and `2026-12-24..2026-12-26`, both ends included. */
  readonly off: readonly string[];
}

/** What is taken where nothing is said. */
export const USUAL_HOURS: Hours = { 'mon-fri': '09:00-17:00' };

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Nobody who is away for longer than this is waited for, days. */
const FARTHEST = 400;

/** A stretch of work, UTC milliseconds, the end not included. */
interface Shift {
  readonly start: number;
  readonly end: number;
}

const dateOf = (at: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

/** Whether a day (`2026-12-24`) lies in one of these stretches of days. */
const isIn = (day: string, stretches: readonly string[]): boolean =>
  stretches.some((stretch) => {
    const [from = '', to = from] = stretch.split('..');
    return from <= day && day <= to;
  });

/** Whether a pair of days, or one day, takes in this one; `fri-mon` goes over the end of the week. */
const covers = (days: string, weekday: number): boolean => {
  const [from = '', to = from] = days.split('-');
  const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)];
  return first <= last ? first <= weekday && weekday <= last : first <= weekday || weekday <= last;
};

/** The shifts of one day, by the clocks of that day: where they are put forward or back, a shift is shorter or longer. */
const shiftsOf = ({ timeZone, hours, off }: Work, date: Temporal.PlainDate): Shift[] => {
  if (isIn(date.toString(), off)) return [];
  const at = (clock: string): number => {
    const [hour = 0, minute = 0] = clock.split(':').map(Number);
    const day = hour === 24 ? date.add({ days: 1 }) : date;
    const time = { hour: hour % 24, minute };
    return day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
  };
  return Object.entries(hours)
    .filter(([days]) => covers(days, date.dayOfWeek - 1))
    .flatMap(([, spans]) => spans)
    .map((span) => ({ start: at(span.slice(0, 5)), end: at(span.slice(6)) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
};

/** The shifts that are not over at `from`, in order; those that overlap count once. */
function* shiftsFrom(work: Work, from: number): Generator<Shift> {
  let date = dateOf(from, work.timeZone);
  let done = from;
  for (let day = 0; day <= FARTHEST; day += 1) {
    for (const { start, end } of shiftsOf(work, date)) {
      if (end <= done) continue;
      yield { start: Math.max(start, done), end };
      done = end;
    }
    date = date.add({ days: 1 });
  }
}

/** When somebody is at work next: `now` if they are, null if not within 400 days. */
export const atWorkFrom = (work: Work, now: number): number | null => {
  for (const { start } of shiftsFrom(work, now)) return start;
  return null;
};

/** Whether this is one of their days off. */
export const isOff = ({ timeZone, off }: Work, now: number): boolean =>
  isIn(dateOf(now, timeZone).toString(), off);

/**
 * The instant at which somebody will have worked for `ms` since `from`; null if not within 400 days.
 * @example afterWork({ timeZone: 'UTC', hours: { 'mon-fri': '09:00-17:00' }, off: [] }, friday16h, 4 * HOUR) // Monday, 12:00
 */
export const afterWork = (work: Work, from: number, ms: number): number | null => {
  let left = ms;
  for (const { start, end } of shiftsFrom(work, from)) {
    if (end - start >= left) return start + left;
    left -= end - start;
  }
  return null;
};

/** Whether their day begins now: a working day of theirs, whose `clock` (`08:00`) lies in the time since `since`. */
export const strikes = (work: Work, clock: string, since: number, now: number): boolean => {
  const date = dateOf(now, work.timeZone);
  if (shiftsOf(work, date).length === 0) return false;
  const at = date.toZonedDateTime({
    timeZone: work.timeZone,
    plainTime: Temporal.PlainTime.from(clock),
  }).epochMilliseconds;
  return since < at && at <= now;
};

/** When their last working day before today began at `clock`; a day ago where there was none in two weeks. UTC milliseconds. */
export const lastStrike = (work: Work, clock: string, now: number): number => {
  const { timeZone } = work;
  const today = dateOf(now, timeZone);
  for (let days = 1; days <= 14; days += 1) {
    const date = today.subtract({ days });
    if (shiftsOf(work, date).length > 0)
      return date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(clock) }).epochMilliseconds;
  }
  return now - 86_400_000;
};

/** The day that it is where they are: `2026-05-14`. */
export const dayOf = (timeZone: string, now: number): string => dateOf(now, timeZone).toString();
