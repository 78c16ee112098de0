import { durationMs } from '../core/duration.ts';
import { branchPrefix, goalsOf, stepId } from '../core/nurture/parts.ts';
import type { Journey } from '../core/schema/journey.ts';
import type { IfStep, JourneyStep, SplitStep, Wait } from '../core/schema/journey-step.ts';
import { whenSent } from './sending.ts';

/** A state machine in Amazon States Language (JSONPath), as the plain object that its JSON says. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, object>>;
}

/** Lambda retries hide a function's own hiccups; a look changes nothing, so any error is worth another try. */
const RETRY_ANY = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 };
/** Too many functions ran, and this one was not begun: ten thousand leads at once ask again, each at a time of its own. */
const RETRY_BUSY = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 100,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
};
/** Of every task; what a task knows of itself goes before. */
export const RETRY = [RETRY_BUSY, RETRY_ANY];
/** SES told us to slow down and took nothing: waiting is right, for as long as a daily quota may take to renew. */
export const RETRY_THROTTLED = {
  ErrorEquals: ['Throttled'],
  IntervalSeconds: 30,
  BackoffRate: 2,
  MaxAttempts: 14,
  MaxDelaySeconds: 21_600,
};

/** The functions that a journey's steps are carried out by. */
export interface JourneyFunctions {
  readonly look: string;
  readonly send: string;
  readonly act: string;
  readonly notify: string;
  readonly webhook: string;
}

const DONE = 'done';
const STOPPED = 'stopped';
const EXITED = 'exited';
const HANDED = 'handed over';
const FAILED = 'failed';
const BROKEN = 'stopped by an error';
const LONGEST_NAME = 80;

/** What every task of a journey is told: ids and the ruleset's name, never a person's data. */
const IDS = {
  'leadId.$': '$.leadId',
  'entry.$': '$.entry',
  'journey.$': '$.journey',
  'ruleset.$': '$.ruleset',
  // The language has no loops: nobody comes by a step twice.
  visit: 0,
};

/**
 * The state machine of one journey. Its input is `{leadId, entry, journey, ruleset}`. What the steps ask is written
 * into the machine itself, so a lead that runs keeps the version that it started with.
 *
 * Before each action and each choice a look checks the goal and the stop conditions; every way out ends the lead's
 * running entry. A circle there is only where a mail or a wait for an event is asked for again, and it holds a `Wait`.
 */
export const journeyDefinition = (journey: Journey, arns: JourneyFunctions): StateMachineDefinition =>
  new Machine(journey, arns).definition();

class Machine {
  readonly #states: Record<string, object> = {};
  readonly #journey: Journey;
  readonly #arns: JourneyFunctions;
  readonly #asked: object;

  constructor(journey: Journey, arns: JourneyFunctions) {
    this.#journey = journey;
    this.#arns = arns;
    const goal = goalsOf(journey);
    this.#asked = { stop: journey.stop ?? [], ...(goal.length === 0 ? {} : { goal }) };
  }

  definition(): StateMachineDefinition {
    const { journey, about, steps } = this.#journey;
    const first = this.#add(steps, '', DONE);
    this.#addEnds();
    return {
      Comment: `Journey ${journey}${about === undefined ? '' : `: ${about}`}`,
      StartAt: first,
      States: this.#reachable(first),
    };
  }

  /** Adds the states of these steps and answers the name of the first; built from the end, as each names its next. */
  #add(steps: readonly JourneyStep[], prefix: string, next: string): string {
    return steps.reduceRight((after, step, index) => this.#addStep(step, stepId(prefix, index), after), next);
  }

  #addStep(step: JourneyStep, id: string, next: string): string {
    if ('exit' in step) return EXITED;
    if ('wait' in step) return this.#addWait(step.wait, id, next);
    if ('if' in step || 'split' in step) return this.#addChoice(step, id, next);
    if ('send' in step) return this.#addSend(step.send, id, next);
    const { act, notify, webhook } = this.#arns;
    if ('set' in step)
      return this.#addAction(id, 'set', act, { action: 'set', set: traitsOf(step.set) }, next);
    if ('handoff' in step) return this.#addAction(id, 'hand off', act, { action: 'handoff' }, HANDED);
    if ('notify' in step) {
      const { notify: team, text } = step;
      const payload = { action: 'notify', team, ...(text === undefined ? {} : { text }) };
      return this.#addAction(id, `notify ${team}`, notify, payload, this.#addNote(id, team, text, next));
    }
    const payload = { action: 'webhook', webhook: step.webhook };
    return this.#addAction(id, `webhook ${step.webhook}`, webhook, payload, next);
  }

  #addWait(wait: Wait, id: string, next: string): string {
    if (typeof wait === 'string')
      return this.#state(`${id} wait ${wait}`, {
        Type: 'Wait',
        Seconds: durationMs(wait) / 1000,
        Next: next,
      });
    if ('until' in wait) {
      const waiting = this.#state(`${id} wait until`, {
        Type: 'Wait',
        TimestampPath: '$.look.until',
        Next: next,
      });
      const go = this.#choose(`${id} go on?`, { go: waiting });
      return this.#look(`${id} look`, { action: 'until', step: id, until: wait.until }, go);
    }
    // Each look says when the next one is, and counts itself; the first finds nothing of an earlier one.
    const begin = `${id} wait for event`;
    const asking = `${id} has it happened?`;
    const pause = this.#state(`${id} pause`, { Type: 'Wait', TimestampPath: '$.look.until', Next: asking });
    const come = this.#choose(`${id} go on?`, { go: next, wait: pause });
    this.#look(
      asking,
      {
        action: 'for',
        step: id,
        condition: wait.for,
        timeoutMs: durationMs(wait.timeout),
        'since.$': '$.look.since',
        'looks.$': '$.look.looks',
      },
      come,
    );
    return this.#state(begin, {
      Type: 'Pass',
      Result: { outcome: 'go', since: null, looks: 0 },
      ResultPath: '$.look',
      Next: asking,
    });
  }

  #addChoice(step: IfStep | SplitStep, id: string, next: string): string {
    if ('if' in step) {
      const which = this.#choose(`${id} which way?`, {
        then: this.#add(step.then, branchPrefix(id, ['then']), next),
        else: this.#add(step.else ?? [], branchPrefix(id, ['else']), next),
      });
      return this.#look(`${id} if`, { action: 'if', step: id, condition: step.if }, which);
    }
    const ways = Object.keys(step.split).map((way): [string, string] => [
      `way ${way}`,
      this.#add(step.then[way] ?? [], branchPrefix(id, ['then', way]), next),
    ]);
    const which = this.#choose(`${id} which way?`, Object.fromEntries(ways));
    return this.#look(`${id} split`, { action: 'split', step: id, split: step.split }, which);
  }

  /**
   * Quiet hours, the frequency limit and the account's sending rate put a mail off: it is asked for again then, after
   * another look. `send` itself sees to an end.
   */
  #addSend(email: string, id: string, next: string): string {
    const first = `${id} look`;
    const late = this.#state(`${id} put off`, { Type: 'Wait', TimestampPath: '$.sent.at', Next: first });
    const sent = this.#state(`${id} sent?`, {
      Type: 'Choice',
      Choices: [{ Variable: '$.sent.outcome', StringEquals: 'later', Next: late }],
      Default: next,
    });
    const payload = { kind: 'journey', step: id, email };
    const send = this.#task(`${id} send ${email}`, this.#arns.send, payload, sent, [
      RETRY_THROTTLED,
      ...RETRY,
    ]);
    return this.#look(first, { action: 'continue', step: id }, this.#choose(`${id} go on?`, { go: send }));
  }

  /** The same by mail, to a team that has an address; who has none is passed over. */
  #addNote(id: string, team: string, text: string | undefined, next: string): string {
    const mail = `${id} mail ${team}`;
    const after = whenSent(mail.slice(0, LONGEST_NAME), next, `${id} `);
    for (const [name, state] of Object.entries(after)) this.#state(name, state);
    const payload = { kind: 'note', step: id, team, ...(text === undefined ? {} : { text }) };
    return this.#task(mail, this.#arns.send, payload, `${id} sent?`, [RETRY_THROTTLED, ...RETRY]);
  }

  #addAction(id: string, what: string, arn: string, payload: object, next: string): string {
    const retry = [RETRY_THROTTLED, ...RETRY];
    const action = this.#task(`${id} ${what}`, arn, { step: id, ...payload }, next, retry);
    return this.#look(
      `${id} look`,
      { action: 'continue', step: id },
      this.#choose(`${id} go on?`, { go: action }),
    );
  }

  #task(name: string, arn: string, payload: object, next: string, retry: readonly object[]): string {
    return this.#state(name, {
      Type: 'Task',
      Resource: arn,
      Parameters: { ...IDS, ...payload },
      ResultPath: '$.sent',
      Retry: retry,
      Catch: CATCH_ALL,
      Next: next,
    });
  }

  #look(name: string, payload: object, next: string): string {
    return this.#state(name, {
      Type: 'Task',
      Resource: this.#arns.look,
      Parameters: { ...IDS, ...this.#asked, ...payload },
      ResultPath: '$.look',
      Retry: RETRY,
      Catch: CATCH_ALL,
      Next: next,
    });
  }

  #choose(name: string, ways: Readonly<Record<string, string>>): string {
    return this.#state(name, {
      Type: 'Choice',
      Choices: Object.entries(ways).map(([outcome, Next]) => ({
        Variable: '$.look.outcome',
        StringEquals: outcome,
        Next,
      })),
      Default: STOPPED,
    });
  }

  /** No Catch here: it would lead back to itself. Six tries over two minutes, then the execution fails. */
  #addEnds(): void {
    const goal = goalsOf(this.#journey);
    const ends: readonly (readonly [name: string, payload: object, after: object])[] = [
      [DONE, { why: 'completed', ...(goal.length === 0 ? {} : { goal }) }, { End: true }],
      [STOPPED, { 'why.$': '$.look.reason' }, { End: true }],
      [EXITED, { why: 'exit' }, { End: true }],
      [HANDED, { why: 'handed-off' }, { End: true }],
      [FAILED, { why: 'failed' }, { Next: BROKEN }],
    ];
    for (const [name, payload, after] of ends)
      this.#state(name, {
        Type: 'Task',
        Resource: this.#arns.look,
        Parameters: { ...IDS, stop: [], action: 'end', step: name, ...payload },
        ResultPath: '$.look',
        Retry: RETRY,
        ...after,
      });
    this.#state(BROKEN, {
      Type: 'Fail',
      Error: 'JourneyFailed',
      Cause: 'A step failed; see $.error of the step before.',
    });
  }

  /** Begins with the step's place, so that names are apart even where they are cut. */
  #state(fullName: string, state: object): string {
    const name = fullName.slice(0, LONGEST_NAME);
    this.#states[name] = state;
    return name;
  }

  /** In the order of the steps; without the ends that this journey never comes to, which AWS refuses. */
  #reachable(first: string): Record<string, object> {
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      const { Next, Default, Choices = [], Catch = [] } = this.#states[name] as Transitions;
      for (const next of [...Choices, ...Catch].map((each) => each.Next)) visit(next);
      for (const next of [Next, Default]) if (next !== undefined) visit(next);
    };
    visit(first);
    return Object.fromEntries(
      Object.entries(this.#states)
        .filter(([name]) => seen.has(name))
        .reverse(),
    );
  }
}

interface Transitions {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}

const CATCH_ALL = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: FAILED }];

/** @example traitsOf({ 'lead.stage': 'nurtured' }) // { stage: 'nurtured' } */
const traitsOf = (set: Readonly<Record<string, string | number | boolean>>): object =>
  Object.fromEntries(Object.entries(set).map(([key, value]) => [key.replace(/^lead\./, ''), value]));
