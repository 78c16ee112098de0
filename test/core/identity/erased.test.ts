import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  isAfter,
  isAllErased,
  isForgotten,
  nextLeadId,
  withoutErased,
} from '../../../core/identity/erased.ts';
import { leadIdOf, ownerAt, type Holder } from '../../../core/identity/identity.ts';

const holder = (...owners: [string, number][]): Holder => ({
  owners: owners.map(([lead, since]) => ({ lead, since })),
  scope: 'server',
});
const erased = (...leads: [string, number][]) => {
  const when = new Map(leads);
  return (lead: string): number | undefined => when.get(lead);
};

describe('what comes in for an erased person', () => {
  test('is refused where it happened, or came in, until the erasure', () => {
    const of = holder(['gone', 0]);
    const gone = erased(['gone', 100]);
    expect(isForgotten(of, 50, 50, gone)).toBe(true);
    expect(isForgotten(of, 100, 100, gone)).toBe(true);
    // An old one, sent again.
    expect(isForgotten(of, 50, 500, gone)).toBe(true);
    // One dated ahead, that had come in before.
    expect(isForgotten(of, 500, 50, gone)).toBe(true);
    expect(isForgotten(of, 101, 101, gone)).toBe(false);
    expect(isForgotten(undefined, 50, 50, gone)).toBe(false);
  });

  test('is decided by whoever held the key then', () => {
    const shared = holder(['gone', 0], ['stays', 50]);
    const gone = erased(['gone', 100]);
    expect(isForgotten(shared, 49, 500, gone)).toBe(true);
    expect(isForgotten(shared, 50, 500, gone)).toBe(false);
    expect(withoutErased(shared, 60, gone)?.owners).toEqual([{ lead: 'stays', since: 50 }]);
  });

  test('after they left a browser is nobody’s, until somebody comes', () => {
    const gone = erased(['gone', 100]);
    expect(withoutErased(holder(['stays', 0], ['gone', 50]), 200, gone)).toBeNull();
    expect(withoutErased(holder(['gone', 0]), 200, gone)).toBeNull();
    const back = holder(['gone', 0], ['back', 300]);
    expect(withoutErased(back, 400, gone)?.owners).toEqual([{ lead: 'back', since: 300 }]);
    // What happened between the two, and came late, is theirs who came back.
    expect(withoutErased(back, 200, gone)?.owners).toEqual([{ lead: 'back', since: 300 }]);
  });
});

test('only what nobody else has held is buried', () => {
  const gone = erased(['a', 1], ['b', 2]);
  expect(isAllErased(holder(['a', 0], ['b', 5]), gone)).toBe(true);
  expect(isAllErased(holder(['a', 0], ['c', 5]), gone)).toBe(false);
});

test('whoever comes back has an id of their own, each time', () => {
  const first = leadIdOf({ kind: 'user', value: 'u' });
  const second = nextLeadId(first, 100);
  expect(new Set([first, second, nextLeadId(first, 200), nextLeadId(second, 100)]).size).toBe(4);
  expect(nextLeadId(first, 100)).toBe(second);
});

const owners = fc.uniqueArray(
  fc.record({ lead: fc.constantFrom('a', 'b', 'c', 'd'), since: fc.integer({ min: 0, max: 20 }) }),
  { selector: ({ since }) => since, minLength: 1, maxLength: 4 },
);
property.prop([owners, fc.integer({ min: 0, max: 30 }), fc.subarray(['a', 'b', 'c', 'd'])])(
  'nobody who was erased holds a key, and whoever lives and held it still does',
  (some, at, gone) => {
    const of: Holder = { owners: some.toSorted((a, b) => a.since - b.since), scope: 'server' };
    const erasedAt = (lead: string): number | undefined => (gone.includes(lead) ? 10 : undefined);
    const rest = withoutErased(of, at, erasedAt);
    expect(rest?.owners.some(({ lead }) => gone.includes(lead)) ?? false).toBe(false);
    const then = ownerAt(of, at) ?? '';
    if (!gone.includes(then)) expect(rest === null ? null : ownerAt(rest, at)).toBe(then);
    expect(isForgotten(of, at, at, erasedAt)).toBe(gone.includes(then) && !isAfter(at, at, 10));
  },
);
