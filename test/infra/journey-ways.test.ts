import aslValidator from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
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
  type Watched,
} from './every-step.ts';

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
  const ways = stories.map(meant);
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

const another = new StateMachine(definition as never, {
  validationOptions: { checkPaths: true, checkArn: true },
});

/** In an interpreter that is not ours. It knows no virtual time: whoever asks how long to wait moves the clock. */
const inAnother = async (story: (typeof stories)[number]): Promise<Watched> => {
  let now = START;
  let told: { until?: string; at?: string } = {};
  const { watched, call } = functionsFor(story, () => now);
  const states = statesOf(definition);
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
  await another.run(inputOf(story), { overrides: { taskResourceLocalHandlers, waitTimeOverrides } }).result;
  return watched;
};

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
  const place = bench();
  place.clock.set(START);
  // An execution is known by its lead: a name for each story.
  const watching = new Map(
    stories.map((story, n): [string, ReturnType<typeof functionsFor>] => [
      `s${n}`,
      functionsFor(story, () => place.clock.now()),
    ]),
  );
  const machine = resource('AWS::StepFunctions::StateMachine', 'm', {
    RoleArn: 'arn:aws:iam::000000000000:role/m',
    definition,
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
    for (const [n, story] of stories.entries())
      await states.start(machine.arn, { ...inputOf(story), ruleset: `s${n}` }, `run-${n}`);
    await quiet(states);
    for (let at = states.nextDue(); at !== null; at = states.nextDue()) {
      place.clock.set(at);
      states.runDue(at);
      await quiet(states);
    }
    for (const [n, story] of stories.entries())
      expect(watching.get(`s${n}`)?.watched, JSON.stringify(story)).toEqual(linesOf(meant(story)));
  } finally {
    await states.stop();
    place.remove();
  }
}, 120_000);
