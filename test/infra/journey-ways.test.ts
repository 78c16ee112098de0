import aslValidator from 'asl-validator';
import { expect, test } from 'vitest';
import type { LeadEvent } from '../../core/event.ts';
import { journeyReferences } from '../../core/nurture/references.ts';
import type { Journey } from '../../core/schema/journey.ts';
import { STEP_VERBS } from '../../core/schema/journey-step.ts';
import { inParallel } from '../../functions/parallel.ts';
import { journeyDefinition } from '../../infra/journeys.ts';
import { anotherFor, locally, type State, statesOf } from './interpreters.ts';
import { everyStep, linesOf, meant, stories, type Story } from './every-step.ts';
import { shippedJourneys } from './rule-journeys.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const ARNS = {
  look: arn('look'),
  send: arn('send'),
  act: arn('act'),
  notify: arn('notify'),
  webhook: arn('webhook'),
};
const definition = journeyDefinition(everyStep, ARNS);

interface Transitions {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}
test('the journey of these tests has every kind of step, and its machine is valid', () => {
  const text = JSON.stringify(everyStep.steps);
  for (const verb of [...STEP_VERBS, 'until', 'for']) expect(text).toContain(`"${verb}":`);
  const { isValid, errorsText } = aslValidator(definition);
  expect(errorsText('\n')).toBe('');
  expect(isValid).toBe(true);
});

test('no circle in it is without a wait', () => {
  const after = (name: string): string[] => {
    const { Next, Default, Choices = [], Catch = [] } = definition.States[name] as Transitions;
    return [...Choices, ...Catch]
      .map((each) => each.Next)
      .concat([Next, Default].filter((next) => next !== undefined));
  };
  const clear = new Set<string>();
  const walk = (name: string, behind: readonly string[]): void => {
    expect(behind).not.toContain(name);
    // Time passes here: whoever comes back by it has waited.
    if (clear.has(name) || (definition.States[name] as State).Type === 'Wait') return;
    for (const next of after(name)) walk(next, [...behind, name]);
    clear.add(name);
  };
  for (const [name, { Type }] of statesOf(definition)) {
    if (Type === 'Wait') for (const next of after(name)) walk(next, []);
  }
  walk(definition.StartAt, []);
});

test('the stories go every way there is, and leave in every way', () => {
  const ways = stories.map((story) => meant(story));
  const steps = new Set(ways.flatMap(({ actions }) => actions.map(({ step }) => step)));
  expect([...steps].sort()).toEqual([
    '2',
    '4.else.1.long.1',
    '4.else.1.long.3',
    '4.then.2.else.1',
    '4.then.2.then.1',
    '4.then.2.then.2',
    '6',
  ]);
  expect(new Set(ways.map(({ why }) => why))).toEqual(
    new Set(['completed', 'exit', 'handed-off', 'condition', 'goal']),
  );
});

const inAnother = anotherFor(definition, 'every-step');

test('another interpreter does the same at the same times, whatever the lead does', async () => {
  // It is slow: one story for each thing that may come of it, and one of twenty beside.
  const apart = new Map(stories.map((story) => [JSON.stringify(linesOf(meant(story))), story]));
  expect(apart.size).toBeGreaterThan(9);
  const some = new Set([...apart.values(), ...stories.filter((_, n) => n % 20 === 0)]);
  await inParallel(20, [...some], async (story) => {
    expect(await inAnother(story), JSON.stringify(story)).toEqual(linesOf(meant(story)));
  });
}, 120_000);

test('our local runtime does the same at the same times, whatever the lead does', async () => {
  const done = await locally(definition, 'every-step', stories);
  for (const [n, story] of stories.entries())
    expect(done[n], JSON.stringify(story)).toEqual(linesOf(meant(story)));
}, 120_000);

/** All that a journey asks of events and of bands, wherever it does. */
const askedBy = (value: unknown): readonly Readonly<Record<string, unknown>>[] => {
  if (Array.isArray(value)) return value.flatMap(askedBy);
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Readonly<Record<string, unknown>>;
  return [
    ...('event' in fields || 'band' in fields ? [fields] : []),
    ...Object.values(fields).flatMap(askedBy),
  ];
};

/** Stories in which each thing that a journey asks for happens early, late or never, in every combination. */
const storiesOf = ({ goal, stop, steps }: Journey): readonly Story[] => {
  const asked = askedBy([goal, stop, steps]);
  const bands = new Set(asked.flatMap(({ band }) => (band === undefined ? [] : ([band].flat() as string[]))));
  const events = new Map(
    asked
      .filter(({ event }) => event !== undefined)
      .map(({ event, at_least: _, within: __, ...rest }): [string, Partial<LeadEvent>] => {
        const [name] = [event].flat() as [string];
        const properties = Object.fromEntries(
          Object.entries(rest).map(([key, matcher]) => [key, String(matcher).replaceAll('*', 'x')]),
        );
        return [JSON.stringify([name, properties]), { name, properties }];
      }),
  );
  const times = [undefined, 1, 80, 200];
  let all: readonly Story[] = [{ leadId: 'lead-1', events: [] }];
  for (const event of events.values())
    all = all.flatMap((story) =>
      times.map((hours) => ({
        ...story,
        events: [...story.events, ...(hours === undefined ? [] : [[event, hours] as const])],
      })),
    );
  return all.flatMap((story) =>
    [...bands, 'elsewhere'].flatMap((band) =>
      [1, 80, 200].map((hours) => ({ ...story, bands: [[band, hours]] as const })),
    ),
  );
};

test.each(shippedJourneys())(
  '%s is gone the same way, at the same times, by both',
  async (_, journey) => {
    const machine = journeyDefinition(journey, ARNS);
    const all = storiesOf(journey);
    const ways = all.map((story) => linesOf(meant(story, journey)));
    expect(await locally(machine, journey.journey, all)).toEqual(ways);
    // Each way once: the other interpreter is slow.
    const apart = new Map(all.map((story, n) => [JSON.stringify(ways[n]), story]));
    const another = anotherFor(machine, journey.journey);
    await inParallel(20, [...apart.values()], async (story) => {
      expect(await another(story), JSON.stringify(story)).toEqual(linesOf(meant(story, journey)));
    });
    // Every mail is on some way.
    const sent = new Set(
      ways.flatMap(({ done }) => done.flatMap((line) => / send (.+)$/.exec(line)?.[1] ?? [])),
    );
    const mails = journeyReferences(journey).filter(({ kind }) => kind === 'email');
    expect([...sent].sort()).toEqual([...new Set(mails.map(({ name }) => name))].sort());
  },
  120_000,
);
