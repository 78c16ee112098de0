import { Temporal } from 'temporal-polyfill';

import type { QuietHours } from '../schema/mail-settings.ts';

const SATURDAY = 6;
/** A weekend and the nights around it take three rounds. */
const ROUNDS = 8;

/**
 * When quiet hours next let a mail out: `at` itself where they do now. Times of day are those of the zone's clocks; where
 * the clocks jump over the end of the quiet hours, they end with the jump.
 * @param at UTC milliseconds
 * @param zone an IANA time zone
 * @returns UTC milliseconds, never before `at`
 * @example loudFrom(Date.parse('2026-05-14T21:00Z'), { from: '20:00', to: '08:00' }, 'UTC') // 2026-05-15T08:00Z
 */
export const loudFrom = (at: number, { from, to, weekends = false }: QuietHours, zone: string): number => {
  const [begin, end] = [Temporal.PlainTime.from(from), Temporal.PlainTime.from(to)];
  let now = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (weekends && now.dayOfWeek >= SATURDAY) {
      now = now
        .toPlainDate()
        .add({ days: 8 - now.dayOfWeek })
        .toZonedDateTime({ timeZone: zone });
      continue;
    }
    const time = now.toPlainTime();
    const [sinceBegin, untilEnd] = [
      Temporal.PlainTime.compare(time, begin) >= 0,
      Temporal.PlainTime.compare(time, end) < 0,
    ];
    const overnight = Temporal.PlainTime.compare(begin, end) > 0;
    const quiet = overnight ? sinceBegin || untilEnd : sinceBegin && untilEnd;
    if (!quiet) return now.epochMilliseconds;
    const day = overnight && sinceBegin ? now.toPlainDate().add({ days: 1 }) : now.toPlainDate();
    now = endOn(day, end, zone, now);
  }
  return now.epochMilliseconds;
};

/** The instant after `now` at which this day's clocks show `end`. */
const endOn = (
  day: Temporal.PlainDate,
  end: Temporal.PlainTime,
  zone: string,
  now: Temporal.ZonedDateTime,
): Temporal.ZonedDateTime => {
  const local = day.toPlainDateTime(end);
  const first = local.toZonedDateTime(zone, { disambiguation: 'compatible' });
  // The clocks jumped over it: the jump is when it was passed.
  if (!first.toPlainDateTime().equals(local)) return first.getTimeZoneTransition('previous') ?? first;
  // The clocks show it twice, and the first time is over.
  const over = Temporal.ZonedDateTime.compare(first, now) <= 0;
  return over ? local.toZonedDateTime(zone, { disambiguation: 'later' }) : first;
};
