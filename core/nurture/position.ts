import type { Journey } from '../schema/journey.ts';
import type { JourneyStep } from '../schema/journey-step.ts';
import { branchesOf, branchPrefix, stepId } from './parts.ts';

/**
 * Where a lead stands in a journey: at a step (`3.then.1`), through with it and on the way to what comes next
 * (`3.then.1+`), or before the first that is looked at (``).
 */
export type Position = string;

/** Leads that are on their way through one version of a journey. */
export interface Travellers {
  /** The ruleset that they started with, by its hash. */
  readonly version: string;
  /** As that ruleset has it. */
  readonly journey: Journey;
  /** How many stand where. */
  readonly at: Readonly<Record<Position, number>>;
}

/** The position of one who is through with a step. */
export const behind = (step: string): Position => `${step}+`;

/**
 * Whether a step may still come for a lead, or is where it stands. Which way a choice went is known only from the steps
 * inside that were come to: until then all of its ways are ahead.
 * @example isAhead('2', '3.then.1') // true
 * @example isAhead('3.else.1', '3.then.1') // false: it went the other way
 */
export const isAhead = (position: Position, step: string): boolean => {
  const through = position.endsWith('+');
  const here = through ? position.slice(0, -1) : position;
  if (here === '') return true;
  if (here === step) return !through;
  const [from, to] = [here.split('.'), step.split('.')];
  const differs = Array.from({ length: Math.max(from.length, to.length) }, (_, n) => n).find(
    (n) => from[n] !== to[n],
  );
  if (differs === undefined || to[differs] === undefined) return false;
  if (from[differs] === undefined) return true;
  // Places alternate: a number, then the way that leads inside.
  return differs % 2 === 0 && Number(to[differs]) > Number(from[differs]);
};

/** How many leads have this step ahead of them, or stand at it. */
export const howManyBefore = ({ at }: Pick<Travellers, 'at'>, step: string): number =>
  Object.entries(at).reduce((sum, [position, leads]) => sum + (isAhead(position, step) ? leads : 0), 0);

/** How many leads there are. */
export const howMany = ({ at }: Pick<Travellers, 'at'>): number =>
  Object.values(at).reduce((sum, leads) => sum + leads, 0);

/** The step at a place. @example stepAt(journey, '3.then.1') */
export const stepAt = (journey: Pick<Journey, 'steps'>, id: string): JourneyStep | null => {
  const look = (steps: readonly JourneyStep[], prefix: string): JourneyStep | null => {
    for (const [index, step] of steps.entries()) {
      const here = stepId(prefix, index);
      if (here === id) return step;
      if (!id.startsWith(`${here}.`)) continue;
      for (const [branch, inner] of branchesOf(step)) {
        const found = look(inner, branchPrefix(here, branch));
        if (found !== null) return found;
      }
    }
    return null;
  };
  return look(journey.steps, '');
};

/** Where a lead stands that was last looked at for this step. @param isSent whether the mail of a `send` is settled */
export const positionAt = (step: string, what: JourneyStep | null, isSent: boolean): Position => {
  if (what === null || 'wait' in what) return step;
  // All but mails, which are put off, happen as soon as they are come to.
  return 'send' in what && !isSent ? step : behind(step);
};
