import { expect, test } from 'vitest';
import { expiryOf } from '../../../functions/scoring/expiry.ts';
import { adjusted, day, group, identify, page, track } from '../../core/engine/scenario.ts';

const expiry = expiryOf({ retention: '90d' });

test('an event may be deleted a month after it has ceased to exist', () => {
  expect([page(0, '/'), track(0, 'deal.won')].map(expiry)).toEqual([day(120), day(120)]);
});
test('attributes and manual points outlive the retention: their messages are never deleted', () => {
  const lasting = [
    identify(0, { title: 'CTO' }),
    group(0, 'acme', { size: 5 }),
    adjusted(0, { score: 's', points: 5 }),
  ];
  expect(lasting.map(expiry)).toEqual([null, null, null]);
});
test('without a retention nothing is deleted', () => {
  expect(expiryOf({})(page(0, '/'))).toBeNull();
});
