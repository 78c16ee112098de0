import { describe, expect, test } from 'vitest';

import { type JsonObject } from '../../../core/json.ts';
import { adjusted, day, engineOf, identify, track } from './scenario.ts';

const product = {
  by: 'products.id',
  limit: { max: 20 },
  groups: { views: { max: 12 } },
  rules: {
    view: { when: { event: 'View' }, points: 5, group: 'views' },
    boss: { when: { event: 'Ask', 'lead.title': 'CTO' }, points: 3 },
  },
};
const viewed = (at: number, ...ids: (string | number)[]) =>
  track(at, 'View', { products: ids.map((id) => ({ id })) });
const scoresOf = (events: Parameters<ReturnType<typeof engineOf>['evaluate']>[0]['events'], at = 9) =>
  engineOf({ scores: { product } }).evaluate({ events }, day(at)).scores['product'];

describe('a keyed score', () => {
  test('gives each event to the keys that it names, to each once', () => {
    expect(scoresOf([viewed(0, 'crm', 'crm', 7), track(0, 'View', {})])).toEqual({ crm: 5, '7': 5 });
  });
  test('has case-sensitive keys', () => {
    expect(scoresOf([viewed(0, 'crm'), viewed(0, 'CRM')])).toEqual({ crm: 5, CRM: 5 });
  });
  test('holds groups and the limit for each key on its own', () => {
    expect(scoresOf([viewed(0, 'a'), viewed(1, 'a'), viewed(2, 'a', 'b')])).toEqual({ a: 12, b: 5 });
  });
  test('has no key whose only events match no more', () => {
    const asked = track(0, 'Ask', { products: { id: 'crm' } });
    expect(scoresOf([asked])).toEqual({});
    expect(scoresOf([asked, identify(1, { title: 'cto' })])).toEqual({ crm: 3 });
  });
  test('survives keys with a special name', () => {
    const scores = scoresOf([viewed(0, '__proto__', 'constructor')]);
    expect(JSON.stringify(scores)).toBe('{"__proto__":5,"constructor":5}');
  });
  test('counts as its highest key, at least 0, or as the sum where the total says so', () => {
    const total = (how: string, events: ReturnType<typeof viewed>[]): number =>
      engineOf({ scores: { product }, bands: { total: { sum: { product: how } } } }).evaluate(
        { events },
        day(9),
      ).total;
    const events = [viewed(0, 'a'), viewed(1, 'a', 'b')];
    expect([total('max', events), total('sum', events)]).toEqual([10, 15]);
    const below = [adjusted(0, { score: 'product', points: -4, 'products.id': 'a' })];
    expect([total('max', below), total('sum', below)]).toEqual([0, -4]);
  });
});

describe('manual points', () => {
  const total = (properties: JsonObject, at: number, file: JsonObject = {}): number =>
    engineOf({ file, rules: { a: { when: { event: 'A' }, points: 10 } } }).evaluate(
      { events: [track(0, 'A'), adjusted(1, { score: 'engagement', ...properties })] },
      day(at),
    ).total;
  test('count from then on, within the limit', () => {
    expect([total({ points: 30 }, 0.5), total({ points: 30 }, 2)]).toEqual([10, 40]);
    expect(total({ points: 30 }, 2, { limit: { max: 25 } })).toBe(25);
    expect(total({ points: -30 }, 2, { limit: { min: 0 } })).toBe(0);
  });
  test('count while now is before `until`; a bare date includes its day', () => {
    const until = (text: string, at: number): number => total({ points: 5, until: text }, at);
    expect([until('2026-01-04', 3.999), until('2026-01-04', 4)]).toEqual([15, 10]);
    expect([until('2026-01-04T12:00:00Z', 3.49), until('2026-01-04T12:00:00Z', 3.5)]).toEqual([15, 10]);
  });
  test.each([[{ points: '5' }], [{ points: 5, score: 'nothing' }], [{ points: 5, until: 'soon' }], [{}]])(
    'are rejected as %j',
    (properties) => {
      expect(total(properties, 2)).toBe(10);
    },
  );
  test('of a keyed score carry the key as a text, beside it or behind a colon', () => {
    expect(scoresOf([adjusted(0, { score: 'product', points: 2, 'products.id': 'crm' })])).toEqual({
      crm: 2,
    });
    expect(scoresOf([adjusted(0, { score: 'product: crm', points: 2 })])).toEqual({ crm: 2 });
    expect(scoresOf([adjusted(0, { score: 'product', points: 2 })])).toEqual({});
    expect(scoresOf([adjusted(0, { score: 'product', points: 2, 'products.id': ['crm'] })])).toEqual({});
  });
  test('keep their key when they have ended', () => {
    expect(scoresOf([adjusted(0, { score: 'product: crm', points: 2, until: '2026-01-02' })])).toEqual({
      crm: 0,
    });
  });
});
