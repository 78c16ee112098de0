import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../../core/duration.ts';
import { loudFrom } from '../../../core/nurture/quiet.ts';

const NIGHT = { from: '20:00', to: '08:00' };
const next = (at: string, quiet: Parameters<typeof loudFrom>[1], zone: string): string =>
  new Date(loudFrom(Date.parse(at), quiet, zone)).toISOString().slice(0, 16);

describe('quiet hours', () => {
  test.each([
    ['by day nothing waits', '2026-05-14T12:00Z', '2026-05-14T12:00'],
    ['the end is loud', '2026-05-14T08:00Z', '2026-05-14T08:00'],
    ['the beginning is quiet', '2026-05-14T20:00Z', '2026-05-15T08:00'],
    ['after midnight it is the same morning', '2026-05-15T03:00Z', '2026-05-15T08:00'],
  ])('%s', (_, at, expected) => expect(next(at, NIGHT, 'UTC')).toBe(expected));

  test('they are of the lead’s own day', () => {
    expect(next('2026-05-14T10:00Z', NIGHT, 'America/Los_Angeles')).toBe('2026-05-14T15:00');
    expect(next('2026-05-14T10:00Z', NIGHT, 'Asia/Kolkata')).toBe('2026-05-14T10:00');
    expect(next('2026-05-14T15:00Z', NIGHT, 'Asia/Kolkata')).toBe('2026-05-15T02:30');
  });

  test('they may lie within a day', () => {
    const noon = { from: '12:00', to: '13:30' };
    expect(next('2026-05-14T12:15Z', noon, 'UTC')).toBe('2026-05-14T13:30');
    expect(next('2026-05-14T20:15Z', noon, 'UTC')).toBe('2026-05-14T20:15');
  });

  test('a weekend may be quiet all day, and ends on Monday morning', () => {
    const weekends = { ...NIGHT, weekends: true };
    expect(next('2026-05-15T21:00Z', weekends, 'UTC')).toBe('2026-05-18T08:00');
    expect(next('2026-05-16T12:00Z', weekends, 'UTC')).toBe('2026-05-18T08:00');
    expect(next('2026-05-17T23:59Z', weekends, 'UTC')).toBe('2026-05-18T08:00');
    expect(next('2026-05-16T12:00Z', NIGHT, 'UTC')).toBe('2026-05-16T12:00');
  });

  test.each([
    // Copenhagen's clocks jump from 02:00 to 03:00 on 29 March 2026, and back from 03:00 to 02:00 on 25 October.
    ['a short night', '2026-03-28T22:00Z', NIGHT, 'Europe/Copenhagen', '2026-03-29T06:00'],
    ['a long night', '2026-10-24T20:00Z', NIGHT, 'Europe/Copenhagen', '2026-10-25T07:00'],
    [
      'an end that the clocks jump over',
      '2026-03-29T00:30Z',
      { from: '20:00', to: '02:30' },
      'Europe/Copenhagen',
      '2026-03-29T01:00',
    ],
    [
      'an end that the clocks show twice, the first time',
      '2026-10-24T22:00Z',
      { from: '20:00', to: '02:30' },
      'Europe/Copenhagen',
      '2026-10-25T00:30',
    ],
    [
      'an end that the clocks show twice, between the two',
      '2026-10-25T01:10Z',
      { from: '20:00', to: '02:30' },
      'Europe/Copenhagen',
      '2026-10-25T01:30',
    ],
    // Sydney is ahead in October and falls back in April.
    ['a short night in the south', '2026-10-03T12:00Z', NIGHT, 'Australia/Sydney', '2026-10-03T21:00'],
    ['a long night in the south', '2026-04-04T12:00Z', NIGHT, 'Australia/Sydney', '2026-04-04T22:00'],
  ] as const)('%s is as long as it is', (_, at, quiet, zone, expected) =>
    expect(next(at, quiet, zone)).toBe(expected),
  );

  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const zone = fc.constantFrom(
    ...['UTC', 'Europe/Copenhagen', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'],
    ...['America/Santiago', 'Pacific/Apia', 'Africa/Casablanca'],
  );
  property.prop([
    fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2028-01-01') }),
    fc.record({ from: clock, to: clock, weekends: fc.boolean() }).filter(({ from, to }) => from !== to),
    zone,
  ])('a mail waits four days at most, and then goes out at once', (at, quiet, where) => {
    const out = loudFrom(at, quiet, where);
    expect(out).toBeGreaterThanOrEqual(at);
    expect(out - at).toBeLessThanOrEqual(4 * DAY + 2 * HOUR);
    expect(loudFrom(out, quiet, where)).toBe(out);
    // No earlier minute would have done.
    if (out > at) expect(loudFrom(out - 60_000 < at ? at : out - 60_000, quiet, where)).toBe(out);
  });
});
