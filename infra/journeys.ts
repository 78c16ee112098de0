import { durationMs } from '../core/duration.ts';
import type { Journey, JourneyCondition, JourneyStep } from '../core/schema/journey.ts';

/** A state machine in Amazon States Language (JSONPath), as the plain object that its JSON says. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, object>>;
}

/** Lambda retries hide a function's own hiccups; a look changes nothing, so any error is worth another try. */
export const RETRY_ANY = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 };
/** SES told us to slow down and took nothing: waiting is right, for as long as a daily quota may take to renew. */
export const RETRY_THROTTLED = {
  ErrorEquals: ['Throttled'],
  IntervalSeconds: 30,
  BackoffRate: 2,
  MaxAttempts: 14,
  MaxDelaySeconds: 21_600,
};

const DONE = 'done';
const FAILED = 'failed';

/** What every task of a journey is told: ids and the ruleset's name, never a person's data. */
const IDS = {
  'leadId.$': '$.leadId',
  'entry.$': '$.entry',
  'journey.$': '$.journey',
  'ruleset.$': '$.ruleset',
  visit: 0,
};

/**
 * The state machine of one journey. Its input is `{leadId, entry, journey, ruleset}`. What the steps ask is written
 * into the machine itself, so a lead that runs keeps the version that it started with.
 *
 * Before each mail and each `if` a look checks the stop conditions; every way out passes `done`, which clears the
 * lead's running entry.
 * @param arns of the functions `look` and `send`
 */
export const journeyDefinition = (
  journey: Journey,
  arns: { readonly look: string; readonly send: string },
): StateMachineDefinition => {
  const states: Record<string, object> = {};
  const stop = journey.stop ?? [];
  const catchAll = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: FAILED }];

  const look = (name: string, payload: object, next: string): void => {
    states[name] = {
      Type: 'Task',
      Resource: arns.look,
      Parameters: { ...IDS, stop, ...payload },
      ResultPath: '$.look',
      Retry: [RETRY_ANY],
      Catch: catchAll,
      Next: next,
    };
  };
  const choose = (name: string, ways: Readonly<Record<string, string>>): void => {
    states[name] = {
      Type: 'Choice',
      Choices: Object.entries(ways).map(([outcome, next]) => ({
        Variable: '$.look.outcome',
        StringEquals: outcome,
        Next: next,
      })),
      Default: DONE,
    };
  };

  /** Adds the states of these steps and answers the name of the first; built from the end, as each names its next. */
  const add = (steps: readonly JourneyStep[], prefix: string, next: string): string =>
    steps.reduceRight((after, step, index) => addStep(step, `${prefix}${index + 1}`, after), next);

  const addStep = (step: JourneyStep, id: string, next: string): string => {
    if ('wait' in step) {
      const name = `${id} wait ${step.wait}`;
      states[name] = { Type: 'Wait', Seconds: durationMs(step.wait) / 1000, Next: next };
      return name;
    }
    if ('send' in step) {
      const name = `${id} send ${step.send}`;
      look(`${id} look`, { action: 'continue', step: id }, `${id} go on?`);
      choose(`${id} go on?`, { go: name });
      states[name] = {
        Type: 'Task',
        Resource: arns.send,
        Parameters: { ...IDS, kind: 'journey', step: id, email: step.send },
        ResultPath: '$.sent',
        Retry: [RETRY_THROTTLED, RETRY_ANY],
        Catch: catchAll,
        Next: `${id} sent?`,
      };
      // Quiet hours, the frequency limit and the account's sending rate put a mail off: it is asked for again then,
      // after another look. `send` itself sees to an end.
      states[`${id} sent?`] = {
        Type: 'Choice',
        Choices: [{ Variable: '$.sent.outcome', StringEquals: 'later', Next: `${id} put off` }],
        Default: next,
      };
      states[`${id} put off`] = { Type: 'Wait', TimestampPath: '$.sent.at', Next: `${id} look` };
      return `${id} look`;
    }
    const yes = add(step.then, `${id}.then.`, next);
    const no = add(step.else ?? [], `${id}.else.`, next);
    look(`${id} if`, { action: 'if', step: id, condition: conditionOf(step.if) }, `${id} which way?`);
    choose(`${id} which way?`, { then: yes, else: no });
    return `${id} if`;
  };

  const first = add(journey.steps, '', DONE);
  // No Catch here: it would lead back to itself. Six tries over two minutes, then the execution fails.
  for (const [name, after] of [
    [DONE, { End: true }],
    [FAILED, { Next: 'stopped by an error' }],
  ] as const)
    states[name] = {
      Type: 'Task',
      Resource: arns.look,
      Parameters: { ...IDS, stop: [], action: 'end', step: name },
      ResultPath: '$.look',
      Retry: [RETRY_ANY],
      ...after,
    };
  states['stopped by an error'] = {
    Type: 'Fail',
    Error: 'JourneyFailed',
    Cause: 'A step failed; see $.error of the step before.',
  };
  return {
    Comment: `Journey ${journey.journey}${journey.about === undefined ? '' : `: ${journey.about}`}`,
    StartAt: first,
    States: Object.fromEntries(Object.entries(states).reverse()),
  };
};

/** A key that ends in `.$` would be read as a path. */
const conditionOf = (condition: JourneyCondition): JourneyCondition => {
  const path = Object.keys(condition).find((key) => key.endsWith('.$'));
  if (path !== undefined) throw new Error(`a property of a journey's condition cannot end in ".$": ${path}`);
  return condition;
};
