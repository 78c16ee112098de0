import { fc, test as laws } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { doublesOf } from '../../../core/handoff/doubles.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';

type Known = Pick<HandoffRecord, 'entry' | 'at' | 'state' | 'deal'>;
const one = (entry: number, at: number, state: Known['state'], more: Partial<Known> = {}): Known => ({
  entry,
  at,
  state,
  ...more,
});

test('of two that wait for an answer the older one stays', () => {
  const [old, young] = [one(3, 10, 'open'), one(1, 20, 'open')];
  expect(doublesOf([young, old])).toEqual({ stays: old, doubles: [young] });
});

test('one that somebody took stays, though it is younger; two that were taken are two people’s', () => {
  const [open, taken, other] = [one(1, 10, 'open'), one(2, 20, 'accepted'), one(3, 30, 'accepted')];
  expect(doublesOf([open, taken])).toEqual({ stays: taken, doubles: [open] });
  expect(doublesOf([other, open, taken])).toEqual({ stays: taken, doubles: [open] });
  expect(doublesOf([taken, other])).toBeNull();
});

test('what is closed, won or lost is in nobody’s way', () => {
  const won = one(1, 5, 'closed', { deal: { what: 'won', by: 'x', at: 9 } });
  expect(doublesOf([won, one(2, 10, 'closed'), one(3, 20, 'open')])).toBeNull();
  expect(doublesOf([])).toBeNull();
});

laws.prop([
  fc.array(
    fc.record({
      entry: fc.nat(9),
      at: fc.nat(99),
      state: fc.constantFrom('open' as const, 'accepted' as const, 'closed' as const),
    }),
  ),
])('at most one that waits is left, and none that was taken is closed', (handoffs) => {
  const found = doublesOf(handoffs);
  const left = handoffs.filter((each) => !found?.doubles.includes(each));
  expect(left.filter(({ state }) => state === 'open').length).toBeLessThanOrEqual(1);
  expect(found?.doubles.every(({ state }) => state === 'open') ?? true).toBe(true);
  if (found !== null) expect(left).toContain(found.stays);
});
