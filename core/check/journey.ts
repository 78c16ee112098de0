import {
  AccountStart,
  BandStart,
  GradeStart,
  GroupStart,
  Journey,
  RejectedStart,
} from '../schema/journey.ts';
import { AttributeCondition, EventCondition } from '../schema/condition.ts';
import { Duration } from '../schema/scalar.ts';
import { STEP_VERBS, STEPS, WaitFor, WaitUntil, WEEKDAYS } from '../schema/journey-step.ts';
import { journeyConditionProblems, pathKeyProblems } from './journey-condition.ts';
import type { Path, Report } from './issues.ts';
import { shapeProblems } from './shape.ts';

type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const STARTS = {
  band: BandStart,
  group: GroupStart,
  grade: GradeStart,
  account: AccountStart,
  qualified: RejectedStart,
} as const;

/**
 * Everything that is wrong with the shape of one journey file, told where it stands: a union's own message would name
 * every kind of step instead of the slip. Nothing is reported just where `Journey.parse` takes it and it means something.
 */
export function journeyProblems(value: unknown, report: Report): void {
  if (!isMapping(value)) {
    report([], 'a journey is a mapping with `journey`, `start` and `steps`');
    return;
  }
  const { start, stop, goal, steps, for: segment, ...rest } = value;
  shapeProblems(
    Journey.omit({ start: true, stop: true, goal: true, steps: true, for: true }),
    rest,
    (path, message, wrong, among = []) => {
      report(path, message, wrong, [...among, ...Object.keys(Journey.shape)]);
    },
  );
  if (value.once !== undefined && value.again_after !== undefined)
    report(['once'], '`once` and `again_after` exclude each other');
  startProblems(start, report);
  if (segment !== undefined) {
    shapeProblems(AttributeCondition, segment, report, ['for']);
    if (isMapping(segment) && Object.keys(segment).length === 0)
      report(['for'], 'needs at least one attribute, such as `lead.country: DK`');
  }
  if (stop !== undefined) {
    if (Array.isArray(stop))
      stop.forEach((one, n) => {
        journeyConditionProblems(one, ['stop', n], report);
      });
    else report(['stop'], 'must be a list of conditions, such as `- { band: hot }`');
  }
  if (Array.isArray(goal)) {
    if (goal.length === 0) report(['goal'], 'must not be empty');
    goal.forEach((one, n) => {
      journeyConditionProblems(one, ['goal', n], report);
    });
  } else if (goal !== undefined) journeyConditionProblems(goal, ['goal'], report);
  stepsProblems(steps, ['steps'], report);
  pathKeyProblems({ stop, goal, steps }, [], report);
}

function startProblems(start: unknown, report: Report): void {
  const kinds = [...Object.keys(STARTS), 'event'];
  if (!isMapping(start)) {
    report(['start'], 'must say when the journey starts: `start: { band: [warm] }`');
    return;
  }
  if ('event' in start) {
    for (const key of ['at_least', 'within'])
      if (key in start) report(['start', key], 'a journey starts at each event; it counts none before it');
    shapeProblems(EventCondition, start, report, ['start']);
    return;
  }
  const kind = (Object.keys(STARTS) as (keyof typeof STARTS)[]).find((key) => key in start);
  if (kind === undefined) {
    const [first] = Object.keys(start);
    report(
      first === undefined ? ['start'] : ['start', first],
      `a journey starts on one of ${kinds.join(', ')}`,
      first,
      kinds,
    );
    return;
  }
  const [, second] = kinds.filter((each) => each in start);
  if (second !== undefined) {
    report(
      ['start', second],
      `a journey starts on one thing; this one has ${kind} and ${second}: ask for the second by an \`if\``,
    );
    return;
  }
  shapeProblems(STARTS[kind], start, report, ['start']);
  if (kind === 'account' && isMapping(start.account)) {
    const turns = Object.keys(start.account);
    if (turns.length !== 1)
      report(['start', 'account'], 'must be one of `{ band: [surging] }` and `{ qualified: true }`');
  }
}

/** What is wrong with a list of steps, and with those inside them. */
export function stepsProblems(steps: unknown, path: Path, report: Report): void {
  if (!Array.isArray(steps) || steps.length === 0) {
    report(path, 'must be a list of at least one step');
    return;
  }
  steps.forEach((step, n) => {
    stepProblems(step, [...path, n], report);
  });
}

function stepProblems(step: unknown, path: Path, report: Report): void {
  if (!isMapping(step)) {
    report(path, `a step is a mapping such as \`wait: 2d\` or \`send: trial\`${colonMissing(step)}`);
    return;
  }
  const keys = Object.keys(step);
  const verbs = STEP_VERBS.filter((verb) => verb in step);
  const [verb] = verbs;
  if (verb === undefined) {
    if (keys.length === 0) report(path, 'a step needs a verb, such as `wait: 2d`');
    for (const key of keys)
      report(
        [...path, key],
        `unknown step \`${key}\`; a step is one of ${STEP_VERBS.join(', ')}`,
        key,
        STEP_VERBS,
      );
    return;
  }
  if (verbs.length > 1) {
    report(
      path,
      `a step has one verb; this one has ${verbs.join(' and ')}: each begins with a hyphen of its own`,
    );
    return;
  }
  if (verb === 'if') ifProblems(step, path, report);
  else if (verb === 'split') splitProblems(step, path, report);
  else if (verb === 'wait' && isMapping(step.wait)) waitProblems(step.wait, path, report);
  else if (verb === 'wait') shapeProblems(Duration, step.wait, report, [...path, 'wait']);
  else shapeProblems(STEPS[verb], step, report, path);
  if (verb === 'wait') strayKeys(step, ['wait'], path, report);
  if (verb === 'set' && isMapping(step.set) && Object.keys(step.set).length === 0)
    report([...path, 'set'], 'must name an attribute, such as `lead.stage: nurtured`');
}

/** `send trial` in place of `send: trial`. */
const colonMissing = (step: unknown): string => {
  const [verb = '', ...rest] = typeof step === 'string' ? step.trim().split(/\s+/) : [];
  if (!(STEP_VERBS as readonly string[]).includes(verb)) return '';
  return `; this one should be \`${verb}: ${rest.join(' ') || (verb === 'exit' || verb === 'handoff' ? 'true' : '…')}\``;
};

function waitProblems(wait: Mapping, path: Path, report: Report): void {
  const at = [...path, 'wait'];
  if ('until' in wait) {
    const { weekday = 'mon' } = isMapping(wait.until) ? wait.until : {};
    const wrong = [weekday].flat().find((day) => !(WEEKDAYS as readonly unknown[]).includes(day));
    if (wrong === undefined) shapeProblems(WaitUntil, wait, report, at);
    else
      report(
        [...at, 'until', 'weekday'],
        `a weekday is one of ${WEEKDAYS.join(', ')}`,
        typeof wrong === 'string' ? wrong.slice(0, 3).toLowerCase() : undefined,
        WEEKDAYS,
      );
  } else if ('for' in wait) {
    if (!('timeout' in wait)) report([...at, 'for'], '`for` needs `timeout`: how long to wait at most');
    else shapeProblems(Duration, wait.timeout, report, [...at, 'timeout']);
    if (!isMapping(wait.for) || !('event' in wait.for))
      report([...at, 'for'], 'must be an event, such as `{ event: Trial Started }`');
    else shapeProblems(WaitFor.shape.for, wait.for, report, [...at, 'for']);
    strayKeys(wait, ['for', 'timeout'], at, report);
  } else
    report(
      at,
      'must be a duration, `{ until: { weekday: tue, at: "09:00" } }` or `{ for: …, timeout: 14d }`',
    );
}

function ifProblems(step: Mapping, path: Path, report: Report): void {
  journeyConditionProblems(step.if, [...path, 'if'], report);
  if ('then' in step) stepsProblems(step.then, [...path, 'then'], report);
  else report(path, '`if` needs `then`');
  if ('else' in step) stepsProblems(step.else, [...path, 'else'], report);
  strayKeys(step, ['if', 'then', 'else'], path, report);
}

function splitProblems(step: Mapping, path: Path, report: Report): void {
  const { split, then } = step;
  shapeProblems(STEPS.split.shape.split, split, report, [...path, 'split']);
  const shares = isMapping(split) ? Object.entries(split) : [];
  if (isMapping(split) && shares.length < 2) report([...path, 'split'], 'must have at least two ways');
  const sum = shares.reduce(
    (total, [, share]) => total + Math.round(Number.parseFloat(String(share)) * 100),
    0,
  );
  if (shares.length > 1 && Number.isFinite(sum) && sum !== 10_000)
    report([...path, 'split'], `its shares add up to ${sum / 100}%, and must to 100%`);
  if (!isMapping(then))
    report(path, '`split` needs `then`: the steps of each way, such as `{ short: [{ send: trial }] }`');
  else
    for (const [way, steps] of Object.entries(then)) {
      const names = shares.map(([name]) => name);
      if (!names.includes(way)) report([...path, 'then', way], `\`split\` has no way \`${way}\``, way, names);
      stepsProblems(steps, [...path, 'then', way], report);
    }
  strayKeys(step, ['split', 'then'], path, report);
}

const strayKeys = (value: Mapping, known: readonly string[], path: Path, report: Report): void => {
  for (const key of Object.keys(value))
    if (!known.includes(key)) report([...path, key], `unknown key \`${key}\``, key, known);
};
