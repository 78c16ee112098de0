import { expect, test } from 'vitest';
import { Journey, journeyIssues, journeyReferences } from '../../../core/schema/journey.ts';

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

test('what the schema takes has no issues, and the other way round', () => {
  for (const good of [
    journey(),
    journey({ stop: [{ event: 'Demo *', plan: 'pro' }], again_after: '90d', about: 'x' }),
  ]) {
    expect(journeyIssues(good)).toEqual([]);
    expect(Journey.safeParse(good).success).toBe(true);
  }
});

test.each([
  ['a step of a later version', { steps: [{ split: { a: 50 } }] }, ['steps', 0, 'split'], 'not built yet'],
  ['a webhook', { steps: [{ wait: '1d' }, { webhook: 'x' }] }, ['steps', 1, 'webhook'], 'not built yet'],
  ['waiting until', { steps: [{ wait: { until: 'monday' } }] }, ['steps', 0, 'wait'], 'not built yet'],
  ['a start on an event', { start: { event: 'x' } }, ['start', 'event'], 'not built yet'],
  ['a segment', { for: { 'lead.country': 'DK' } }, ['for'], 'not built yet'],
  ['an attribute test', { stop: [{ 'lead.country': 'DK' }] }, ['stop', 0, 'lead.country'], 'not built yet'],
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
])('%s is refused where it stands', (_, more, path, message) => {
  const issues = journeyIssues(journey(more));
  expect(issues.map((issue) => issue.path)).toContainEqual(path);
  expect(issues.find((issue) => String(issue.path) === String(path))?.message).toContain(message);
  expect(Journey.safeParse(journey(more)).success).toBe(false);
});

test('a journey that would outlive its state machine is refused, whichever way is the long one', () => {
  const steps = (days: number): object => ({
    steps: [{ wait: '100d' }, { if: { band: 'warm' }, then: [{ wait: '1d' }], else: [{ wait: `${days}d` }] }],
  });
  expect(journeyIssues(journey(steps(250)))).toEqual([]);
  expect(journeyIssues(journey(steps(251)))).toMatchObject([
    { path: ['steps'], message: expect.stringContaining('350 days') as string },
  ]);
});

test('a property that Step Functions would read as a path is refused', () => {
  expect(journeyIssues(journey({ stop: [{ event: 'x', 'a.$': 'y' }] }))).toMatchObject([
    { path: ['stop', 0, 'a.$'] },
  ]);
});

test('every band and email that a journey names is told with its place', () => {
  const found = journeyReferences(Journey.parse(journey({ stop: [{ band: 'hot' }] })));
  expect(found.map(({ kind, name, path }) => `${kind} ${name} ${path.join('.')}`)).toEqual([
    'band warm start.band.0',
    'band hot stop.0.band',
    'email trial steps.1.send',
    'band warm steps.2.if.band',
    'email case steps.2.then.0.send',
    'email back steps.2.else.1.send',
  ]);
});
