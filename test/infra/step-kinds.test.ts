import { describe, expect, test } from 'vitest';
import type { Journey } from '../../core/schema/journey.ts';
import { type JourneyStep, STEP_VERBS, type STEPS } from '../../core/schema/journey-step.ts';
import { journeyDefinition } from '../../infra/journeys.ts';
import { linesOf, meant, START, type Story } from './every-step.ts';
import { anotherFor, locally } from './interpreters.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const ARNS = {
  look: arn('look'),
  send: arn('send'),
  act: arn('act'),
  notify: arn('notify'),
  webhook: arn('webhook'),
};

/** A step, and what is done by it, hours after the lead came to it; then `send after`, unless the journey ends. */
interface Kind {
  readonly steps: readonly JourneyStep[];
  /** Actions as `hours verb what`. */
  readonly done: readonly string[];
  readonly why?: string;
  readonly events?: Story['events'];
}
/** Each kind of step has its line here: one that is new does not compile without. */
const KINDS: Readonly<Record<keyof typeof STEPS, readonly Kind[]>> = {
  wait: [
    { steps: [{ wait: '24h' }], done: ['24 send after'] },
    { steps: [{ wait: '1d' }, { wait: '30m' }], done: ['24.5 send after'] },
    // Nothing happens: it ends at its timeout.
    { steps: [{ wait: { for: { event: 'Trial Started' }, timeout: '2d' } }], done: ['48 send after'] },
  ],
  send: [{ steps: [{ send: 'now' }], done: ['0 send now', '0 send after'] }],
  if: [
    {
      steps: [
        { if: { event: 'Demo Booked' }, then: [{ send: 'yes' }], else: [{ wait: '3h' }, { send: 'no' }] },
      ],
      done: ['3 send no', '3 send after'],
    },
    {
      steps: [{ if: { event: 'Demo Booked' }, then: [{ send: 'yes' }] }],
      done: ['0 send yes', '0 send after'],
      events: [['Demo Booked', 1]],
    },
  ],
  split: [
    {
      steps: [{ split: { all: '100%', none: '0%' }, then: { all: [{ wait: '1h' }, { send: 'all' }] } }],
      done: ['1 send all', '1 send after'],
    },
  ],
  set: [{ steps: [{ set: { 'lead.stage': 'x' } }], done: ['0 set {"stage":"x"}', '0 send after'] }],
  notify: [{ steps: [{ notify: 'sales' }], done: ['0 notify sales', '0 send after'] }],
  webhook: [{ steps: [{ webhook: 'crm' }], done: ['0 webhook crm', '0 send after'] }],
  handoff: [{ steps: [{ handoff: true }], done: ['0 handoff '], why: 'handed-off' }],
  exit: [{ steps: [{ exit: true }], done: [], why: 'exit' }],
};

test('every kind of step is in the table', () => {
  expect(Object.keys(KINDS).sort()).toEqual([...STEP_VERBS].sort());
});

/** Sundays on which clocks are set, at nine by them; `START` is Monday, 23 March 2026. */
describe.each([
  ['Stockholm, forward', 'Europe/Stockholm', 'sun', '2026-03-29T07:00Z'],
  ['Stockholm, back', 'Europe/Stockholm', 'sun', '2026-10-25T08:00Z'],
  ['Sydney, back', 'Australia/Sydney', 'sun', '2026-04-04T23:00Z'],
  ['Sydney, forward', 'Australia/Sydney', 'sun', '2026-10-03T22:00Z'],
  ['Santiago, back', 'America/Santiago', 'sun', '2026-04-05T13:00Z'],
  ['Santiago, forward', 'America/Santiago', 'sun', '2026-09-06T12:00Z'],
] as const)('on the day when clocks are set in %s', (_, zone, weekday, nine) => {
  const at = Date.parse(nine);
  // Whole days, to the day before.
  const days = Math.floor((at - START) / DAY) - 1;
  const first = { wait: `${days}d` };
  const until = { wait: { until: { weekday, at: '09:00' } } };

  test.each(STEP_VERBS.flatMap((verb) => KINDS[verb].map((kind, n) => [`${verb} ${n + 1}`, kind] as const)))(
    '%s is done at its time by the rules, by our runtime and by another interpreter',
    async (name, { steps, done, why = 'completed', events = [] }) => {
      const journey: Journey = {
        journey: 'one-kind',
        start: { band: 'warm' },
        steps: [first, until, ...steps, ...(why === 'completed' ? [{ send: 'after' }] : [])],
      };
      const story: Story = { leadId: `lead-${name}`, zone, events };
      const hours = (at - START) / HOUR;
      const expected = done.map((line) => {
        const [after = '', ...rest] = line.split(' ');
        return `${(hours + Number(after)).toFixed(2)}h ${rest.join(' ')}`;
      });
      const withoutPlaces = (lines: readonly string[]): string[] =>
        lines.map((line) => line.replace(/h \S+ /, 'h '));
      const machine = journeyDefinition(journey, ARNS);
      const [here] = await locally(machine, 'one-kind', [story]);
      for (const watched of [
        linesOf(meant(story, journey)),
        here,
        await anotherFor(machine, 'one-kind')(story),
      ])
        expect({ done: withoutPlaces(watched?.done ?? []), why: watched?.why }).toEqual({
          done: expected,
          why,
        });
    },
  );
});
