import { fc, test as lawOf } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';

import { aucOf, type Judged, liftOf, medianOf, qualityOf } from '../../../core/impact/quality.ts';

const DAY = 86_400_000;
const judged = (won: boolean, total: number, more: Partial<Judged> = {}): Judged => ({
  won,
  total,
  qualified: total >= 70,
  band: total >= 70 ? 'hot' : 'cold',
  leadTimeMs: null,
  ...more,
});

test('precision, recall and won shares are counted as they are defined', () => {
  // Two of three qualified were won; two of four who were won had been qualified.
  const quality = qualityOf([
    judged(true, 90, { leadTimeMs: 4 * DAY }),
    judged(true, 80, { leadTimeMs: 10 * DAY }),
    judged(false, 75),
    judged(true, 30),
    judged(true, 10),
    judged(false, 0),
  ]);
  expect(quality).toMatchObject({ decided: 6, won: 4, precision: 2 / 3, recall: 0.5, medianLeadDays: 7 });
  expect(quality.bands).toEqual({
    hot: { decided: 3, won: 2, share: 2 / 3 },
    cold: { decided: 3, won: 2, share: 2 / 3 },
  });
});

test('of nobody nothing is claimed', () => {
  expect(qualityOf([])).toEqual({
    decided: 0,
    won: 0,
    precision: null,
    recall: null,
    auc: null,
    lift: null,
    medianLeadDays: null,
    bands: {},
  });
});

describe('AUC', () => {
  test('1 where all who were won have more, 0 where less, a half where all are equal', () => {
    expect(aucOf([judged(true, 2), judged(true, 3), judged(false, 1)])).toBe(1);
    expect(aucOf([judged(true, 1), judged(false, 2)])).toBe(0);
    expect(aucOf([judged(true, 5), judged(false, 5), judged(false, 5)])).toBe(0.5);
    expect(aucOf([judged(true, 5)])).toBeNull();
  });

  lawOf.prop([
    fc.array(fc.record({ won: fc.boolean(), total: fc.integer({ min: 0, max: 9 }) }), { maxLength: 40 }),
  ])('is the share of pairs that are the right way round, ties by half', (leads) => {
    const [won, lost] = [leads.filter((lead) => lead.won), leads.filter((lead) => !lead.won)];
    let right = 0;
    for (const a of won) for (const b of lost) right += a.total > b.total ? 1 : a.total === b.total ? 0.5 : 0;
    const pairs = won.length * lost.length;
    if (pairs === 0) expect(aucOf(leads)).toBeNull();
    else expect(aucOf(leads)).toBeCloseTo(right / pairs, 10);
  });
});

describe('lift at the top tenth', () => {
  test('ten times, where the one of ten who was won is the first', () => {
    const leads = Array.from({ length: 10 }, (_, n) => judged(n === 9, n));
    expect(liftOf(leads)).toBeCloseTo(10);
  });

  test('1 where points say nothing, whatever order equals come in', () => {
    const leads = Array.from({ length: 25 }, (_, n) => judged(n % 5 === 0, 7));
    expect(liftOf(leads)).toBeCloseTo(1);
    expect(liftOf(leads.toReversed())).toBeCloseTo(1);
  });

  test('unknown where nobody was won', () => {
    expect(liftOf([judged(false, 1)])).toBeNull();
  });
});

test('the median is the middle, or the mean of the two in the middle', () => {
  expect(medianOf([])).toBeNull();
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([4, 1, 2, 9])).toBe(3);
});
