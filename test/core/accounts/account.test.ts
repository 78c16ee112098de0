import { describe, expect, test } from 'vitest';

import { accountStanding, type PersonScores, rolledUp } from '../../../core/accounts/account.ts';
import { Accounts } from '../../../core/schema/accounts.ts';

const person = (engagement: number, fit = 0): PersonScores => ({
  scores: { engagement, fit },
  total: engagement + fit,
});
const people = [person(10, 5), person(60, 30), person(0.4, 80), person(30, 0)];
const accounts = Accounts.parse({
  account: {
    rollup: { engagement: { sum: 'engagement', best: 2 }, fit: { max: 'fit' } },
    bands: { of: 'engagement', quiet: 0, surging: { enter: 90, leave: 50 } },
    qualified: { band: ['surging'], people: 3 },
  },
});

describe('people add up', () => {
  test('by sum, highest or average, of all or of the best', () => {
    expect(rolledUp({ sum: 'engagement' }, people)).toBeCloseTo(100.4);
    expect(rolledUp({ sum: 'engagement', best: 2 }, people)).toBe(90);
    expect(rolledUp({ max: 'fit' }, people)).toBe(80);
    expect(rolledUp({ avg: 'fit', best: 2 }, people)).toBe(55);
    expect(rolledUp({ max: 'total' }, people)).toBe(90);
    expect(rolledUp({ avg: 'fit' }, [])).toBe(0);
  });
  test('to a band with a memory, and to qualified with enough people above 0', () => {
    expect(accountStanding(accounts, people, null)).toEqual({
      numbers: { engagement: 90, fit: 80 },
      band: 'surging',
      people: 3,
      qualified: true,
    });
    expect(accountStanding(accounts, people.slice(1), null)).toMatchObject({
      band: 'surging',
      people: 2,
      qualified: false,
    });
    expect(accountStanding(accounts, [person(60)], 'surging').band).toBe('surging');
    expect(accountStanding(accounts, [person(60)], 'quiet').band).toBe('quiet');
    expect(accountStanding(accounts, [person(49)], 'surging').band).toBe('quiet');
  });
  test('the same in any order', () => {
    const odd = [0.1, 0.2, 0.3, 0.7].map((points) => person(points));
    expect(rolledUp({ sum: 'engagement' }, odd)).toBe(rolledUp({ sum: 'engagement' }, [...odd].reverse()));
  });
});
