import aslValidator from 'asl-validator';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { inParallel } from '../../functions/parallel.ts';
import type { Journey } from '../../core/schema/journey.ts';
import type { JourneyStep } from '../../core/schema/journey-step.ts';
import { journeyDefinition } from '../../infra/journeys.ts';
import { linesOf, meant, type Story } from './every-step.ts';
import { anotherFor, locally } from './interpreters.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const ARNS = {
  look: arn('look'),
  send: arn('send'),
  act: arn('act'),
  notify: arn('notify'),
  webhook: arn('webhook'),
};

const event = fc.constantFrom('Trial Started', 'Demo Booked').map((name) => ({ event: name }));
const condition = fc.oneof(
  event,
  fc.constantFrom('warm', 'hot').map((band) => ({ band })),
  fc.record({ all: fc.tuple(event, fc.constant({ not: { band: 'hot' } })) }),
);
const leaf: fc.Arbitrary<JourneyStep> = fc.oneof(
  fc.constantFrom('45m', '5h', '2d', '1w').map((wait) => ({ wait })),
  fc.constantFrom('mon', 'sun').map((weekday) => ({ wait: { until: { weekday, at: '09:00' } } })),
  fc.record({ for: event, timeout: fc.constantFrom('6h', '4d') }).map((wait) => ({ wait })),
  fc.constantFrom('one', 'two', 'three').map((send) => ({ send })),
  fc.constant({ set: { 'lead.stage': 'nurtured' } }),
  fc.constant({ notify: 'sales' }),
  fc.constant({ webhook: 'crm' }),
);
const last: fc.Arbitrary<readonly JourneyStep[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.constant([{ exit: true } as const]) },
  { weight: 1, arbitrary: fc.constant([{ handoff: true } as const]) },
);
const listOf = (depth: number): fc.Arbitrary<readonly JourneyStep[]> => {
  const inner =
    depth === 0 ? leaf : fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: choice(depth) });
  return fc
    .tuple(fc.array(inner, { minLength: 1, maxLength: 3 }), last)
    .map(([steps, end]) => [...steps, ...end]);
};
const choice = (depth: number): fc.Arbitrary<JourneyStep> => {
  const list = listOf(depth - 1);
  return fc.oneof(
    fc.record({ if: condition, then: list }),
    fc.record({ if: condition, then: list, else: list }),
    fc.record({ then: fc.record({ a: list, b: list }) }).map((each) => ({
      split: { a: '40%', b: '60%' },
      ...each,
    })),
  );
};
const journeys: fc.Arbitrary<Journey> = fc.record(
  {
    journey: fc.constant('generated'),
    start: fc.constant({ band: 'warm' }),
    goal: fc.constant({ event: 'Contract Signed' }),
    stop: fc.constant([{ band: 'hot' }]),
    steps: listOf(2),
  },
  { requiredKeys: ['journey', 'start', 'steps'] },
);
const hours = fc.integer({ min: 1, max: 400 });
const stories: fc.Arbitrary<Story> = fc.record({
  leadId: fc.constantFrom('lead-1', 'lead-2', 'lead-3'),
  zone: fc.constantFrom('Europe/Stockholm', 'Australia/Sydney', 'America/Santiago'),
  events: fc.array(fc.tuple(fc.constantFrom('Trial Started', 'Demo Booked', 'Contract Signed'), hours), {
    maxLength: 4,
  }),
  bands: fc.array(fc.tuple(fc.constantFrom('warm', 'hot', 'cold'), hours), { maxLength: 2 }),
});

test('whatever journey somebody writes, both interpreters do what the rules mean, at its times', async () => {
  let acted = 0;
  await fc.assert(
    fc.asyncProperty(journeys, fc.array(stories, { minLength: 3, maxLength: 5 }), async (journey, some) => {
      const machine = journeyDefinition(journey, ARNS);
      expect(aslValidator(machine).errorsText('\n')).toBe('');
      const all = some.map((story) => ({
        ...story,
        bands: [...(story.bands ?? [])].sort(([, a], [, b]) => a - b),
      }));
      const ways = all.map((story) => linesOf(meant(story, journey)));
      acted += ways.filter(({ done }) => done.length > 1).length;
      expect(await locally(machine, 'generated', all)).toEqual(ways);
      const another = anotherFor(machine, 'generated');
      expect(await inParallel(5, all, another)).toEqual(ways);
    }),
    { numRuns: 60 },
  );
  expect(acted).toBeGreaterThan(50);
}, 180_000);
