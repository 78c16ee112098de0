import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { waterfallSteps } from '../../web/console/parts/waterfall-steps.ts';

const contribution = (rule: string, score: string, points: number) => ({
  rule,
  score,
  points,
  why: 'w',
  events: [],
  sentence: 's',
});

describe('the waterfall', () => {
  test('joins from nothing to the total, with what limits hold back as a step of its own', () => {
    const steps = waterfallSteps({
      contributions: [contribution('a', 'fit', 30), contribution('b', 'fit', 90)],
      scores: { fit: 100 },
      total: 100,
    });
    expect(steps.map((step) => [step.kind, step.from, step.to])).toEqual([
      ['contribution', 0, 90],
      ['contribution', 90, 120],
      ['held', 120, 100],
      ['score', 0, 100],
      ['total', 0, 100],
    ]);
  });

  test.prop([
    fc.array(fc.tuple(fc.constantFrom('fit', 'intent'), fc.integer({ min: -50, max: 90 })), {
      maxLength: 12,
    }),
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 100 }),
  ])(
    'each step begins where the one before ended, and the last ends at the total',
    (given, fit, intent, total) => {
      const contributions = given.map(([score, points], n) => contribution(`r${n}`, score, points));
      const steps = waterfallSteps({ contributions, scores: { fit, intent }, total });
      const moves = steps.filter((step) => step.kind === 'contribution' || step.kind === 'held');
      moves.forEach((step, n) => expect(step.from).toBeCloseTo(moves[n - 1]?.to ?? 0, 9));
      expect(moves.at(-1)?.to ?? 0).toBeCloseTo(total, 4);
      expect(steps.filter((step) => step.kind === 'contribution')).toHaveLength(contributions.length);
    },
  );
});
