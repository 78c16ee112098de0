import aslValidator from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, test } from 'vitest';
import type { Journey } from '../../core/schema/journey.ts';
import { handoffDefinition } from '../../infra/handoff-machine.ts';
import { morningDefinition } from '../../infra/morning.ts';
import { journeyDefinition, type StateMachineDefinition } from '../../infra/journeys.ts';
import { shippedJourneys } from './rule-journeys.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const ARNS = {
  look: arn('look'),
  send: arn('send'),
  act: arn('act'),
  notify: arn('notify'),
  webhook: arn('webhook'),
};
const INPUT = { leadId: 'lead-1', entry: 'warm-up-4f', journey: 'warm-up', ruleset: 'abc' };

type Task = Readonly<Record<string, unknown>>;
type Functions = Readonly<Record<string, (task: Task) => object>>;

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Seconds?: number;
  readonly Retry?: readonly object[];
  readonly Branches?: readonly StateMachineDefinition[];
}

/** Every state of a machine, those of its branches too. */
const statesOf = ({ States }: StateMachineDefinition): [string, State][] =>
  (Object.entries(States) as [string, State][]).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.Branches ?? []).flatMap(statesOf),
  ]);

/** Runs a machine in an interpreter that is not ours; answers what was called and waited for, in order. */
const run = async (
  definition: StateMachineDefinition,
  input: object,
  functions: Functions,
): Promise<string[]> => {
  const steps: string[] = [];
  const states = statesOf(definition);
  const taskResourceLocalHandlers = Object.fromEntries(
    states
      .filter(([, state]) => state.Type === 'Task')
      .map(([name, { Resource }]) => [
        name,
        (task: Task) => {
          const called = Resource?.split(':').at(-1) ?? '';
          steps.push(
            [called, task.action, task.email, task.kind === 'handoff' ? 'owner' : undefined]
              .filter(Boolean)
              .join(' '),
          );
          return functions[called]?.(task) as never;
        },
      ]),
  );
  const waitTimeOverrides = Object.fromEntries(
    states.filter(([, { Type }]) => Type === 'Wait').map(([name]) => [name, 0]),
  );
  const retryIntervalOverrides = Object.fromEntries(
    states.filter(([, { Type }]) => Type === 'Task').map(([name]) => [name, 0]),
  );
  const machine = new StateMachine(definition as never, {
    validationOptions: { checkPaths: true, checkArn: true },
  });
  const execution = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: taskResourceLocalHandlers as never,
      waitTimeOverrides,
      retryIntervalOverrides,
    },
  });
  try {
    await execution.result;
  } catch (error) {
    steps.push(`failed: ${(error as Error).name}`);
  }
  return steps;
};

const journey: Journey = {
  journey: 'warm-up',
  start: { band: 'warm' },
  stop: [{ band: 'hot' }],
  steps: [
    { wait: '2d' },
    { send: 'trial' },
    {
      if: { event: 'Trial Started' },
      then: [{ wait: '12h' }, { send: 'tips' }],
      else: [{ if: { band: 'warm' }, then: [{ send: 'case' }] }],
    },
    { send: 'last' },
  ],
};

const looks = (answers: Readonly<Record<string, string>>): Functions => ({
  look: ({ action, step }) => ({
    outcome: action === 'end' ? 'ended' : (answers[String(step)] ?? 'go'),
    reason: 'condition',
  }),
  send: () => ({ outcome: 'sent' }),
});

describe('journeys as state machines', () => {
  test.each([['the largest of the tests', journey], ...shippedJourneys()] as [string, Journey][])(
    '%s is valid Amazon States Language',
    (_, each) => {
      const { isValid, errorsText } = aslValidator(journeyDefinition(each, ARNS));
      expect(errorsText('\n')).toBe('');
      expect(isValid).toBe(true);
    },
  );

  test('a wait lasts as long as the rules say', () => {
    const waits = statesOf(journeyDefinition(journey, ARNS)).flatMap(([, { Seconds }]) => Seconds ?? []);
    expect(waits.toSorted((a, b) => a - b)).toEqual([43_200, 172_800]);
  });

  test('a lead that does what an `if` asks gets that way’s mails, each after a look', async () => {
    const steps = await run(journeyDefinition(journey, ARNS), INPUT, looks({ '3': 'then' }));
    expect(steps).toEqual([
      'look continue',
      'send trial',
      'look if',
      'look continue',
      'send tips',
      'look continue',
      'send last',
      'look end',
    ]);
  });

  test('a mail that is put off is asked for again at its time, after another look', async () => {
    let asked = 0;
    const steps = await run(journeyDefinition({ ...journey, steps: [{ send: 'trial' }] }, ARNS), INPUT, {
      ...looks({}),
      send: () =>
        (asked += 1) < 3 ? { outcome: 'later', at: '2026-05-15T06:00:00.000Z' } : { outcome: 'sent' },
    });
    expect(steps).toEqual([
      ...['look continue', 'send trial', 'look continue', 'send trial', 'look continue', 'send trial'],
      'look end',
    ]);
  });

  test('a team is told by chat, and by mail, which finds its place in the sending rate', async () => {
    let asked = 0;
    const notify: Journey = { ...journey, steps: [{ notify: 'sales', text: 'Call them.' }, { exit: true }] };
    const mails: object[] = [];
    const steps = await run(journeyDefinition(notify, ARNS), INPUT, {
      ...looks({}),
      notify: () => ({ outcome: 'skipped' }),
      send: (task) => {
        mails.push(task);
        return (asked += 1) < 2 ? { outcome: 'later', at: '2026-05-15T06:00:00.000Z' } : { outcome: 'sent' };
      },
    });
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(2);
    expect(steps.at(-1)).toBe('look end');
    expect(mails[1]).toEqual(mails[0]);
    expect(mails[0]).toMatchObject({ kind: 'note', step: '1', team: 'sales', text: 'Call them.', visit: 0 });
    expect(aslValidator(journeyDefinition(notify, ARNS)).isValid).toBe(true);
  });

  test('an `else` leads on, into another `if` and past it', async () => {
    const definition = journeyDefinition(journey, ARNS);
    const mails = async (answers: Readonly<Record<string, string>>): Promise<string[]> =>
      (await run(definition, INPUT, looks(answers))).filter((step) => step.startsWith('send'));
    expect(await mails({ '3': 'else', '3.else.1': 'then' })).toEqual([
      'send trial',
      'send case',
      'send last',
    ]);
    expect(await mails({ '3': 'else', '3.else.1': 'else' })).toEqual(['send trial', 'send last']);
  });

  test('a stop ends the journey before the next mail, and says so', async () => {
    const definition = journeyDefinition(journey, ARNS);
    expect(await run(definition, INPUT, looks({ '2': 'stop' }))).toEqual(['look continue', 'look end']);
    expect(await run(definition, INPUT, looks({ '3': 'stop' }))).toEqual([
      'look continue',
      'send trial',
      'look if',
      'look end',
    ]);
  });

  test('a mail that fails for good ends the journey, which lets the lead go, and shows as failed', async () => {
    const failing: Functions = {
      ...looks({}),
      send: () => {
        throw new Error('no such template');
      },
    };
    const steps = await run(journeyDefinition(journey, ARNS), INPUT, failing);
    expect(steps.filter((step) => step === 'send trial').length).toBe(7);
    expect(steps.slice(-2)).toEqual(['look end', expect.stringContaining('failed')]);
  });

  test('tasks hear ids, the conditions of their journey and nothing of the person', async () => {
    const heard: Task[] = [];
    const hear = (answer: object) => (task: Task) => {
      heard.push(task);
      return answer;
    };
    const one = { ...journey, steps: [{ send: 'trial' }] };
    await run(journeyDefinition(one, ARNS), INPUT, {
      look: hear({ outcome: 'go' }),
      send: hear({ outcome: 'sent' }),
    });
    expect(heard[0]).toEqual({ ...INPUT, visit: 0, action: 'continue', step: '1', stop: [{ band: 'hot' }] });
    expect(heard[1]).toEqual({ ...INPUT, visit: 0, kind: 'journey', step: '1', email: 'trial' });
  });
});

test('a task that found no function free asks again, for hours, each at a time of its own', async () => {
  let refused = 0;
  const busy: Functions = {
    ...looks({}),
    look: (task) => {
      if (task.action !== 'end' && (refused += 1) <= 40)
        throw Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
      return { outcome: 'go' };
    },
  };
  const definition = journeyDefinition({ ...journey, steps: [{ send: 'trial' }] }, ARNS);
  const steps = await run(definition, INPUT, busy);
  expect(steps.slice(-3)).toEqual(['look continue', 'send trial', 'look end']);
  for (const [, { Type, Retry }] of statesOf(definition))
    if (Type === 'Task')
      expect(Retry).toContainEqual(
        expect.objectContaining({
          ErrorEquals: ['Lambda.TooManyRequestsException'],
          JitterStrategy: 'FULL',
          MaxAttempts: 100,
        }),
      );
});

describe('the handoff as a state machine', () => {
  const definition = handoffDefinition({
    handoff: arn('handoff'),
    send: arn('send'),
    notify: arn('notify'),
    webhook: arn('webhook'),
  });
  const input = { leadId: 'lead-1', accountId: null, entry: 2, ruleset: 'abc' };
  const all = (more: Functions = {}): Functions => ({
    handoff: watched(),
    send: () => ({ outcome: 'sent' }),
    notify: () => ({ outcome: 'sent' }),
    webhook: () => ({ outcome: 'skipped' }),
    ...more,
  });
  const fail = (): never => {
    throw new Error('down');
  };
  /** Opens, and answers each later look in turn. */
  function watched(...looks: object[]): (task: unknown) => object {
    return (task) =>
      (task as { action?: string }).action === 'watch'
        ? (looks.shift() ?? { outcome: 'done' })
        : { outcome: 'go' };
  }

  test('it is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition);
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  test('an open handoff is told by mail and by Slack', async () => {
    const [first, ...told] = await run(definition, input, all());
    expect(first).toBe('handoff');
    expect(told.sort()).toEqual(['handoff watch', 'notify', 'notify', 'send owner', 'webhook']);
  });

  test('a mail that finds no place in the sending rate is asked for again at its time', async () => {
    let asked = 0;
    const send = (): object =>
      (asked += 1) < 3 ? { outcome: 'later', at: '2026-05-14T10:00:01Z' } : { outcome: 'sent' };
    const steps = await run(definition, input, all({ send }));
    expect(steps.filter((step) => step === 'send owner')).toHaveLength(3);
    expect(steps.at(-1)).not.toContain('failed');
    asked = 0;
    const morning = morningDefinition(arn('send'));
    expect(aslValidator(morning).errorsText('\n')).toBe('');
    expect(await run(morning, { who: 'w', day: '2026-05-14' }, { send })).toHaveLength(3);
  });

  test('who is asked next is told in every channel, under a number of their own', async () => {
    const asks = watched(
      { outcome: 'wait', until: '2026-05-14T14:00:00Z' },
      { outcome: 'ask', visit: 1 },
      { outcome: 'ask', visit: 2 },
    );
    const visits: unknown[] = [];
    const hear = (task: unknown): object => {
      const { step, visit } = task as { step: string; visit: number };
      visits.push(`${step} ${visit}`);
      return { outcome: 'sent' };
    };
    await run(definition, input, all({ handoff: asks, send: hear, notify: hear, webhook: hear }));
    const channels = ['mail', 'slack', 'teams', 'webhook'];
    expect(visits.sort()).toEqual(channels.flatMap((name) => [0, 1, 2].map((visit) => `${name} ${visit}`)));
  });

  test('one that is not due tells nobody', async () => {
    expect(await run(definition, input, all({ handoff: () => ({ outcome: 'stop' }) }))).toEqual(['handoff']);
  });

  test('that Slack fails does not keep the mail from going out, and shows as failed', async () => {
    const steps = await run(definition, input, all({ notify: fail }));
    expect(steps.filter((step) => step === 'send owner')).toHaveLength(1);
    expect(steps.at(-1)).toContain('failed');
  });
});
