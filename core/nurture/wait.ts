import { Temporal } from 'temporal-polyfill';
import { MINUTE } from '../duration.ts';
import type { Until, Weekday } from '../schema/journey-step.ts';

/** By the number that Temporal gives them, less one. */
const DAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * The first such moment of the week at or after `now`, by the clocks of a zone. Where clocks skip that time of day it
 * is as long after midnight as it would have been; where they show it twice it is the first time.
 * @param now UTC milliseconds
 */
export const nextMoment = ({ weekday, at }: Until, now: number, zone: string): number => {
  const days = weekday === undefined ? DAYS : [weekday].flat();
  const time = Temporal.PlainTime.from(at);
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = today.add({ days: ahead });
    if (!days.includes(DAYS[date.dayOfWeek - 1] as Weekday)) continue;
    const moment = date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
    if (moment >= now) return moment;
  }
  throw new RangeError('a week without that day');
};

/** Of a wait for an event: how often it is looked at most. */
export const MOST_LOOKS = 200;
const SHORTEST_PAUSE = 10 * MINUTE;
/** A pause is this part of the time waited so far: what happens is noticed within a twentieth of the wait. */
const PART = 20;

/**
 * When a wait for an event is looked at again; the last time is at its end. Pauses grow with the time waited, so that
 * 350 days take fewer than 200 looks.
 * @param since when the wait began, UTC milliseconds
 * @param looks how often it was looked at, this time included
 */
export const nextLook = (since: number, now: number, timeoutMs: number, looks: number): number => {
  const end = since + timeoutMs;
  if (looks >= MOST_LOOKS - 1) return end;
  return Math.min(end, now + Math.max(SHORTEST_PAUSE, Math.ceil((now - since) / PART)));
};

/** The looks that a wait of this length takes at most, its last included. */
export const looksOf = (timeoutMs: number): number => {
  let looks = 1;
  for (let now = 0; now < timeoutMs; looks += 1) now = nextLook(0, now, timeoutMs, looks);
  return looks;
};

/**
 * When a wait ends that is looked at only now and then.
 * @param over whether it is over at that instant: it has happened, or the journey stops
 */
export const endOfWait = (since: number, timeoutMs: number, over: (at: number) => boolean): number => {
  let at = since;
  for (let looks = 1; at < since + timeoutMs && !over(at); looks += 1)
    at = nextLook(since, at, timeoutMs, looks);
  return at;
};
