import { describe, expect, test } from 'vitest';

import { type LeadEvent } from '../../../core/event.ts';
import { type Attributes } from '../../../core/history.ts';
import { day, engineOf, group, identify, page } from './scenario.ts';

const engine = engineOf({
  rules: { big: { when: { 'account.plan': 'pro' }, points: 7 } },
});
const at = (events: readonly LeadEvent[], days: number): Attributes =>
  engine.attributes({ events }, day(days));

describe('attributes', () => {
  const events = [
    identify(2, { title: 'CTO', size: null }),
    identify(0, { title: 'Dev', size: 5, email: 'a@acme.example' }),
    identify(3, { title: '', size: 9 }),
  ];
  test('are the newest values at an instant, field by field', () => {
    expect(at(events, 1)).toEqual({ title: 'Dev', size: 5, email: 'a@acme.example' });
    expect(at(events, 2)).toEqual({ title: 'CTO', email: 'a@acme.example' });
    expect(at(events, 3)).toEqual({ title: 'CTO', size: 9, email: 'a@acme.example' });
  });
  test('of one instant are those of the larger id', () => {
    const [a, b] = [identify(0, { n: 1 }), identify(0, { n: 2 })];
    expect(
      at(
        [
          { ...a, id: 'b' },
          { ...b, id: 'a' },
        ],
        1,
      ),
    ).toEqual({ n: 1 });
  });
  test('may have any name', () => {
    const traits = JSON.parse('{"__proto__": 1, "toString": 2}') as { [key: string]: number };
    expect(JSON.stringify(at([identify(0, traits)], 1))).toBe('{"__proto__":1,"toString":2}');
  });
  test('come out of a snapshot, too', () => {
    const snapshot = engine.snapshot({ events }, day(1));
    const tail = events.filter(({ occurredAt }) => occurredAt > day(1));
    expect(engine.attributes({ snapshot, events: tail }, day(4))).toEqual(at(events, 4));
  });
});

describe('the account', () => {
  const total = (
    own: readonly LeadEvent[],
    others: readonly LeadEvent[],
    days: number,
    id = 'acme',
  ): number =>
    engine.evaluate(
      { events: own, accounts: [{ id, events: [...own.filter((e) => e.groupId === id), ...others] }] },
      day(days),
    ).total;
  test('is known by what anybody of it sent, as of then', () => {
    const mine = [page(0, '/'), group(1, 'acme', {})];
    const theirs = [group(2, 'acme', { plan: 'pro' }), group(4, 'acme', { plan: 'free' })];
    expect([1, 2, 3, 4].map((days) => total(mine, theirs, days))).toEqual([0, 7, 7, 0]);
  });
  test('is the newest that the lead was grouped into', () => {
    const mine = [group(0, 'acme', { plan: 'pro' }), group(2, 'other', { plan: 'free' })];
    expect([1, 2].map((days) => total(mine, [], days))).toEqual([7, 0]);
    expect(engine.account({ events: mine }, day(3))).toEqual({ id: 'other', attributes: { plan: 'free' } });
  });
  test('that the lead has left is remembered as everybody told of it then', () => {
    const warm = engineOf({
      rules: { big: { when: { 'account.plan': 'pro' }, points: 45 } },
      bands: { bands: { cold: 0, hot: { enter: 40, leave: 0 } } },
    });
    const mine = [group(0, 'acme', {}), group(3, 'other', {})];
    const theirs = [group(1, 'acme', { plan: 'pro' }), group(5, 'acme', { plan: 'free' })];
    expect(warm.accountIds({ events: mine }, day(4))).toEqual(['acme', 'other']);
    const accounts = [
      { id: 'acme', events: theirs },
      { id: 'other', events: [] },
    ];
    expect(warm.evaluate({ events: mine, accounts }, day(6))).toMatchObject({
      total: 0,
      band: 'hot',
      bandSince: day(1),
    });
  });
  test('is the domain of the e-mail where there is no group', () => {
    const mine = [identify(0, { email: 'Kim@Acme.example' })];
    const theirs = [group(0, 'acme.example', { plan: 'pro' })];
    expect(total(mine, theirs, 1, 'acme.example')).toBe(7);
    expect(engine.account({ events: mine }, day(1))?.id).toBe('acme.example');
    expect(engine.account({ events: [page(0, '/')] }, day(1))).toBeNull();
  });
  test('changes the band when others change it', () => {
    const warm = engineOf({ rules: { big: { when: { 'account.plan': 'pro' }, points: 30 } } });
    const mine = group(0, 'acme', {});
    const account = { id: 'acme', events: [mine, group(2, 'acme', { plan: 'pro' })] };
    expect(warm.evaluate({ events: [mine], accounts: [account] }, day(5))).toMatchObject({
      band: 'warm',
      bandSince: day(2),
    });
  });
});
