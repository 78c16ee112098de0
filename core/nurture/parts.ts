import { DAY, durationMs, HOUR } from '../duration.ts';
import type { Journey } from '../schema/journey.ts';
import type { JourneyCondition } from '../schema/journey-condition.ts';
import type { JourneyStep, Wait } from '../schema/journey-step.ts';

/** The conditions of `goal`, of which any is enough. */
export const goalsOf = ({ goal }: Pick<Journey, 'goal'>): readonly JourneyCondition[] =>
  goal === undefined ? [] : [goal].flat();

/** The lists of steps inside a step, each with its place in the file. */
export const branchesOf = (
  step: JourneyStep,
): readonly (readonly [path: readonly string[], steps: readonly JourneyStep[]])[] => {
  if ('if' in step)
    return [[['then'], step.then], ...(step.else === undefined ? [] : ([[['else'], step.else]] as const))];
  if ('split' in step)
    return Object.entries(step.then).map(([way, steps]) => [['then', way], steps] as const);
  return [];
};

/** Whether it writes to people, so that a lead without an address has nothing of it. */
export const sendsMail = (steps: readonly JourneyStep[]): boolean =>
  steps.some((step) => 'send' in step || branchesOf(step).some(([, inner]) => sendsMail(inner)));

/** The place of a step in its journey, which names it. @example stepId('3.then.', 0) // '3.then.1' */
export const stepId = (prefix: string, index: number): string => `${prefix}${index + 1}`;

/** What precedes the ids of the steps inside a step. @example branchPrefix('3', ['then', 'a']) // '3.a.' */
export const branchPrefix = (id: string, branch: readonly string[]): string =>
  `${id}.${branch.at(-1) ?? ''}.`;

/** The most that a wait takes, ms: a time of the week is a week away at most, and the hour that clocks are set by. */
export const longestWait = (wait: Wait): number => {
  if (typeof wait === 'string') return durationMs(wait);
  return 'until' in wait ? 7 * DAY + HOUR : durationMs(wait.timeout);
};

/** The most that any way through these steps waits, ms. */
export const longestWay = (steps: readonly JourneyStep[]): number =>
  steps.reduce(
    (sum, step) =>
      sum +
      ('wait' in step
        ? longestWait(step.wait)
        : Math.max(0, ...branchesOf(step).map(([, inner]) => longestWay(inner)))),
    0,
  );
