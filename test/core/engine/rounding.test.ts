import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';

import { sixDecimals, wholePoints } from '../../../core/engine/rounding.ts';

test.each([
  [19.5, 20],
  [-19.5, -20],
  [19.4999994, 19],
  [19.4999996, 20],
  [-0.4, 0],
  [0.5, 1],
  [1e12 + 0.5, 1e12 + 1],
])('%d is %d whole points', (value, whole) => expect(Object.is(wholePoints(value), whole)).toBe(true));

test.prop([fc.double({ min: -1e6, max: 1e6, noNaN: true })])(
  'six decimals are the nearest, and never -0',
  (value) => {
    const rounded = sixDecimals(value);
    expect(Math.abs(rounded - value)).toBeLessThanOrEqual(0.000_000_500_1);
    expect(Object.is(rounded, -0)).toBe(false);
    expect(sixDecimals(-value)).toBe(rounded === 0 ? 0 : -rounded);
  },
);
