import { test as property, fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { bestKeys, type KeyedScores, rolledUpKeys } from '../../../core/accounts/account-keys.ts';
import type { Rollup } from '../../../core/schema/accounts.ts';

const people: readonly KeyedScores[] = [
  { product: { crm: 5, erp: 30 }, fit: 10 },
  { product: { crm: 7 }, fit: 20 },
  { fit: 30 },
];

test('a keyed score adds up key by key, each over those who have the key', () => {
  expect(rolledUpKeys({ sum: 'product' }, people)).toEqual({ crm: 12, erp: 30 });
  expect(rolledUpKeys({ max: 'product' }, people)).toEqual({ crm: 7, erp: 30 });
  expect(rolledUpKeys({ avg: 'product' }, people)).toEqual({ crm: 6, erp: 30 });
  expect(rolledUpKeys({ sum: 'product', best: 1 }, people)).toEqual({ crm: 7, erp: 30 });
});

test('a score without keys has none, and neither has the total', () => {
  expect(rolledUpKeys({ sum: 'fit' }, people)).toBeNull();
  expect(rolledUpKeys({ sum: 'total' }, people)).toBeNull();
  expect(rolledUpKeys({ sum: 'product' }, [])).toBeNull();
});

test('the best keys come first, equal ones by name', () => {
  const keys = { b: 1, a: 1, '2024': 5, c: 9 };
  expect(bestKeys(keys, 3)).toEqual([
    ['c', 9],
    ['2024', 5],
    ['a', 1],
  ]);
});

const keyed = fc.dictionary(fc.constantFrom('a', 'b', 'c', '1'), fc.integer({ min: -100, max: 100 }));
const rollups = fc.constantFrom<Rollup>({ sum: 'p' }, { max: 'p' }, { avg: 'p' }, { sum: 'p', best: 2 });

property.prop([fc.array(keyed), rollups])('the order of people never changes a key', (all, rollup) => {
  const scores = all.map((p): KeyedScores => ({ p }));
  expect(rolledUpKeys(rollup, scores.toReversed())).toEqual(rolledUpKeys(rollup, scores));
});
