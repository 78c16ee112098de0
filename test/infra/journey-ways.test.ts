import aslValidator from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import type { LeadEvent } from '../../core/event.ts';
import { journeyReferences } from '../../core/nurture/references.ts';
import type { Journey } from '../../core/schema/journey.ts';
import { inParallel } from '../../functions/parallel.ts';
import { journeyDefinition, type StateMachineDefinition } from '../../infra/journeys.ts';
import { startStates } from '../../local/states.ts';
import { bench, quiet, resource } from '../local/surroundings.ts';
import {
  everyStep,
  functionsFor,
  inputOf,
  linesOf,
  meant,
  START,
  stories,
  type Story,
  type Watched,
} from './every-step.ts';
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

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Seconds?: number;
  readonly TimestampPath?: string;
}
interface Transitions {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}
const statesOf = ({ States }: StateMachineDefinition): [string, State][] =>
  Object.entries(States) as [string, State][];

test('the journey of these tests has every kind of step, and its machine is valid', () => {
  const text = JSON.stringify(everyStep.steps);
  for (const verb of [
    'wait',
    'until',
    'for',
    'send',
    'if',
    'split',
    'set',
    'notify',
    'webhook',
    'handoff',
    'exit',
  ])
    expect(text).toContain(`"${verb}":`);
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

/** Runs stories in an interpreter that is not ours. It knows no virtual time: whoever asks how long to wait moves the clock. */
const anotherFor = (of: StateMachineDefinition, journey: string): ((story: Story) => Promise<Watched>) => {
  const another = new StateMachine(of as never, { validationOptions: { checkPaths: true, checkArn: true } });
  const states = statesOf(of);
  return async (story) => {
    let now = START;
    let told: { until?: string; at?: string } = {};
    const { watched, call } = functionsFor(story, () => now);
    const waitTimeOverrides: Record<string, number> = {};
    for (const [name, { Type, Seconds }] of states)
      if (Type === 'Wait')
        Object.defineProperty(waitTimeOverrides, name, {
          get: () => {
            now = Seconds === undefined ? Math.max(now, Date.parse(told.until ?? '')) : now + Seconds * 1_000;
            return 0;
          },
        });
    const taskResourceLocalHandlers = Object.fromEntries(
      states
        .filter(([, { Type }]) => Type === 'Task')
        .map(([name, { Resource = '' }]) => [
          name,
          async (task: unknown) => {
            const answer = await call(
              Resource.split(':').at(-1) ?? '',
              task as object as Readonly<Record<string, unknown>>,
            );
            told = answer;
            return answer as never;
          },
        ]),
    );
    const overrides = { taskResourceLocalHandlers, waitTimeOverrides };
    await another.run(inputOf(story, journey), { overrides }).result;
    return watched;
  };
};

/** Runs stories in our local runtime, each as an execution of its own. */
const locally = async (
  of: StateMachineDefinition,
  journey: string,
  all: readonly Story[],
): Promise<readonly Watched[]> => {
  const place = bench();
  place.clock.set(START);
  // An execution is known by its ruleset: a name for each story.
  const watching = new Map(
    all.map((story, n): [string, ReturnType<typeof functionsFor>] => [
      `s${n}`,
      functionsFor(story, () => place.clock.now()),
    ]),
  );
  const machine = resource('AWS::StepFunctions::StateMachine', 'm', {
    RoleArn: 'arn:aws:iam::000000000000:role/m',
    definition: of,
  });
  const states = await startStates({
    ...place,
    resources: [machine],
    invoke: async (functionArn, payload) => {
      const task = payload as { ruleset: string } & Record<string, unknown>;
      const answer = await watching.get(task.ruleset)?.call(functionArn.split(':').at(-1) ?? '', task);
      return { payload: answer };
    },
    deliver: () => Promise.resolve(),
  });
  try {
    for (const [n, story] of all.entries())
      await states.start(machine.arn, { ...inputOf(story, journey), ruleset: `s${n}` }, `run-${n}`);
    await quiet(states);
    for (let at = states.nextDue(); at !== null; at = states.nextDue()) {
      place.clock.set(at);
      states.runDue(at);
      await quiet(states);
    }
    return [...watching.values()].map(({ watched }) => watched);
  } finally {
    await states.stop();
    place.remove();
  }
};

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
