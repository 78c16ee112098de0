import { matcher } from '../engine/matcher.ts';
import type { MatcherInput } from '../engine/matcher.ts';
import { branchesOf } from '../nurture/parts.ts';
import type { Journey } from '../schema/journey.ts';
import type { JourneyCondition } from '../schema/journey-condition.ts';
import type { JourneyStep } from '../schema/journey-step.ts';
import type { Path, Report } from './issues.ts';

/**
 * Walks every way to a mail, and tells of those that only leads without consent can go: nothing would ever be sent to
 * them. Whoever else has given none is passed over when the mail is due.
 */
export function consentProblems(journey: Journey, report: Report): void {
  const { start, for: segment, steps } = journey;
  const without = (segment !== undefined && lacks(segment)) || ('event' in start && lacks(start));
  walk(steps, ['steps'], without, report);
}

const walk = (steps: readonly JourneyStep[], path: Path, without: boolean, report: Report): void => {
  steps.forEach((step, index) => {
    const at = [...path, index];
    if ('send' in step && without)
      report(
        [...at, 'send'],
        'only leads without consent come to this mail; settings.yaml lets nobody be written to without',
      );
    for (const [branch, inner] of branchesOf(step)) {
      const turns = 'if' in step && (branch[0] === 'then' ? needsNone(step.if) : needsSome(step.if));
      walk(inner, [...at, ...branch], without || turns, report);
    }
  });
};

/** Whether a condition holds for leads without consent alone. */
const needsNone = (condition: JourneyCondition): boolean => {
  if ('all' in condition) return (condition.all as readonly JourneyCondition[]).some(needsNone);
  if ('any' in condition) return (condition.any as readonly JourneyCondition[]).every(needsNone);
  if ('not' in condition) return needsSome(condition.not as JourneyCondition);
  return lacks(condition);
};

/** Whether a condition holds for all leads with consent, so that those for whom it does not have none. */
const needsSome = (condition: JourneyCondition): boolean => {
  if ('any' in condition) return (condition.any as readonly JourneyCondition[]).some(needsSome);
  if ('all' in condition) return (condition.all as readonly JourneyCondition[]).every(needsSome);
  if ('not' in condition) return needsNone(condition.not as JourneyCondition);
  const keys = Object.entries(condition);
  return keys.length === 1 && keys[0]?.[0] === 'lead.consent' && keys[0][1] === 'exists';
};

const lacks = (condition: object): boolean => {
  const wanted = (condition as Readonly<Record<string, unknown>>)['lead.consent'];
  if (wanted === undefined) return false;
  // A consent has three parts: no plain value is one.
  return !matcher(wanted as MatcherInput)([{ purpose: 'nurture' }]);
};
