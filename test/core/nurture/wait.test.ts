import { describe, expect, test } from 'vitest';
import { endOfWait, looksOf, MOST_LOOKS, nextLook, nextMoment } from '../../../core/nurture/wait.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString();

describe('a wait until a time of the week', () => {
  test.each([
    // A Monday; Copenhagen is an hour ahead in winter.
    [
      'later this week',
      ['tue', 'thu'],
      '09:00',
      '2026-01-05T12:00:00Z',
      'Europe/Copenhagen',
      '2026-01-06T08:00:00.000Z',
    ],
    [
      'today, if it is still to come',
      ['mon'],
      '14:00',
      '2026-01-05T12:00:00Z',
      'Europe/Copenhagen',
      '2026-01-05T13:00:00.000Z',
    ],
    [
      'now, if it is now',
      ['mon'],
      '13:00',
      '2026-01-05T12:00:00Z',
      'Europe/Copenhagen',
      '2026-01-05T12:00:00.000Z',
    ],
    [
      'in a week, if it has just passed',
      ['mon'],
      '13:00',
      '2026-01-05T12:00:00.001Z',
      'Europe/Copenhagen',
      '2026-01-12T12:00:00.000Z',
    ],
    ['any day', undefined, '09:00', '2026-01-05T12:00:00Z', 'Europe/Copenhagen', '2026-01-06T08:00:00.000Z'],
    // It is Tuesday there already.
    [
      'by the calendar of the lead',
      ['tue'],
      '09:00',
      '2026-01-05T20:00:00Z',
      'Australia/Sydney',
      '2026-01-05T22:00:00.000Z',
    ],
    // Clocks go forward on Sunday 29 March 2026 in Copenhagen, and back on 25 October.
    [
      'over the day that is an hour short',
      ['mon'],
      '09:00',
      '2026-03-27T12:00:00Z',
      'Europe/Copenhagen',
      '2026-03-30T07:00:00.000Z',
    ],
    [
      'in the hour that does not exist',
      ['sun'],
      '02:30',
      '2026-03-28T12:00:00Z',
      'Europe/Copenhagen',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'over the day that is an hour long',
      ['mon'],
      '09:00',
      '2026-10-23T12:00:00Z',
      'Europe/Copenhagen',
      '2026-10-26T08:00:00.000Z',
    ],
    [
      'in the hour that comes twice, the first time',
      ['sun'],
      '02:30',
      '2026-10-24T12:00:00Z',
      'Europe/Copenhagen',
      '2026-10-25T00:30:00.000Z',
    ],
    // In Sydney clocks go back on 5 April 2026, and forward on 4 October.
    [
      'in the south: the hour that comes twice',
      ['sun'],
      '02:30',
      '2026-04-04T00:00:00Z',
      'Australia/Sydney',
      '2026-04-04T15:30:00.000Z',
    ],
    [
      'in the south: behind the hour that comes twice',
      ['sun'],
      '09:00',
      '2026-04-04T00:00:00Z',
      'Australia/Sydney',
      '2026-04-04T23:00:00.000Z',
    ],
    [
      'in the south: the hour that does not exist',
      ['sun'],
      '02:30',
      '2026-10-03T00:00:00Z',
      'Australia/Sydney',
      '2026-10-03T16:30:00.000Z',
    ],
    [
      'in the south: behind the hour that does not exist',
      ['sun'],
      '09:00',
      '2026-10-03T00:00:00Z',
      'Australia/Sydney',
      '2026-10-03T22:00:00.000Z',
    ],
  ] as const)('%s', (_, weekday, time, now, zone, expected) => {
    const until = { at: time, ...(weekday === undefined ? {} : { weekday: [...weekday] }) };
    expect(iso(nextMoment(until, at(now), zone))).toBe(expected);
  });

  test('is never in the past, and never more than a week and an hour away', () => {
    for (const zone of ['Europe/Copenhagen', 'Australia/Sydney', 'America/New_York', 'Asia/Kathmandu'])
      for (
        let now = at('2026-01-01T00:00:00Z');
        now < at('2027-01-01T00:00:00Z');
        now += 7 * 3_600_000 + 13 * MINUTE
      ) {
        const ahead = nextMoment({ weekday: 'sun', at: '02:30' }, now, zone) - now;
        expect(ahead).toBeGreaterThanOrEqual(0);
        expect(ahead).toBeLessThanOrEqual(7 * DAY + 3_600_000);
      }
  });
});

describe('a wait for an event', () => {
  test('is looked at with pauses that grow, and at last at its end', () => {
    const pauses: number[] = [];
    let looks = 1;
    for (let now = 0; now < 14 * DAY; looks += 1) {
      const next = nextLook(0, now, 14 * DAY, looks);
      pauses.push(next - now);
      now = next;
    }
    expect(pauses[0]).toBe(10 * MINUTE);
    expect(pauses.slice(0, -1)).toEqual(pauses.slice(0, -1).toSorted((a, b) => a - b));
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(14 * DAY);
  });

  test.each(['14d', '90d', '350d'])('of %s takes fewer looks than it may', (duration) => {
    expect(looksOf(Number.parseInt(duration, 10) * DAY)).toBeLessThanOrEqual(MOST_LOOKS);
  });

  test('of many years takes no more looks than it may', () => {
    expect(looksOf(100_000 * DAY)).toBe(MOST_LOOKS);
  });

  test('ends within a twentieth of the time waited after it happened, and no sooner', () => {
    for (let happens = 1; happens < 14 * DAY; happens = Math.ceil(happens * 1.7)) {
      const ends = endOfWait(0, 14 * DAY, (now) => now >= happens);
      expect(ends).toBeGreaterThanOrEqual(happens);
      expect(ends - happens).toBeLessThanOrEqual(Math.max(10 * MINUTE, happens / 19));
    }
    expect(endOfWait(0, 14 * DAY, () => false)).toBe(14 * DAY);
    expect(endOfWait(5, 14 * DAY, () => true)).toBe(5);
  });
});
