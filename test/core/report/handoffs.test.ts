import { describe, expect, test } from 'vitest';
import { mondayOf, type ReportedHandoff, reportOf } from '../../../core/report/handoffs.ts';
import { durationInWords, shareInWords } from '../../../core/report/in-words.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Thursday. */
const NOW = Date.parse('2026-05-14T12:00:00Z');
const handoff = (daysAgo: number, more: Partial<ReportedHandoff> = {}): ReportedHandoff => ({
  at: NOW - daysAgo * DAY,
  band: 'hot',
  rules: ['pricing'],
  answer: null,
  deal: null,
  ...more,
});
const answer = (
  daysAgo: number,
  hours: number,
  what: 'accepted' | 'not-now' | 'not-a-fit',
  reason?: string,
) => ({
  what,
  at: NOW - daysAgo * DAY + hours * HOUR,
  reason: reason ?? null,
});

describe('the report of handoffs', () => {
  const all = [
    handoff(0),
    handoff(1, { answer: answer(1, 1, 'accepted'), deal: 'won' }),
    handoff(3, { answer: answer(3, 2, 'accepted'), rules: ['demo', 'pricing'], deal: 'lost' }),
    handoff(4, { answer: answer(4, 3, 'not-now'), rules: ['demo'], band: 'warm' }),
    handoff(8, { answer: answer(8, 40, 'not-a-fit', 'too-small') }),
    handoff(300, { answer: answer(300, 1, 'accepted') }),
  ];
  const report = reportOf(all, 3, NOW);

  test('weeks begin on Monday, and those without a handoff are shown', () => {
    expect(report.weeks.map(({ week, handoffs }) => [week, handoffs])).toEqual([
      ['2026-04-27', 0],
      ['2026-05-04', 2],
      ['2026-05-11', 3],
    ]);
    expect(new Date(mondayOf(Date.parse('2026-05-11T00:00:00Z'))).toISOString()).toContain('2026-05-11');
    expect(new Date(mondayOf(Date.parse('2026-05-10T23:59:59Z'))).toISOString()).toContain('2026-05-04');
  });

  test('what is older than the weeks asked for does not count', () => {
    expect(report.total).toMatchObject({ handoffs: 5, answered: 4, accepted: 2, notNow: 1, notAFit: 1 });
  });

  test('shares are of those whose answer, or end, is known; time is from opened to answered', () => {
    expect(report.total).toMatchObject({
      acceptedShare: 0.5,
      wonShare: 0.5,
      answerTime: { median: 2 * HOUR, p90: 40 * HOUR },
    });
    expect(report.weeks[0]).toMatchObject({ acceptedShare: null, wonShare: null, answerTime: null });
  });

  test('by what spoke for them, and by band', () => {
    expect(report.byRule.map(({ rule, handoffs, acceptedShare }) => [rule, handoffs, acceptedShare])).toEqual(
      [
        ['pricing', 4, 2 / 3],
        ['demo', 2, 0.5],
      ],
    );
    expect(report.byBand.map(({ band, handoffs }) => [band, handoffs])).toEqual([
      ['hot', 4],
      ['warm', 1],
    ]);
    expect(report.reasons).toEqual([{ reason: 'too-small', handoffs: 1 }]);
  });

  test('nothing is a report, too', () => {
    expect(reportOf([], 1, NOW)).toMatchObject({ total: { handoffs: 0 }, byRule: [], reasons: [] });
  });
});

test('lengths and shares as people say them', () => {
  expect([59_000, 90 * 60_000, 2 * HOUR, 25 * HOUR, 48 * HOUR].map(durationInWords)).toEqual([
    '1 min',
    '1 h 30 min',
    '2 h',
    '1 d 1 h',
    '2 d',
  ]);
  expect([0, 2 / 3, null].map(shareInWords)).toEqual(['0%', '67%', '–']);
});
