import { describe, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import { group, identify, page, track } from '../engine/scenario.ts';
import { at, problems, scoreFile, written } from './written.ts';

const x = (days: number, properties: Record<string, Json> = {}): LeadEvent => track(days, 'x', properties);
const y = (days: number): LeadEvent => track(days, 'y');
const gives = async (when: string, events: readonly LeadEvent[], days = 9): Promise<number> =>
  at(await written({ 'scores/s.yaml': scoreFile({ r: `{ when: ${when}, points: 1 }` }) }), events, days)
    .total;

type Row = readonly [sentence: string, when: string, holds: readonly LeadEvent[], not: readonly LeadEvent[]];
const ROWS: readonly Row[] = [
  ['an event: a matcher on the name', '{ event: Demo* }', [track(0, 'demo booked')], [y(0)]],
  ['a page is called `page`', '{ event: page }', [page(0, '/')], [track(0, 'pages')]],
  [
    'other keys are properties of the event, all must hold',
    '{ event: x, a: 1, b: 2 }',
    [x(0, { a: 1, b: 2 })],
    [x(0, { a: 1 }), x(0, { b: 2 })],
  ],
  [
    'dots walk into objects',
    '{ event: x, a.b: 1 }',
    [x(0, { a: { b: 1 } })],
    [x(0, { 'a.b': 1 }), x(0, { a: 1 })],
  ],
  [
    '… and into lists, any member',
    '{ event: x, a.b: 1 }',
    [x(0, { a: [{ b: 2 }, { b: [3, 1] }] })],
    [x(0, { a: [{ c: 1 }] })],
  ],
  [
    '`lead.` tests an attribute as it is at `now`',
    '{ event: x, lead.title: CTO }',
    [x(0), identify(5, { title: 'CTO' })],
    [x(0), identify(0, { title: 'CTO' }), identify(5, { title: 'VP' })],
  ],
  [
    '`account.` too',
    '{ event: x, account.size: ..9 }',
    [x(0), group(5, 'g', { size: 9 })],
    [x(0), group(5, 'g', { size: 10 })],
  ],
  [
    'attributes: all must hold',
    '{ lead.a: 1, account.b: 2 }',
    [identify(0, { a: 1 }), group(0, 'g', { b: 2 })],
    [identify(0, { a: 1 })],
  ],
  [
    'attributes of objects',
    '{ lead.address.city: Oslo }',
    [identify(0, { address: { city: 'oslo' } })],
    [identify(0, { address: 'Oslo' })],
  ],
  ['inactive', '{ inactive: 2d }', [x(0)], [x(8)]],
  ['active_within', '{ active_within: 2d }', [x(8)], [x(7)]],
  [
    '`active_within` is false without any activity',
    '{ active_within: 9d }',
    [x(8)],
    [track(8, 'email.opened')],
  ],
  [
    'a rate is count(of) / count(out_of)',
    "{ rate: { of: x, out_of: y, at_least: '50%' } }",
    [x(0), y(0), y(1)],
    [x(0), y(0), y(1), y(2)],
  ],
  [
    '… of events inside its `within`',
    "{ rate: { of: x, out_of: y, at_least: '50%', within: 3d } }",
    [x(7), y(0), y(1), y(8)],
    [x(6), y(8)],
  ],
  [
    '… false while count(out_of) < min',
    "{ rate: { of: x, out_of: y, at_least: '50%', min: 2 } }",
    [x(0), y(0), y(0)],
    [x(0), y(0)],
  ],
  [
    '… whose events are conditions',
    "{ rate: { of: { event: x, p: 1 }, out_of: x, at_least: '50%' } }",
    [x(0, { p: 1 }), x(0)],
    [x(0, { p: 2 }), x(0)],
  ],
  ['all', '{ all: [{ event: x }, { event: y }] }', [x(0), y(0)], [x(0)]],
  ['any', '{ any: [{ event: x }, { lead.a: 1 }] }', [identify(0, { a: 1 })], [y(0)]],
  ['not', '{ not: { event: x } }', [y(0)], [x(0)]],
  ['`not` is true where the attribute is missing', '{ not: { lead.a: 1 } }', [x(0)], [identify(0, { a: 1 })]],
  [
    '`not` is true where nothing ever happened',
    '{ not: { event: x, at_least: 2, within: 3d } }',
    [identify(0, { a: 1 })],
    [x(7), x(8)],
  ],
  [
    'over all of these, in one another',
    '{ all: [{ any: [{ event: x }, { inactive: 1d }] }, { not: { not: { active_within: 1w } } }] }',
    [y(5)],
    [y(8.5)],
  ],
  ['inside, an event has happened once, ever', '{ all: [{ event: x }] }', [x(0)], [y(8)]],
  ['… or that often', '{ all: [{ event: x, at_least: 2 }] }', [x(0), x(1)], [x(0)]],
  ['… or in that time', '{ all: [{ event: x, within: 2d }] }', [x(8)], [x(7)]],
  [
    'inside, `lead.` beside an event tests attributes at `now`',
    '{ all: [{ event: x, lead.a: 1 }] }',
    [x(0), identify(8, { a: 1 })],
    [x(0)],
  ],
];

describe('a condition', () => {
  test.each(ROWS)('%s', async (_sentence, when, holds, not) => {
    expect([await gives(when, holds), await gives(when, not)]).toEqual([1, 0]);
  });
  test('a combined rule awards `points` while it is true, however often that happened', async () => {
    const events = [x(0), x(1), x(2)];
    expect([
      await gives('{ all: [{ event: x, within: 2d }] }', events, 3.9),
      await gives('{ all: [{ event: x, within: 2d }] }', events, 4),
    ]).toEqual([1, 0]);
  });
  test('a rate changes by itself when events leave its time', async () => {
    const rate = "{ rate: { of: x, out_of: y, at_least: '50%', within: 3d } }";
    const events = [y(0), y(0), x(1), y(1)];
    expect([await gives(rate, events, 2), await gives(rate, events, 3)]).toEqual([0, 1]);
  });
});

describe('what stands alone, stands alone', () => {
  test.each([
    '{ inactive: 1d, event: x }',
    '{ active_within: 1d, lead.a: 1 }',
    "{ rate: { of: x, out_of: y, at_least: '50%' }, event: x }",
    '{ all: [{ event: x }], any: [{ event: x }] }',
    '{ not: { event: x }, lead.a: 1 }',
    '{ all: [] }',
    '{ path: /a }',
    '{}',
  ])('%s is an error', async (when) => {
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: `{ when: ${when}, points: 1 }` }) })).not.toEqual(
      [],
    );
  });
  test.each(['at_least: 2', 'within: 3d'])(
    'at the top of `when`, `%s` is an error that says where it belongs',
    async (key) => {
      const [first = ''] = await problems({
        'scores/s.yaml': scoreFile({ r: `{ when: { event: x, ${key} }, points: 1 }` }),
      });
      expect(first).toContain('beside');
    },
  );
  test.each([
    'once: true',
    'once_per: 1d',
    'within: 3d',
    'half_life: 1d',
    'every: 2',
    'distinct: p',
    'steps: { 1: 2 }',
  ])('a combined rule takes no counting and no decay: %s', async (key) => {
    const rule = `{ when: { all: [{ event: x }] }, points: 1, ${key} }`;
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).not.toEqual([]);
  });
});
