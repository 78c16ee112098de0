import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';

import { type Decay, left } from '../../../core/engine/decay.ts';
import { RunningSum } from '../../../core/engine/running-sum.ts';

const HOUR = 3_600_000;
const decays = fc.constantFrom<Decay>(
  { kind: 'none', ms: Infinity },
  { kind: 'half-life', ms: 36 * HOUR },
  { kind: 'fade', ms: 5000 * HOUR },
);
const awards = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 * HOUR }), fc.integer({ min: -50, max: 50 })), {
  maxLength: 20,
});

test.prop([decays, awards, fc.nat(20)])('is the sum of what is left of each award', (decay, steps, gone) => {
  const running = new RunningSum(decay);
  let now = 1_767_225_600_000;
  const earned = steps.map(([step, points]) => ({ at: (now += step), points }));
  earned.forEach(({ at, points }, n) => {
    running.add(at, points);
    const old = earned[n - gone];
    if (old) running.remove(old.at, old.points);
  });
  const still = earned.slice(Math.max(0, earned.length - gone));
  const later = now + 50 * HOUR;
  const sum = still.reduce((total, { at, points }) => total + points * left(decay, later - at), 0);
  expect(running.at(later)).toBeCloseTo(gone === 0 ? 0 : sum, 6);
});

test('is empty once nothing is left', () => {
  const running = new RunningSum({ kind: 'half-life', ms: HOUR });
  running.add(0, 0.1);
  running.add(HOUR, 0.2);
  running.clear();
  expect(running.at(2 * HOUR)).toBe(0);
});
