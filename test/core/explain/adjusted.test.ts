import { expect, test } from 'vitest';

import type { LeadEvent } from '../../../core/event.ts';
import { adjustmentsOf } from '../../../core/explain/adjusted.ts';
import type { Scoring } from '../../../core/ruleset.ts';

const SCORES: Scoring['scores'] = { 'scores/fit.yaml': { score: 'fit', rules: {} } };
const given = (id: string, occurredAt: number, points: number): LeadEvent => ({
  ...{ id, occurredAt, type: 'track', name: 'score.adjusted' },
  properties: { score: 'fit', points, why: 'Met at the fair', by: 'kim@example.com' },
});
const shown = (events: readonly LeadEvent[], now: number): (readonly [string, number])[] =>
  adjustmentsOf(events, SCORES, now).map(({ id, points }) => [id, points] as const);

test('adjustments are shown newest first, and none that is to come', () => {
  expect(shown([given('a', 1, 5), given('b', 2, -3), given('c', 9, 8)], 5)).toEqual([
    ['b', -3],
    ['a', 5],
  ]);
});

test('of copies of one event the earliest counts, also where it is no adjustment', () => {
  const group: LeadEvent = { id: 'a', occurredAt: 1, type: 'group', name: '', properties: {} };
  expect(shown([given('a', 3, 5), given('a', 2, 7)], 5)).toEqual([['a', 7]]);
  expect(shown([given('a', 2, 5), group], 5)).toEqual([]);
});
