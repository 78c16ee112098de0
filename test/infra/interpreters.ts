import { StateMachine } from 'aws-local-stepfunctions';
import type { StateMachineDefinition } from '../../infra/journeys.ts';
import { startStates } from '../../local/states.ts';
import { bench, quiet, resource } from '../local/surroundings.ts';
import { functionsFor, inputOf, START, type Story, type Watched } from './every-step.ts';

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Seconds?: number;
  readonly TimestampPath?: string;
}
export const statesOf = ({ States }: StateMachineDefinition): [string, State][] =>
  Object.entries(States) as [string, State][];

/** Runs stories in an interpreter that is not ours. It knows no virtual time: whoever asks how long to wait moves the clock. */
export const anotherFor = (
  of: StateMachineDefinition,
  journey: string,
): ((story: Story) => Promise<Watched>) => {
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
export const locally = async (
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
