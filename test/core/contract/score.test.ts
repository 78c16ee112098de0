import { describe, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import { adjusted, group, page, track } from '../engine/scenario.ts';
import { x } from './rows.ts';
import { at, problems, scoreFile, written } from './written.ts';

describe('then, for the score', () => {
  const r = (points: number, group = ''): string =>
    `{ when: { event: x }, points: ${points}${group && `, group: ${group}`} }`;
  const total = async (
    head: string,
    rules: Record<string, string>,
    events: readonly LeadEvent[],
  ): Promise<Json> =>
    at(await written({ 'scores/s.yaml': scoreFile(rules, `score: s\n${head}`) }), events, 9).scores[
      's'
    ] as Json;
  test('the sum of rules in each group, held within its `min` and `max`', async () => {
    const rules = { a: r(5, 'g'), b: r(7, 'g'), c: r(-9, 'h'), d: r(1) };
    expect(await total('groups: { g: { max: 10 }, h: { min: -4 } }', rules, [x(0)])).toBe(10 - 4 + 1);
  });
  test('a group is 0 where none awards, and held', async () => {
    expect(await total('groups: { g: { min: 4 } }', { a: r(5, 'g') }, [page(0, '/')])).toBe(4);
  });
  test('the sum is held within `limit`; plus manual points, held again', async () => {
    const rules = { a: r(50) };
    const manual = adjusted(1, { score: 's', points: -10 });
    expect(await total('limit: { max: 30 }', rules, [x(0)])).toBe(30);
    expect(await total('limit: { max: 30 }', rules, [x(0), manual])).toBe(20);
    expect(await total('limit: { min: 0, max: 30 }', rules, [manual])).toBe(0);
  });
  test('a contribution is a rule’s value after its cap, before groups and limits', async () => {
    const rules = { a: '{ when: { event: x }, points: 20, cap: 15, group: g }' };
    const engine = await written({
      'scores/s.yaml': scoreFile(rules, 'score: s\ngroups: { g: { max: 10 } }\nlimit: { max: 5 }'),
    });
    expect(at(engine, [x(0)], 1).contributions).toMatchObject([{ rule: 'a', score: 's', points: 15 }]);
  });
  test('nothing is rounded on the way; output has 6 decimals', async () => {
    const third = '{ when: { event: x }, points: 0.3333333 }';
    expect(await total('groups: {}', { a: third, b: third, c: third }, [x(0)])).toBe(1);
  });
  test('several files feed one score, each with its own groups', async () => {
    const engine = await written({
      'scores/s.yaml': scoreFile({ a: r(9, 'g') }, 'score: s\ngroups: { g: { max: 5 } }'),
      'scores/t.yaml': scoreFile({ b: r(9, 'g') }, 'score: s\ngroups: { g: { max: 7 } }'),
    });
    expect(at(engine, [x(0)], 1).scores).toEqual({ s: 12 });
  });
});

describe('a keyed score', () => {
  const head = 'score: s\nby: product';
  const keys = async (
    rules: Record<string, string>,
    events: readonly LeadEvent[],
    days: number,
    more = '',
  ): Promise<Json> =>
    at(
      await written({
        'scores/s.yaml': scoreFile(rules, head + more),
        'bands.yaml': 'total: { sum: { s: max } }\nbands: { cold: 0 }\n',
      }),
      events,
      days,
    ).scores['s'] as Json;
  const one = { a: '{ when: { event: x }, points: 5 }' };
  test.each<[string, Json, Json]>([
    ['each event goes to the key that the property names', 'crm', { crm: 5 }],
    ['a list: to each distinct member once', ['crm', 'erp', 'crm', null], { crm: 5, erp: 5 }],
    ['numbers and booleans', [5, true], { 5: 5, true: 5 }],
    ['5 and "5" are one key', [5, '5'], { 5: 5 }],
    ['missing: to none', null, {}],
    ['an empty text: to none', '', {}],
    ['an object: to none', { a: 1 }, {}],
    ['keys are case-sensitive', ['crm', 'CRM'], { crm: 5, CRM: 5 }],
  ])('%s', async (_sentence, product, scores) => {
    expect(await keys(one, [x(0, { product })], 1)).toEqual(scores);
  });
  test('steps 2 to 6 run for each key on its own', async () => {
    const rules = { a: '{ when: { event: x }, once_per: 1d, points: 5, cap: 8 }' };
    const events = [x(0, { product: ['a', 'b'] }), x(0.5, { product: 'a' }), x(1, { product: 'b' })];
    expect(await keys(rules, events, 2)).toEqual({ a: 5, b: 8 });
  });
  test('groups and limit run for each key on its own', async () => {
    const rules = { a: '{ when: { event: x }, points: 5, group: g }' };
    const events = [x(0, { product: ['a', 'b'] }), x(1, { product: 'b' })];
    const more = '\ngroups: { g: { max: 9 } }\nlimit: { min: 6, max: 8 }';
    expect(await keys(rules, events, 2, more)).toEqual({ a: 6, b: 8 });
  });
  test('a key exists once a matching event names it, also when that is gone from the window', async () => {
    const rules = { a: '{ when: { event: x }, within: 1d, points: 5 }' };
    expect(await keys(rules, [x(0, { product: 'a' }), track(0, 'y', { product: 'b' })], 2)).toEqual({ a: 0 });
  });
  test('… or a manual adjustment', async () => {
    const manual = adjusted(0, { score: 's', points: 3, product: 'hr', until: '2026-01-01' });
    expect(await keys(one, [manual], 0.5)).toEqual({ hr: 3 });
    expect(await keys(one, [manual], 2)).toEqual({ hr: 0 });
  });
  test('where a single number is wanted, it counts as its highest key, at least 0', async () => {
    const engine = await written({
      'scores/s.yaml': scoreFile(
        { a: "{ when: { event: x }, points_by: { p: { '*': -5, missing: 9 } } }" },
        head,
      ),
      'bands.yaml':
        'bands: { of: s, cold: 0, warm: 9 }\ngrades: { of: s, A: 9, B: 0 }\ngroups: { g: { s: ">=9" }, rest: { s: 0 } }\n',
    });
    expect(at(engine, [x(0, { product: ['a', 'b'] }), x(0, { product: 'b' })], 1)).toMatchObject({
      band: 'warm',
      grade: 'A',
      group: 'g',
    });
    expect(at(engine, [x(0, { product: 'a', p: 'x' })], 1)).toMatchObject({
      scores: { s: { a: -5 } },
      grade: 'B',
      group: 'rest',
    });
  });
  test('takes event rules only', async () => {
    const files = {
      'scores/s.yaml': scoreFile({ a: '{ when: { lead.title: CTO }, points: 5 }' }, head),
      'bands.yaml': 'total: { sum: { s: max } }\nbands: { cold: 0 }\n',
    };
    expect(await problems(files)).toHaveLength(1);
  });
  test('by a dotted path through lists', async () => {
    const engine = await written({
      'scores/s.yaml': scoreFile(one, 'score: s\nby: products.name'),
      'bands.yaml': 'total: { sum: { s: sum } }\nbands: { cold: 0 }\n',
    });
    const event = x(0, { products: [{ name: 'a' }, { name: 'b' }, {}] });
    expect(at(engine, [event, group(0, 'g', {})], 1)).toMatchObject({
      scores: { s: { a: 5, b: 5 } },
      total: 10,
    });
  });
});
