import { describe, expect, test } from 'vitest';

import { checkRules } from '../../../core/check/check.ts';
import { rulesetHash } from '../../../core/ruleset.ts';

type Mapping = Readonly<Record<string, unknown>>;
const bands = { bands: { cold: 0, hot: 50 } };
const good = { why: 'because', when: { event: 'page' }, points: 5 };

/** What is wrong with one rule, each as `path: message` without the path to the rule. */
const withRule = (rule: Mapping, file: Mapping = {}): string[] =>
  checkRules([
    { file: 'scores/a.yaml', data: { score: 'a', ...file, rules: { r: { why: 'because', ...rule } } } },
    { file: 'bands.yaml', data: bands },
  ]).issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
const withBands = (data: Mapping): string[] =>
  checkRules([
    { file: 'scores/a.yaml', data: { score: 'a', rules: { r: good } } },
    { file: 'scores/p.yaml', data: { score: 'p', by: 'product', rules: { s: good } } },
    { file: 'bands.yaml', data: { ...bands, ...data } },
  ]).issues.map(
    ({ path, message, suggestion }) => `${path.join('.')}: ${message}${suggestion ? ` (${suggestion})` : ''}`,
  );

describe('a rule is refused', () => {
  test.each<[Mapping, string]>([
    [{ when: { event: 'page' } }, ': a rule needs `points`, `points_by` or `steps`'],
    [{ points: 5 }, ': `when` is missing'],
    [{ ...good, why: undefined }, ': `why` is missing'],
    [{ ...good, pionts: 3 }, 'pionts: unknown key `pionts`'],
    [{ ...good, points: '5' }, 'points: must be a number, not `"5"`; write 5'],
    [{ ...good, steps: { 1: 5 } }, 'steps: `points` and `steps` exclude each other'],
    [{ ...good, cap: 0 }, 'cap: a cap of 0 leaves nothing of the rule'],
    [{ ...good, once: true, at_least: 2 }, 'at_least: a rule counts in one way: `once` or `at_least`'],
    [{ ...good, once: false }, 'once: must be `true`, not `false`'],
    [{ ...good, within: '3 days' }, 'within: must be a duration such as 15m, 12h, 30d or 2w, not `3 days`'],
    [{ ...good, within: '0d' }, 'within: must be a duration such as 15m, 12h, 30d or 2w, not `0d`'],
    [
      { ...good, within: '3d', half_life: '3d' },
      'half_life: a rule has at most one of within, half_life and fade; this has `within` too',
    ],
    [
      { ...good, distinct: 'path', every: 2 },
      'every: `every` needs every event, `distinct` drops some: not both',
    ],
    [
      { ...good, distinct: 'path', burst: { count: 2, within: '1d' } },
      'burst: `burst` needs every event, `distinct` drops some: not both',
    ],
    [{ ...good, distinct: 'lead.title' }, 'distinct: must be a property of the event, not an attribute'],
    [{ ...good, every: '7d' }, 'every: `every` of an event rule is how many events: a whole number'],
    [{ ...good, every: 1.5 }, 'every: must be a whole number, not `1.5`'],
    [{ ...good, group: 'reading' }, 'group: there is no group `reading` in this file'],
    [
      { ...good, active: '2026-03-01..2026-02-01' },
      'active: `2026-03-01..2026-02-01` is not a range of days such as 2026-01-01..2026-03-31',
    ],
    [{ ...good, review_by: 'soon' }, 'review_by: must be a date such as 2026-03-01'],
    [
      { when: { 'lead.title': 'CTO' }, points: 5, within: '3d' },
      "within: `within` is for event rules; this rule's condition is true or false",
    ],
    [
      { when: { all: [{ event: 'page' }] }, points: 5, half_life: '3d' },
      "half_life: `half_life` is for event rules; this rule's condition is true or false",
    ],
    [
      { when: { inactive: '3d' }, points: 5, every: 2 },
      'every: `every` of an inactivity rule is a duration such as 7d',
    ],
    [
      { when: { event: 'page', at_least: 2 }, points: 5 },
      'when.at_least: `at_least` belongs beside `when`, not inside it',
    ],
    [
      { when: { event: 'page', within: '2d' }, points: 5 },
      'when.within: `within` belongs beside `when`, not inside it',
    ],
    [
      { when: { path: '/x' }, points: 5 },
      'when.path: without `event` a condition has `lead.` or `account.` keys only, or one of all, any, not, inactive, active_within, rate',
    ],
    [
      { when: { inactive: '3d', event: 'page' }, points: 5 },
      'when.event: `inactive` stands alone in its mapping; combine it with `all`, `any` or `not`',
    ],
    [
      { when: { event: 'page', path: '500..50' }, points: 5 },
      'when.path: `500..50` is not a range: it ends before it begins',
    ],
    [
      { when: { all: [{ not: { event: 'a', n: '>x' } }] }, points: 5 },
      'when.all.0.not.n: `>x` compares with neither a number nor a date (2026-03-01)',
    ],
    [{ when: { all: [] }, points: 5 }, 'when.all: must not be empty'],
    [
      { when: { rate: { of: 'a', out_of: 'b', at_least: 0.5 } }, points: 5 },
      'when.rate.at_least: must be a share such as 50%, not `0.5`',
    ],
    [{ points_by: { 'lead.a': { x: 1 }, 'lead.b': { x: 1 } } }, 'points_by: `points_by` has exactly one key'],
    [
      { points_by: { plan: { x: 1 } } },
      'points_by.plan: `plan` is no `lead.` or `account.` attribute, and this rule has no event',
    ],
    [
      { points_by: { 'lead.a': { '5..1': 1 } } },
      'points_by.lead.a.5..1: `5..1` is not a range: it ends before it begins',
    ],
  ])('%j', (rule, message) => expect(withRule(rule)).toContain(message));

  test('in a keyed score, unless it is about events', () => {
    expect(withRule({ when: { 'lead.title': 'CTO' }, points: 5 }, { by: 'product' })).toEqual([
      'when: a keyed score takes event rules only',
    ]);
  });
});

describe('bands are refused', () => {
  test.each<[Mapping, string]>([
    [
      { bands: { cold: 0, hot: 50, warm: 20 } },
      'bands.warm: bands ascend: `warm` (20) must be above `hot` (50)',
    ],
    [
      { bands: { cold: 0, hot: { enter: 50, leave: 60 } } },
      'bands.hot.leave: `leave` (60) must not be above `enter` (50)',
    ],
    [{ bands: { of: 'b', cold: 0 } }, 'bands.of: there is no score `b` (a)'],
    [{ bands: {} }, 'bands: there must be at least one band'],
    [
      { total: { sum: { a: 1, p: 1 } } },
      'total.sum.p: `p` is a keyed score: it enters the total as `max` or `sum`',
    ],
    [
      { total: { sum: { a: 'max' } } },
      'total.sum.a: `a` is not a keyed score: it enters the total by a weight, such as 1',
    ],
    [{ total: { sum: { a: 1 }, limit: { min: 5, max: 1 } } }, 'total.limit: min is above max'],
    [{ grades: { of: 'a', A: 50, B: 50 } }, 'grades.B: `B` begins where `A` does'],
    [
      { groups: { g: { a: 'many' } } },
      'groups.g.a: must be a number, a comparison such as ">=50" or a range such as 50..80',
    ],
    [{ qualified: { band: ['hto'] } }, 'qualified.band.0: there is no band `hto` (hot)'],
    [{ qualified: {} }, 'qualified: `qualified` needs at least one of band, group and grade'],
    [{ qualifed: { band: ['hot'] } }, 'qualifed: unknown key `qualifed` (qualified)'],
  ])('%j', (data, message) => expect(withBands(data)).toContain(message));
});

test('rule names are unique over all scores', () => {
  const { issues } = checkRules([
    { file: 'scores/a.yaml', data: { score: 'a', rules: { same: good } } },
    { file: 'scores/b.yaml', data: { score: 'b', rules: { same: good } } },
    { file: 'bands.yaml', data: bands },
  ]);
  expect(issues).toEqual([
    {
      file: 'scores/b.yaml',
      path: ['rules', 'same'],
      message: 'there is a rule `same` in scores/a.yaml already',
    },
  ]);
});

test('settings are checked', () => {
  const data = {
    time_zone: 'Mars',
    activity: [{ event: 'a', 'lead.title': 'x' }],
    retention: 'long',
    timezone: 'UTC',
  };
  const { issues } = checkRules([
    { file: 'settings.yaml', data },
    { file: 'scores/a.yaml', data: { score: 'a', rules: {} } },
    { file: 'bands.yaml', data: bands },
  ]);
  expect(issues.map(({ path, suggestion }) => [path.join('.'), suggestion])).toEqual(
    expect.arrayContaining([
      ['time_zone', undefined],
      ['activity.0.lead.title', undefined],
      ['retention', undefined],
      ['timezone', 'time_zone'],
    ]),
  );
});

test('accounts are checked against scores', () => {
  const account = {
    rollup: { e: { sum: 'b' } },
    bands: { of: 'x', quiet: 0, loud: 5 },
    qualified: { band: ['laud'] },
  };
  const { issues } = checkRules([
    { file: 'scores/a.yaml', data: { score: 'a', rules: {} } },
    { file: 'bands.yaml', data: bands },
    { file: 'accounts.yaml', data: { account } },
  ]);
  expect(issues.map(({ path, suggestion }) => [path.join('.'), suggestion])).toEqual([
    ['account.rollup.e.sum', 'a'],
    ['account.bands.of', 'e'],
    ['account.qualified.band.0', 'loud'],
  ]);
});

test('a ruleset keeps the order that matters, and its hash no other', () => {
  const files = (first: object, groups: Iterable<[string, object]>) => [
    {
      file: 'scores/a.yaml',
      data: { score: 'a', rules: { r: { why: 'w', points_by: { 'lead.n': first } } } },
    },
    {
      file: 'bands.yaml',
      data: new Map<string, unknown>([
        ['bands', bands.bands],
        ['groups', new Map(groups)],
      ]),
    },
  ];
  const hashOf = (given: ReturnType<typeof files>): string => {
    const { ruleset } = checkRules(given);
    if (!ruleset) throw new Error('refused');
    return rulesetHash({ ...ruleset, journeys: {}, emails: {} });
  };
  const lines = new Map<string | number, number>([
    ['<100', 5],
    [50, 20],
  ]);
  const groups: [string, object][] = [
    ['2', { a: '>=5' }],
    ['1', {}],
  ];
  const { ruleset } = checkRules(files(lines, groups));
  expect(ruleset?.scores['a']?.rules['r']?.points_by).toEqual({
    'lead.n': [
      ['<100', 5],
      [50, 20],
    ],
  });
  expect(ruleset?.bands.groups).toEqual(groups);
  const other = new Map([...lines].reverse());
  expect(hashOf(files(lines, groups))).toMatch(/^[0-9a-f]{16}$/);
  expect(hashOf(files(lines, groups))).not.toBe(hashOf(files(other, groups)));
  expect(hashOf(files(lines, groups))).not.toBe(hashOf(files(lines, [...groups].reverse())));
  expect(hashOf(files(lines, groups))).toBe(hashOf(files(lines, groups).reverse()));
});
