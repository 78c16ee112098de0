import { expect, test } from 'vitest';
import type { CheckIssue } from '../../../core/check/issues.ts';
import { reporter } from '../../../core/check/issues.ts';
import { journeyPathProblems } from '../../../core/check/journey-paths.ts';
import { journeyProblems } from '../../../core/check/journey.ts';
import { journeyReferences } from '../../../core/nurture/references.ts';
import { Journey } from '../../../core/schema/journey.ts';

const journey = (more: object = {}): object => ({
  journey: 'warm-up',
  start: { band: ['warm'] },
  steps: [
    { wait: '2d' },
    { send: 'trial' },
    { if: { band: 'warm' }, then: [{ send: 'case' }], else: [{ wait: '1d' }, { send: 'back' }] },
  ],
  ...more,
});

const problems = (value: object): readonly CheckIssue[] => {
  const issues: CheckIssue[] = [];
  const report = reporter('journeys/warm-up.yaml', issues);
  journeyProblems(value, report);
  if (issues.length === 0) journeyPathProblems(Journey.parse(value), report);
  return issues;
};

test.each<[string, object]>([
  ['stops and re-entry', { stop: [{ event: 'Demo *', plan: 'pro' }], again_after: '90d', about: 'x' }],
  ['once, said', { once: true }],
  [
    'a segment, a hold-out and a goal',
    { for: { 'lead.country': ['DK', 'SE'] }, hold_out: '12.5%', goal: { qualified: true } },
  ],
  [
    'several goals',
    { goal: [{ event: 'Trial Started' }, { score: { intent: '>=20' }, 'lead.plan': 'pro' }] },
  ],
  ['a start on a group', { start: { group: ['revenue', 'research'] } }],
  ['a start on a grade', { start: { grade: 'A' } }],
  ['a start on an event', { start: { event: 'Guide Downloaded', guide: 'x*', 'lead.country': 'DK' } }],
  ['a start on an account', { start: { account: { band: 'surging' } } }],
  ['a start on an account that qualifies', { start: { account: { qualified: true } } }],
  ['a start on a rejection', { start: { qualified: 'rejected', reason: 'not-now' } }],
  ['waits until', { steps: [{ wait: { until: { weekday: ['tue', 'thu'], at: '09:00' } } }, { send: 'x' }] }],
  ['waits for', { steps: [{ wait: { for: { event: 'Trial Started' }, timeout: '14d' } }, { send: 'x' }] }],
  ['a split', { steps: [{ split: { a: '50%', b: '50%' }, then: { a: [{ send: 'x' }] } }] }],
  [
    'all other steps',
    {
      steps: [
        { set: { 'lead.stage': 'nurtured', 'lead.tries': 2, 'lead.asked': true } },
        { notify: 'sales', text: 'Look at this one' },
        { webhook: 'crm' },
        {
          if: { all: [{ band: 'warm' }, { not: { any: [{ event: 'x', at_least: 2, within: '7d' }] } }] },
          then: [{ exit: true }],
        },
        { handoff: true },
      ],
    },
  ],
  ['being on its way out', { retired: true }],
])('%s are no problem, and the schema takes them', (_, more) => {
  expect(problems(journey(more))).toEqual([]);
  expect(Journey.safeParse(journey(more)).success).toBe(true);
});

test.each<[string, object, (string | number)[], string]>([
  ['an unknown step', { steps: [{ sned: 'trial' }] }, ['steps', 0, 'sned'], 'unknown step'],
  ['an unknown key', { strat: 1 }, ['strat'], 'unknown key'],
  ['two verbs', { steps: [{ wait: '1d', send: 'x' }] }, ['steps', 0], 'one verb'],
  ['no step', { steps: [] }, ['steps'], 'at least one'],
  ['an if without then', { steps: [{ if: { band: 'warm' } }] }, ['steps', 0], 'needs `then`'],
  ['a malformed duration', { steps: [{ wait: '2 days' }] }, ['steps', 0, 'wait'], 'duration'],
  [
    'a nested slip',
    { steps: [{ if: { band: 'warm' }, then: [{ wait: 'x' }] }] },
    ['steps', 0, 'then', 0, 'wait'],
    'duration',
  ],
  ['a malformed matcher', { stop: [{ event: '5..1' }] }, ['stop', 0, 'event'], ''],
  ['no start', { start: undefined }, ['start'], 'when the journey starts'],
  ['a start on nothing', { start: {} }, ['start'], 'starts on one of'],
  ['a start on what is none', { start: { bnad: 'warm' } }, ['start', 'bnad'], 'starts on one of'],
  ['a start that counts', { start: { event: 'x', at_least: 2 } }, ['start', 'at_least'], 'each event'],
  ['an account that does not turn', { start: { account: {} } }, ['start', 'account'], 'one of'],
  ['another answer of sales', { start: { qualified: 'accepted' } }, ['start', 'qualified'], 'rejected'],
  ['a segment by what is no attribute', { for: { country: 'DK' } }, ['for', 'country'], ''],
  ['once and again', { once: true, again_after: '9d' }, ['once'], 'exclude'],
  ['a share that is none', { hold_out: '110%' }, ['hold_out'], 'share'],
  ['an empty goal', { goal: [] }, ['goal'], 'empty'],
  ['a goal that is none', { goal: { bnad: 'hot' } }, ['goal', 'bnad'], 'knows no'],
  [
    'a number of points that is none',
    { stop: [{ score: { intent: 'many' } }] },
    ['stop', 0, 'score', 'intent'],
    'number',
  ],
  [
    'a condition beside `any`',
    { stop: [{ any: [{ band: 'x' }], band: 'y' }] },
    ['stop', 0, 'band'],
    'stands alone',
  ],
  ['a slip inside `not`', { stop: [{ not: { bnad: 'x' } }] }, ['stop', 0, 'not', 'bnad'], 'knows no'],
  [
    'a day that is none',
    { steps: [{ wait: { until: { weekday: 'noday', at: '09:00' } } }] },
    ['steps', 0, 'wait', 'until', 'weekday'],
    '',
  ],
  [
    'an hour that is none',
    { steps: [{ wait: { until: { at: '9' } } }] },
    ['steps', 0, 'wait', 'until', 'at'],
    'time of day',
  ],
  [
    'a wait for an event without an end',
    { steps: [{ wait: { for: { event: 'x' } } }] },
    ['steps', 0, 'wait', 'for'],
    'timeout',
  ],
  [
    'a wait for what is no event',
    { steps: [{ wait: { for: { band: 'x' }, timeout: '1d' } }] },
    ['steps', 0, 'wait', 'for'],
    'event',
  ],
  [
    'shares that are not the whole',
    { steps: [{ split: { a: '50%', b: '40%' }, then: { a: [{ send: 'x' }] } }] },
    ['steps', 0, 'split'],
    '90%',
  ],
  [
    'a split of one',
    { steps: [{ split: { a: '100%' }, then: { a: [{ send: 'x' }] } }] },
    ['steps', 0, 'split'],
    'two ways',
  ],
  [
    'a way that is none',
    { steps: [{ split: { a: '50%', b: '50%' }, then: { c: [{ send: 'x' }] } }] },
    ['steps', 0, 'then', 'c'],
    'no way',
  ],
  [
    'an account that is set',
    { steps: [{ set: { 'account.x': 1 } }] },
    ['steps', 0, 'set', 'account.x'],
    'attribute of the lead',
  ],
  [
    'a property that Step Functions reads as a path',
    { stop: [{ event: 'x', 'a.$': 'y' }] },
    ['stop', 0, 'a.$'],
    'Step Functions',
  ],
])('%s is refused where it stands', (_, more, path, message) => {
  const issues = problems(journey(more));
  expect(issues.map((issue) => issue.path)).toContainEqual(path);
  expect(issues.find((issue) => String(issue.path) === String(path))?.message).toContain(message);
});

test.each<[string, unknown[], (string | number)[], string]>([
  ['a step behind an exit', [{ send: 'x' }, { exit: true }, { send: 'y' }], ['steps', 2], 'nothing comes'],
  ['a step behind a handoff', [{ handoff: true }, { send: 'y' }], ['steps', 1], 'nothing comes'],
  [
    'a step behind ways that all end',
    [{ if: { band: 'warm' }, then: [{ exit: true }], else: [{ send: 'x' }, { exit: true }] }, { send: 'y' }],
    ['steps', 1],
    'nothing comes',
  ],
  [
    'a way that only those could go who have left',
    [{ if: { band: ['hot'] }, then: [{ send: 'x' }] }],
    ['steps', 0, 'if'],
    'no lead goes this way',
  ],
  [
    'a journey that does nothing',
    [{ wait: '2d' }, { if: { band: 'warm' }, then: [{ wait: '1d' }] }],
    ['steps'],
    'does anything',
  ],
])('%s is a dead end, told where it stands', (_, steps, path, message) => {
  const issues = problems(journey({ steps, stop: [{ band: ['hot', 'cold'] }] }));
  expect(issues).toMatchObject([{ path, message: expect.stringContaining(message) as string }]);
});

test('a journey that starts where it ends lets nobody in, unless they have time to go elsewhere', () => {
  const start = { band: ['hot'] };
  const of = (more: object) =>
    problems(journey({ start, steps: [{ send: 'x' }], stop: [{ band: ['hot', 'cold'] }], ...more }));
  expect(of({})).toMatchObject([
    { path: ['start'], message: expect.stringContaining('nobody comes to its first step') as string },
  ]);
  expect(of({ steps: [{ wait: { until: { at: '09:00' } } }, { send: 'x' }] })).toHaveLength(1);
  expect(of({ steps: [{ wait: '1d' }, { send: 'x' }] })).toEqual([]);
  expect(of({ start: { band: ['hot', 'warm'] } })).toEqual([]);
  expect(of({ stop: [], goal: { band: 'hot' } })).toHaveLength(1);
});

test('ways that go on beside ways that end lead on', () => {
  const steps = [
    { if: { band: 'warm' }, then: [{ exit: true }] },
    { split: { a: '50%', b: '50%' }, then: { a: [{ exit: true }] } },
    { send: 'y' },
  ];
  expect(problems(journey({ steps }))).toEqual([]);
});

test('a journey that would outlive its state machine is refused, whichever way is the long one', () => {
  const steps = (days: number): object => ({
    steps: [
      { wait: '100d' },
      { wait: { for: { event: 'x' }, timeout: '10d' } },
      { if: { band: 'warm' }, then: [{ wait: '1d' }], else: [{ wait: `${days}d` }] },
      { send: 'x' },
    ],
  });
  expect(problems(journey(steps(240)))).toEqual([]);
  expect(problems(journey(steps(241)))).toMatchObject([
    { path: ['steps'], message: expect.stringContaining('350 days') as string },
  ]);
});

test('one whose history would grow beyond what a state machine keeps is refused', () => {
  const waits = (count: number): object[] => [
    ...Array.from({ length: count }, () => ({ wait: { for: { event: 'x' }, timeout: '14d' } })),
    { send: 'x' },
  ];
  expect(problems(journey({ steps: waits(18) }))).toEqual([]);
  expect(problems(journey({ steps: waits(22) }))).toMatchObject([
    { path: ['steps'], message: expect.stringContaining('history') as string },
  ]);
});

test('all that a journey names is told with its place', () => {
  const named = Journey.parse(
    journey({
      stop: [{ any: [{ band: 'hot' }, { not: { group: 'radar', grade: ['A'] } }] }],
      goal: { score: { intent: 5, total: 9 } },
      steps: [
        { send: 'trial' },
        { if: { event: 'x', band: 'no band' }, then: [{ send: 'case' }], else: [{ notify: 'sales' }] },
        { split: { a: '50%', b: '50%' }, then: { b: [{ webhook: 'crm' }] } },
      ],
    }),
  ) as Journey;
  expect(journeyReferences(named).map(({ kind, name, path }) => `${kind} ${name} ${path.join('.')}`)).toEqual(
    [
      'band warm start.band.0',
      'score intent goal.score.intent',
      'band hot stop.0.any.0.band',
      'group radar stop.0.any.1.not.group',
      'grade A stop.0.any.1.not.grade.0',
      'email trial steps.0.send',
      'email case steps.1.then.0.send',
      'team sales steps.1.else.0.notify',
      'webhook crm steps.2.then.b.0.webhook',
    ],
  );
});
