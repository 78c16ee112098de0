import { expect, test } from 'vitest';
import { isHeldOut, wayOf } from '../../../core/nurture/share.ts';

const leads = Array.from({ length: 10_000 }, (_, n) => `lead-${n}`);

test('about so many leads are held out, always the same ones, and others by another journey', () => {
  const held = leads.filter((lead) => isHeldOut(lead, 'warm-up', '10%'));
  expect(held.length).toBeGreaterThan(900);
  expect(held.length).toBeLessThan(1_100);
  expect(leads.filter((lead) => isHeldOut(lead, 'warm-up', '10%'))).toEqual(held);
  const both = held.filter((lead) => isHeldOut(lead, 're-engage', '10%'));
  expect(both.length).toBeLessThan(200);
});

test('a larger share holds out those of the smaller one, too', () => {
  const larger = new Set(leads.filter((lead) => isHeldOut(lead, 'warm-up', '20%')));
  expect(leads.filter((lead) => isHeldOut(lead, 'warm-up', '10%')).every((lead) => larger.has(lead))).toBe(
    true,
  );
});

test('nobody is held out where nothing is said, or nothing is meant; everybody by the whole', () => {
  expect(
    leads.some((lead) => isHeldOut(lead, 'warm-up', undefined) || isHeldOut(lead, 'warm-up', '0%')),
  ).toBe(false);
  expect(leads.every((lead) => isHeldOut(lead, 'warm-up', '100%'))).toBe(true);
});

test('a split sends about its shares each way, a lead always the same way, whatever the order of keys', () => {
  const split = { a: '50%', b: '30%', c: '20%' };
  const ways = leads.map((lead) => wayOf(lead, 'warm-up', '3', split));
  for (const [way, share] of [
    ['a', 0.5],
    ['b', 0.3],
    ['c', 0.2],
  ] as const)
    expect(Math.abs(ways.filter((each) => each === way).length / leads.length - share)).toBeLessThan(0.02);
  expect(leads.map((lead) => wayOf(lead, 'warm-up', '3', { c: '20%', a: '50%', b: '30%' }))).toEqual(ways);
});

test('two splits of a journey are drawn apart', () => {
  const split = { a: '50%', b: '50%' };
  const same = leads.filter(
    (lead) => wayOf(lead, 'warm-up', '3', split) === wayOf(lead, 'warm-up', '5', split),
  );
  expect(Math.abs(same.length / leads.length - 0.5)).toBeLessThan(0.02);
});
