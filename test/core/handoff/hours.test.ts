import { test as propertyTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterWork,
  atWorkFrom,
  isOff,
  strikes,
  USUAL_HOURS,
  type Work,
} from '../../../core/handoff/hours.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const work = (timeZone: string, more: Partial<Work> = {}): Work => ({
  timeZone,
  hours: USUAL_HOURS,
  off: [],
  ...more,
});
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z');

describe('working hours', () => {
  test.each([
    // 2026-05-14 is a Thursday.
    ['within a day', '2026-05-14T08:00:00Z', 4, '2026-05-14T12:00:00Z'],
    ['over the night', '2026-05-14T13:00:00Z', 4, '2026-05-15T09:00:00Z'],
    ['over the weekend', '2026-05-15T14:00:00Z', 4, '2026-05-18T10:00:00Z'],
    ['from a Sunday', '2026-05-17T03:00:00Z', 4, '2026-05-18T11:00:00Z'],
    ['to the very end of a day', '2026-05-14T11:00:00Z', 4, '2026-05-14T15:00:00Z'],
    ['for longer than a week has', '2026-05-14T07:00:00Z', 45, '2026-05-21T12:00:00Z'],
  ])('%s', (_, from, hours, until) => {
    expect(iso(afterWork(work('Europe/Copenhagen'), at(from), hours * HOUR))).toBe(until);
  });

  test('over a weekend on which clocks change, hours are hours of the wall', () => {
    // Clocks go forward on Sunday, 29 March 2026 in Copenhagen; and back on Sunday, 5 April in Sydney.
    expect(iso(afterWork(work('Europe/Copenhagen'), at('2026-03-27T15:00:00Z'), 4 * HOUR))).toBe(
      '2026-03-30T10:00:00Z',
    );
    expect(iso(afterWork(work('Australia/Sydney'), at('2026-04-03T05:00:00Z'), 4 * HOUR))).toBe(
      '2026-04-06T02:00:00Z',
    );
    expect(iso(afterWork(work('America/New_York'), at('2026-10-30T20:00:00Z'), 4 * HOUR))).toBe(
      '2026-11-02T17:00:00Z',
    );
  });

  test('a night shift in which an hour is missing or comes twice is as long as it really is', () => {
    const nights = { hours: { sun: '00:00-06:00' } };
    // Five hours on 29 March, seven on 25 October.
    expect(iso(afterWork(work('Europe/Copenhagen', nights), at('2026-03-28T12:00:00Z'), 5 * HOUR))).toBe(
      '2026-03-29T04:00:00Z',
    );
    expect(iso(afterWork(work('Europe/Copenhagen', nights), at('2026-10-24T12:00:00Z'), 7 * HOUR))).toBe(
      '2026-10-25T05:00:00Z',
    );
  });

  test('days off are no work, both ends included', () => {
    const off = work('UTC', { off: ['2026-12-24..2026-12-26', '2026-12-28'] });
    expect(iso(atWorkFrom(off, at('2026-12-23T17:00:00Z')))).toBe('2026-12-29T09:00:00Z');
    expect(isOff(off, at('2026-12-26T23:59:59Z'))).toBe(true);
    expect(isOff(off, at('2026-12-27T00:00:00Z'))).toBe(false);
    expect(isOff({ ...off, timeZone: 'Pacific/Auckland' }, at('2026-12-23T11:30:00Z'))).toBe(true);
  });

  test('who never works is never waited for', () => {
    const never = work('UTC', { off: ['2026-01-01..2036-01-01'] });
    expect(atWorkFrom(never, at('2026-05-14T10:00:00Z'))).toBeNull();
    expect(afterWork(never, at('2026-05-14T10:00:00Z'), HOUR)).toBeNull();
  });

  test('a lunch break, a half day, and hours that overlap', () => {
    const broken = work('UTC', {
      hours: { 'mon-thu': ['09:00-12:00', '13:00-17:00'], fri: '09:00-13:00', thu: '11:00-14:00' },
    });
    expect(iso(afterWork(broken, at('2026-05-13T11:00:00Z'), 2 * HOUR))).toBe('2026-05-13T14:00:00Z');
    expect(iso(afterWork(broken, at('2026-05-14T09:00:00Z'), 8 * HOUR))).toBe('2026-05-14T17:00:00Z');
    expect(iso(afterWork(broken, at('2026-05-14T16:00:00Z'), 6 * HOUR))).toBe('2026-05-18T10:00:00Z');
  });

  test('a working day’s clock strikes once', () => {
    const here = work('Europe/Copenhagen');
    const ticks = Array.from({ length: 7 * 24 }, (_, hour) => at('2026-03-27T00:00:00Z') + hour * HOUR);
    const struck = ticks.filter((now) => strikes(here, '08:00', now - HOUR, now));
    expect(struck.map(iso)).toEqual([
      '2026-03-27T07:00:00Z',
      '2026-03-30T06:00:00Z',
      '2026-03-31T06:00:00Z',
      '2026-04-01T06:00:00Z',
      '2026-04-02T06:00:00Z',
    ]);
  });
});

propertyTest.prop([
  fc.constantFrom('UTC', 'Europe/Copenhagen', 'Australia/Sydney', 'America/New_York', 'Asia/Kathmandu'),
  fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
  fc.integer({ min: 1, max: 60 * HOUR }),
  fc.integer({ min: 1, max: 60 * HOUR }),
])('working on after a pause of no work comes to the same', (timeZone, from, first, second) => {
  const here = work(timeZone);
  const middle = afterWork(here, from, first) ?? 0;
  expect(middle).toBeGreaterThanOrEqual(from + first);
  expect(afterWork(here, middle, second)).toBe(afterWork(here, from, first + second));
});
