import { describe, expect, test } from 'vitest';

import { daysOf, periodOf } from '../../../core/engine/period.ts';

const iso = (range: string, timeZone: string): (string | number)[] =>
  periodOf(range, timeZone).map((at) => (Number.isFinite(at) ? new Date(at).toISOString() : at));

describe('days', () => {
  test('are of a time zone, both included', () => {
    expect(iso('2026-01-01..2026-03-31', 'UTC')).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-04-01T00:00:00.000Z',
    ]);
    expect(iso('2026-01-01..2026-03-31', 'Europe/Copenhagen')).toEqual([
      '2025-12-31T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ]);
    expect(iso('2026-07-01', 'Pacific/Kiritimati')).toEqual([
      '2026-06-30T10:00:00.000Z',
      '2026-07-01T10:00:00.000Z',
    ]);
    expect(iso('2026-07-01', 'America/Los_Angeles')).toEqual([
      '2026-07-01T07:00:00.000Z',
      '2026-07-02T07:00:00.000Z',
    ]);
  });
  test('begin when the clock leaps over midnight', () => {
    // In Beirut summer time began at midnight: the day starts at one.
    expect(iso('2026-03-29', 'Asia/Beirut')[0]).toBe('2026-03-28T22:00:00.000Z');
    expect(iso('2026-03-29', 'Asia/Beirut')[1]).toBe('2026-03-29T21:00:00.000Z');
  });
  test('may be open at either end', () => {
    expect(iso('2026-01-02..', 'UTC')).toEqual(['2026-01-02T00:00:00.000Z', Infinity]);
    expect(iso('..2026-01-02', 'UTC')).toEqual([-Infinity, '2026-01-03T00:00:00.000Z']);
  });
  test.each([
    '..',
    '',
    '2026-02-30..',
    '2026-03-01..2026-02-01',
    '2026-01-01..2026-02-01..',
    '1..2',
    '2026-01-01T10:00..',
  ])('are not written `%s`', (text) => expect(daysOf(text)).toBeNull());
});
