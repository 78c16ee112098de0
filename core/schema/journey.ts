import { z } from 'zod';

import { DAY, DURATION, durationMs } from '../duration.ts';
import { TopicName } from './mail-settings.ts';
import { Matcher } from './matcher.ts';
import { Duration } from './scalar.ts';

/** Journeys and emails become parts of keys, message tags and names of state machines. */
const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower case letters, digits and hyphens, at most 40');
const Bands = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** The lead is in one of these bands now. */
const InBand = z.strictObject({ band: Bands.describe('The lead is in one of these bands now.') });
/** It happened since the lead entered the journey; other keys are properties of the event. */
const Happened = z
  .object({
    event: Matcher.describe('It happened since the journey began; other keys are properties of the event.'),
  })
  .catchall(Matcher);

/** What an `if` and a `stop` may ask. */
export const JourneyCondition = z.union([InBand, Happened]);
export type JourneyCondition = z.infer<typeof JourneyCondition>;

export interface IfStep {
  readonly if: JourneyCondition;
  readonly then: readonly JourneyStep[];
  readonly else?: readonly JourneyStep[] | undefined;
}
export type JourneyStep = { readonly wait: string } | { readonly send: string } | IfStep;

const WaitStep = z.strictObject({ wait: Duration.describe('How long until the next step.') });
const SendStep = z.strictObject({ send: Name.describe('A mail: `trial` is emails/trial.mjml.') });
const Steps: z.ZodType<readonly JourneyStep[]> = z.lazy(() => z.array(JourneyStep).min(1));
const IfStep = z.strictObject({
  if: JourneyCondition.describe('`{ band: warm }`, or `{ event: Trial Started }` since the journey began.'),
  then: Steps.describe('The steps where it holds.'),
  else: Steps.optional().describe('The steps where it does not.'),
});

/** One step; each is a mapping with one verb. */
export const JourneyStep: z.ZodType<JourneyStep> = z.union([WaitStep, SendStep, IfStep]);

/** `journeys/<name>.yaml`. */
export const Journey = z.strictObject({
  journey: Name.describe('The name of the journey.'),
  about: z.string().optional().describe('What it is for, for people.'),
  topic: TopicName.optional().describe(
    'What its mails are about, where they do not say: one of `topics` in settings.yaml.',
  ),
  start: z
    .strictObject({ band: Bands.describe('One of these bands.') })
    .describe('When a lead begins: when it enters a band.'),
  stop: z
    .array(JourneyCondition)
    .optional()
    .describe(
      'Ends the journey before its next step. Being handed over, unsubscribing, complaining and a bounce always do.',
    ),
  again_after: Duration.optional().describe(
    'How long after the last time a lead may begin again; never, where it is left out.',
  ),
  steps: Steps.describe('What happens, one after the other: `wait`, `send`, `if`.'),
});
export type Journey = z.infer<typeof Journey>;

/** Where in a file, and what is wrong there; the reader of rules adds the line. */
export interface PathIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The nearest valid name is looked for among these. */
  readonly among?: readonly string[];
}

/** Verbs and keys that the language knows and this version does not carry out. */
const NOT_YET_STEPS = ['split', 'set', 'notify', 'webhook', 'handoff', 'exit'];
const NOT_YET_STARTS = ['group', 'grade', 'event', 'account', 'qualified', 'rejected'];
const NOT_YET_KEYS = ['for', 'hold_out', 'goal', 'goals', 'retired', 'once'];
const NOT_YET_CONDITIONS = [
  'score',
  'scores',
  'group',
  'grade',
  'qualified',
  'all',
  'any',
  'not',
  'inactive',
  'active_within',
  'rate',
];
const STEP_KINDS = { wait: WaitStep, send: SendStep } as const;
const STEP_VERBS = ['wait', 'send', 'if'];

type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const notYet = (what: string): string => `\`${what}\` is not built yet`;

const fromZod = (error: z.ZodError, path: PathIssue['path']): PathIssue[] =>
  error.issues.flatMap((issue): PathIssue[] => {
    const at = [...path, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...at, key], message: `unknown key \`${key}\`` }));
    return [{ path: at, message: issue.message }];
  });

const conditionIssues = (value: unknown, path: PathIssue['path']): PathIssue[] => {
  if (!isMapping(value)) return [{ path, message: 'must be a mapping with `band` or `event`' }];
  const later = Object.keys(value).filter(
    (key) => NOT_YET_CONDITIONS.includes(key) || (!('event' in value) && /^(lead|account)\./.test(key)),
  );
  if (later.length > 0) return later.map((key) => ({ path: [...path, key], message: notYet(key) }));
  const pathLike = Object.keys(value).find((key) => key.endsWith('.$'));
  if (pathLike !== undefined)
    return [
      {
        path: [...path, pathLike],
        message: 'a property that ends in `.$` means something else to Step Functions',
      },
    ];
  if ('event' in value) {
    const attribute = Object.keys(value).filter(
      (key) => /^(lead|account)\./.test(key) || key === 'at_least' || key === 'within',
    );
    if (attribute.length > 0)
      return attribute.map((key) => ({ path: [...path, key], message: notYet(`${key} in a journey`) }));
    const parsed = Happened.safeParse(value);
    return parsed.success ? [] : fromZod(parsed.error, path);
  }
  const parsed = InBand.safeParse(value);
  return parsed.success ? [] : fromZod(parsed.error, path);
};

const stepIssues = (step: unknown, path: PathIssue['path']): PathIssue[] => {
  if (!isMapping(step)) return [{ path, message: 'a step is a mapping such as `wait: 2d` or `send: trial`' }];
  const keys = Object.keys(step);
  const later = keys.filter((key) => NOT_YET_STEPS.includes(key));
  if (later.length > 0) return later.map((key) => ({ path: [...path, key], message: notYet(key) }));
  const verbs = keys.filter((key) => STEP_VERBS.includes(key));
  if (verbs.length === 0)
    return keys.map((key) => ({
      path: [...path, key],
      message: `unknown step \`${key}\``,
      among: STEP_VERBS,
    }));
  if (verbs.length > 1)
    return [{ path, message: `a step has one verb; this one has ${verbs.join(' and ')}` }];
  if ('if' in step) {
    const known = ['if', 'then', 'else'];
    return [
      ...conditionIssues(step.if, [...path, 'if']),
      ...('then' in step
        ? stepsIssues(step.then, [...path, 'then'])
        : [{ path, message: '`if` needs `then`' }]),
      ...('else' in step ? stepsIssues(step.else, [...path, 'else']) : []),
      ...keys
        .filter((key) => !known.includes(key))
        .map((key) => ({ path: [...path, key], message: `unknown key \`${key}\``, among: known })),
    ];
  }
  if (isMapping(step.wait)) return [{ path: [...path, 'wait'], message: notYet('wait until') }];
  const schema = 'wait' in step ? STEP_KINDS.wait : STEP_KINDS.send;
  const parsed = schema.safeParse(step);
  return parsed.success ? [] : fromZod(parsed.error, path);
};

/** A Standard execution of Step Functions ends after a year; some of it is left for retries. */
const LONGEST_DAYS = 350;

/** Milliseconds that the longest way through these steps waits; what is malformed waits for nothing. */
const longestWait = (steps: unknown): number =>
  (Array.isArray(steps) ? (steps as unknown[]) : []).reduce<number>((sum, step) => {
    if (!isMapping(step)) return sum;
    if (typeof step.wait === 'string' && DURATION.test(step.wait)) return sum + durationMs(step.wait);
    return sum + Math.max(longestWait(step.then), longestWait(step.else));
  }, 0);

const stepsIssues = (steps: unknown, path: PathIssue['path']): PathIssue[] =>
  Array.isArray(steps) && steps.length > 0
    ? steps.flatMap((step, index) => stepIssues(step, [...path, index]))
    : [{ path, message: 'must be a list of at least one step' }];

/**
 * Everything that is wrong with one journey file, step by step: a union's own message would name every kind of step
 * instead of the slip. An empty list means that `Journey.parse` takes it.
 */
export const journeyIssues = (value: unknown): PathIssue[] => {
  if (!isMapping(value))
    return [{ path: [], message: 'a journey is a mapping with `journey`, `start` and `steps`' }];
  const issues: PathIssue[] = [];
  const { steps, stop, start, ...rest } = value;
  for (const key of Object.keys(rest))
    if (NOT_YET_KEYS.includes(key)) issues.push({ path: [key], message: notYet(key) });
  const Rest = Journey.omit({ steps: true, stop: true, start: true });
  const parsed = Rest.safeParse(
    Object.fromEntries(Object.entries(rest).filter(([key]) => !NOT_YET_KEYS.includes(key))),
  );
  if (!parsed.success)
    issues.push(
      ...fromZod(parsed.error, []).map((issue) => ({ ...issue, among: Object.keys(Journey.shape) })),
    );
  if (isMapping(start)) {
    const later = Object.keys(start).filter((key) => NOT_YET_STARTS.includes(key));
    issues.push(...later.map((key) => ({ path: ['start', key], message: notYet(`start on ${key}`) })));
    if (later.length === 0) {
      const started = Journey.shape.start.safeParse(start);
      if (!started.success) issues.push(...fromZod(started.error, ['start']));
    }
  } else
    issues.push({ path: ['start'], message: 'must say when the journey starts: `start: { band: [warm] }`' });
  issues.push(...stepsIssues(steps, ['steps']));
  if (longestWait(steps) > LONGEST_DAYS * DAY)
    issues.push({ path: ['steps'], message: `its waits add up to more than ${LONGEST_DAYS} days` });
  if (stop !== undefined) {
    if (Array.isArray(stop))
      stop.forEach((condition, index) => issues.push(...conditionIssues(condition, ['stop', index])));
    else
      issues.push({ path: ['stop'], message: 'must be a list of conditions, each with `band` or `event`' });
  }
  return issues;
};

/** The bands and emails that a journey names, each with the place that names it, to be checked against what exists. */
export const journeyReferences = (
  journey: Journey,
): readonly {
  readonly kind: 'band' | 'email';
  readonly name: string;
  readonly path: PathIssue['path'];
}[] => {
  const found: { kind: 'band' | 'email'; name: string; path: PathIssue['path'] }[] = [];
  const bands = (value: string | readonly string[], path: PathIssue['path']): void => {
    if (typeof value === 'string') found.push({ kind: 'band', name: value, path });
    else value.forEach((name, index) => found.push({ kind: 'band', name, path: [...path, index] }));
  };
  const condition = (value: JourneyCondition, path: PathIssue['path']): void => {
    if (!('event' in value)) bands(value.band, [...path, 'band']);
  };
  const walk = (steps: readonly JourneyStep[], path: PathIssue['path']): void =>
    steps.forEach((step, index) => {
      const at = [...path, index];
      if ('send' in step) found.push({ kind: 'email', name: step.send, path: [...at, 'send'] });
      if ('if' in step) {
        condition(step.if, [...at, 'if']);
        walk(step.then, [...at, 'then']);
        walk(step.else ?? [], [...at, 'else']);
      }
    });
  bands(journey.start.band, ['start', 'band']);
  journey.stop?.forEach((value, index) => condition(value, ['stop', index]));
  walk(journey.steps, ['steps']);
  return found;
};
