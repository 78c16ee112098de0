import { expect, test } from 'vitest';

import { differenceOf, isEmpty } from '../../../core/impact/difference.ts';
import { reachOf } from '../../../core/impact/reach.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import type { Rule } from '../../../core/schema/score.ts';

type Grades = NonNullable<Ruleset['bands']['grades']>;
const demo: Rule = { why: 'They ask.', when: { event: 'Demo Booked' }, points: 10 };
const pricing: Rule = { why: 'They count.', when: { event: 'page', path: '/pricing' }, points: 3, cap: 9 };

const ruleset = (rules: Record<string, Rule>, more: Partial<Ruleset> = {}): Ruleset => ({
  settings: {},
  scores: { intent: { score: 'intent', rules } },
  bands: { bands: { cold: 0, hot: 50 } },
  journeys: {},
  emails: {},
  ...more,
});
const between = (base: Ruleset, head: Ruleset) => differenceOf(base, head);

test('a rule with other points is told as that, field by field', () => {
  const { added, changed, removed } = between(
    ruleset({ demo }),
    ruleset({ demo: { ...demo, points: 15, cap: 30 } }),
  );
  expect({ added, removed }).toEqual({ added: [], removed: [] });
  expect(changed).toEqual([
    {
      kind: 'rule',
      name: 'demo',
      score: 'intent',
      changes: [
        { field: 'points', from: 10, to: 15 },
        { field: 'cap', from: null, to: 30 },
      ],
    },
  ]);
});

test('rules that come and go are told by name', () => {
  const { added, changed, removed } = between(ruleset({ demo }), ruleset({ pricing }));
  expect(added).toEqual([{ kind: 'rule', name: 'pricing', score: 'intent' }]);
  expect(removed).toEqual([{ kind: 'rule', name: 'demo', score: 'intent' }]);
  expect(changed).toEqual([]);
});

test('the order of keys and of files says nothing', () => {
  const [a, b] = [ruleset({ demo, pricing }), ruleset({ pricing, demo })];
  const turned: Rule = { ...demo, when: { path: '/x', event: 'page' } };
  const same: Rule = { ...demo, when: { event: 'page', path: '/x' } };
  expect(isEmpty(between(a, b))).toBe(true);
  expect(isEmpty(between(ruleset({ turned }), ruleset({ turned: same })))).toBe(true);
});

test('a rule that moves to another score is the same rule elsewhere', () => {
  const head: Ruleset = {
    ...ruleset({}),
    scores: { intent: { score: 'intent', rules: {} }, fit: { score: 'fit', rules: { demo } } },
  };
  const { changed, added } = between(ruleset({ demo }), head);
  expect(changed).toEqual([
    { kind: 'rule', name: 'demo', score: 'fit', changes: [{ field: 'score', from: 'intent', to: 'fit' }] },
  ]);
  expect(added).toEqual([{ kind: 'score', name: 'fit' }]);
});

test('thresholds, hysteresis, groups and their order, weights and who is qualified are told', () => {
  const base = ruleset(
    { demo },
    {
      bands: {
        total: { sum: { intent: 1 }, limit: { max: 100 } },
        bands: { cold: 0, hot: { enter: 70, leave: 60 } },
        grades: { of: 'intent', A: 50, B: 0 } as unknown as Grades,
        groups: [
          ['sales', { intent: '>=50' }],
          ['rest', {}],
        ],
        qualified: { band: ['hot'] },
      },
    },
  );
  const head = ruleset(
    { demo },
    {
      bands: {
        total: { sum: { intent: 2 }, limit: { max: 100 } },
        bands: { cold: 0, warm: 20, hot: { enter: 65, leave: 60 } },
        grades: { of: 'intent', A: 40, B: 0 } as unknown as Grades,
        groups: [
          ['rest', {}],
          ['sales', { intent: '>=50' }],
        ],
        qualified: { band: ['hot', 'warm'] },
      },
    },
  );
  const told = between(base, head).changed.map(({ kind, name, changes }) => [
    kind,
    name,
    ...changes.map(({ field, from, to }) => `${field} ${JSON.stringify(from)} ${JSON.stringify(to)}`),
  ]);
  expect(told).toEqual([
    ['total', 'total', 'sum.intent 1 2'],
    ['band', 'hot', 'enter 70 65'],
    ['grade', 'A', 'from 50 40'],
    ['group', 'rest', 'place 2 1'],
    ['group', 'sales', 'place 1 2'],
    ['qualified', 'qualified', 'band ["hot"] ["hot","warm"]'],
  ]);
  expect(between(base, head).added).toEqual([{ kind: 'band', name: 'warm' }]);
});

test('journeys, mails, the handoff, accounts and settings are told', () => {
  const journey = (wait: string) => ({
    journey: 'nurture',
    start: { band: 'cold' },
    steps: [{ wait }, { send: 'hi' }],
  });
  const mail = (text: string, subject = 'Hi') => ({ subject, html: `<p>${text}</p>`, text });
  const owner = { name: 'Sales', email: 'sales@example.com' };
  const base = ruleset(
    {},
    { journeys: { nurture: journey('2d') }, emails: { hi: mail('Hello') }, handoff: { default: owner } },
  );
  const head = ruleset(
    {},
    {
      settings: { retention: '365d' },
      journeys: { nurture: journey('4d') },
      emails: { hi: mail('Hello again', 'Hej') },
      handoff: { default: owner, again_after: '30d' },
      accounts: { account: { rollup: { total: { sum: 'total' } } } },
    },
  );
  const { changed, added } = between(base, head);
  expect(added.map(({ kind }) => kind)).toEqual(['accounts', 'settings']);
  expect(changed.map(({ kind, changes }) => [kind, changes.map(({ field }) => field)])).toEqual([
    ['handoff', ['again_after']],
    ['journey', ['steps.1.wait']],
    ['email', ['subject', 'wording', 'layout']],
  ]);
});

test('only what can change points asks for a second replay', () => {
  const base = ruleset({ demo, pricing });
  const kindOf = (head: Ruleset) => reachOf(between(base, head));
  expect(kindOf(ruleset({ demo: { ...demo, why: 'Said better.', owner: 'Kim' }, pricing }))).toEqual({
    kind: 'none',
  });
  expect(kindOf({ ...base, emails: { hi: { subject: 'Hi', html: '<p>', text: 'Hi' } } })).toEqual({
    kind: 'none',
  });
  expect(kindOf(ruleset({ demo: { ...demo, points: 11 }, pricing }))).toEqual({
    kind: 'rules',
    rules: new Set(['demo']),
  });
  expect(kindOf({ ...base, bands: { bands: { cold: 0, hot: 40 } } })).toEqual({ kind: 'all' });
  expect(kindOf({ ...base, settings: { retention: '30d' } })).toEqual({ kind: 'all' });
});
