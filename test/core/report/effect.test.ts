import { expect, test } from 'vitest';
import { effectOf } from '../../../core/report/effect.ts';
import { effectInWords } from '../../../core/report/in-words.ts';

const group = (qualified: number, leads: number) => ({ leads, qualified });

test.each([
  // Newcombe 1998, table II, method 10.
  [group(56, 70), group(48, 80), 0.2, 0.0524, 0.3339],
  [group(9, 10), group(3, 10), 0.6, 0.1705, 0.809],
  [group(10, 10), group(0, 10), 1, 0.6075, 1],
])('%o beside %o differ by %d, from %d to %d', (taken, heldOut, share, low, high) => {
  const { difference } = effectOf('j', { taken, heldOut });
  expect(difference?.share).toBeCloseTo(share, 10);
  expect(difference?.interval[0]).toBeCloseTo(low, 4);
  expect(difference?.interval[1]).toBeCloseTo(high, 4);
});

test('without anybody held out nothing is said of a difference', () => {
  const effect = effectOf('warm-up', { taken: group(1, 4), heldOut: group(0, 0) });
  expect(effect).toMatchObject({ taken: { share: 0.25 }, heldOut: { share: null }, difference: null });
});

test('in words it says whether the journey does anything, or whether nobody knows yet', () => {
  const words = (taken: ReturnType<typeof group>, heldOut: ReturnType<typeof group>): string =>
    effectInWords(effectOf('warm-up', { taken, heldOut }));
  expect(words(group(56, 70), group(48, 80))).toBe(
    '56 of 70 who took it qualified: 80% (69%–88%); of 80 held out 48: 60% (49%–70%). It makes 20 points of a hundred more (5 to 33).',
  );
  expect(words(group(5, 10), group(2, 5))).toContain(
    'It makes 10 points of a hundred more (-35 to 49), which may be chance.',
  );
  expect(words(group(0, 10), group(9, 10))).toContain('It makes 90 points of a hundred fewer (');
  expect(words(group(0, 0), group(1, 2))).toBe('Too few to compare: 0 took it, 2 were held out.');
});
