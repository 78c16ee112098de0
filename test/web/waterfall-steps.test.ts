import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { waterfallSteps } from '../../web/console/parts/waterfall-steps.ts';

const contribution = (rule: string, score: string, points: number, key?: string) => ({
  rule,
  score,
  points,
  why: 'w',
  events: [],
  sentence: 's',
  ...(key === undefined ? {} : { key }),
});
const adjusted = (score: string, points: number, more: object = {}) => ({
  id: `${score}${points}`,
  at: 0,
  score,
  key: null,
  points,
  why: 'met',
  by: 'freja',
  until: null,
  counts: true,
  undoes: null,
  sentence: 's',
  ...more,
});
const steps = (lead: Partial<Parameters<typeof waterfallSteps>[0]>) =>
  waterfallSteps({
    contributions: [],
    adjustments: [],
    scores: {},
    weights: { fit: 1 },
    total: 0,
    ...lead,
  }).map(({ kind, label, from, to }) => [kind, label, from, to]);

describe('the waterfall', () => {
  test('joins from nothing to the total, with what limits hold back as a step of its own', () => {
    expect(
      steps({
        contributions: [contribution('a', 'fit', 30), contribution('b', 'fit', 90)],
        scores: { fit: 100 },
        total: 100,
      }),
    ).toEqual([
      ['contribution', 'b', 0, 90],
      ['contribution', 'a', 90, 120],
      ['held', 'Limits', 120, 100],
      ['score', 'fit', 0, 100],
      ['total', 'Total', 0, 100],
    ]);
  });

  test('shows what people gave as what rules gave, by its reason, while it counts', () => {
    expect(
      steps({
        contributions: [contribution('a', 'fit', 30)],
        adjustments: [adjusted('fit', -5), adjusted('fit', 9, { counts: false }), adjusted('intent', 7)],
        scores: { fit: 25, intent: 7 },
        total: 25,
      }),
    ).toEqual([
      ['contribution', 'a', 0, 30],
      ['by-hand', 'met', 30, 25],
      ['score', 'fit', 0, 25],
      ['total', 'Total', 0, 25],
    ]);
  });

  test('of a keyed score only the key that counts enters, and a score beside the total does not', () => {
    const contributions = [
      contribution('tried', 'product', 12, 'crm'),
      contribution('tried', 'product', 20, 'erp'),
      contribution('a', 'fit', 30),
    ];
    const scores = { fit: 30, product: { crm: 12, erp: 20 } };
    expect(steps({ contributions, scores, weights: { fit: 1 }, total: 30 })).toEqual([
      ['contribution', 'a', 0, 30],
      ['score', 'fit', 0, 30],
      ['total', 'Total', 0, 30],
    ]);
    expect(steps({ contributions, scores, weights: { product: 'max' }, total: 20 })).toEqual([
      ['contribution', 'tried', 0, 20],
      ['score', 'product: erp', 0, 20],
      ['total', 'Total', 0, 20],
    ]);
    expect(steps({ contributions, scores, weights: { product: 'sum' }, total: 32 })).toEqual([
      ['contribution', 'tried (erp)', 0, 20],
      ['contribution', 'tried (crm)', 20, 32],
      ['score', 'product', 0, 32],
      ['total', 'Total', 0, 32],
    ]);
  });

  test('a weight is a step, so that points stay what rules give', () => {
    expect(
      steps({
        contributions: [contribution('a', 'fit', 30)],
        scores: { fit: 30 },
        weights: { fit: 0.5 },
        total: 15,
      }),
    ).toEqual([
      ['contribution', 'a', 0, 30],
      ['held', 'Counts 0.5 times', 30, 15],
      ['score', 'fit', 0, 15],
      ['total', 'Total', 0, 15],
    ]);
  });

  test.prop([
    fc.array(fc.tuple(fc.constantFrom('fit', 'intent'), fc.integer({ min: -50, max: 90 }), fc.boolean()), {
      maxLength: 12,
    }),
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 100 }),
    fc.constantFrom(0.25, 1, 2),
  ])(
    'each step begins where the one before ended, and the last ends at the total',
    (given, fit, intent, total, weight) => {
      const all = waterfallSteps({
        contributions: given
          .filter(([, , rule]) => rule)
          .map(([s, points], n) => contribution(`r${n}`, s, points)),
        adjustments: given.filter(([, , rule]) => !rule).map(([s, points]) => adjusted(s, points)),
        scores: { fit, intent },
        weights: { fit: 1, intent: weight },
        total,
      });
      const moves = all.filter(({ kind }) => kind !== 'score' && kind !== 'total');
      moves.forEach((step, n) => expect(step.from).toBeCloseTo(moves[n - 1]?.to ?? 0, 9));
      expect(moves.at(-1)?.to ?? 0).toBeCloseTo(total, 4);
      expect(moves.filter(({ kind }) => kind !== 'held')).toHaveLength(given.length);
    },
  );
});
