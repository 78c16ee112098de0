import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';

import { compareIds, inOrder } from '../../../core/engine/order.ts';
import { track } from './scenario.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });

test.prop([text, text])('ids order by their UTF-8 bytes', (a, b) => {
  expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
});

test('an emoji comes after the last character of the basic plane', () => {
  expect(compareIds('\u{1f600}', '\uffee')).toBeGreaterThan(0);
  expect('\u{1f600}' < '\uffee').toBe(true);
});

test('of two copies the earliest counts, of equally early ones the first', () => {
  const one = { ...track(1, 'A', { n: 1 }), id: 'x' };
  expect(inOrder([{ ...one, occurredAt: one.occurredAt + 5 }, one], -Infinity, Infinity)).toEqual([one]);
  expect(inOrder([one, { ...one, properties: { n: 2 } }], -Infinity, Infinity)).toEqual([one]);
});

test('what happens later, and what is suspected, does not exist', () => {
  const [now, later] = [track(1, 'A'), track(2, 'A')];
  expect(inOrder([later, now, { ...track(1, 'B'), suspected: 'bot' }], -Infinity, now.occurredAt)).toEqual([
    now,
  ]);
});
