import { durationMs } from '../duration.ts';
import { eventMatches, attributeTest } from '../engine/match.ts';
import type { AttributeView } from '../engine/match.ts';
import { matcher } from '../engine/matcher.ts';
import type { MatcherInput } from '../engine/matcher.ts';
import { wholePoints } from '../engine/rounding.ts';
import type { Evaluation } from '../evaluation.ts';
import type { LeadEvent } from '../event.ts';
import type { JourneyCondition, SinceCondition, StandsCondition } from '../schema/journey-condition.ts';

/** What a condition of a journey looks at. */
export interface JourneyView {
  /** The lead as it stands now. */
  readonly standing: Pick<Evaluation, 'band' | 'group' | 'grade' | 'qualified' | 'scores' | 'total'>;
  readonly attributes: AttributeView;
  /** The lead's events since it entered, any order, copies allowed. */
  readonly events: readonly LeadEvent[];
  /** UTC milliseconds. */
  readonly now: number;
}

/** Whether the condition holds; suspected events (bots, mail scanners) count for nothing. */
export const conditionHolds = (condition: JourneyCondition, view: JourneyView): boolean => {
  if ('all' in condition)
    return (condition.all as readonly JourneyCondition[]).every((one) => conditionHolds(one, view));
  if ('any' in condition)
    return (condition.any as readonly JourneyCondition[]).some((one) => conditionHolds(one, view));
  if ('not' in condition) return !conditionHolds(condition.not as JourneyCondition, view);
  return 'event' in condition ? hasHappened(condition, view) : standsSo(condition, view);
};

const hasHappened = (condition: SinceCondition, { events, attributes, now }: JourneyView): boolean => {
  const { at_least: atLeast = 1, within, ...event } = condition;
  if (attributeTest(event)?.(attributes) === false) return false;
  const from = within === undefined ? -Infinity : now - durationMs(within);
  const seen = new Set<string>();
  for (const one of events) {
    if (one.suspected !== undefined || one.occurredAt <= from || !eventMatches(event, one)) continue;
    seen.add(one.id);
    if (seen.size >= atLeast) return true;
  }
  return false;
};

const isOneOf = (wanted: string | readonly string[] | undefined, is: string | null): boolean =>
  wanted === undefined || (is !== null && [wanted].flat().includes(is));

const standsSo = (condition: StandsCondition, { standing, attributes }: JourneyView): boolean =>
  isOneOf(condition.band, standing.band) &&
  isOneOf(condition.group, standing.group) &&
  isOneOf(condition.grade, standing.grade) &&
  (condition.qualified === undefined || condition.qualified === standing.qualified) &&
  Object.entries(condition.score ?? {}).every(([score, test]) =>
    matcher(test as MatcherInput)(pointsOf(standing, score)),
  ) &&
  attributeTest({ ...condition })?.(attributes) !== false;

/** Whole points, as thresholds compare them; a keyed score counts as its highest key. */
const pointsOf = ({ scores, total }: JourneyView['standing'], score: string): number => {
  const points = score === 'total' ? total : (scores[score] ?? 0);
  return wholePoints(typeof points === 'number' ? points : Math.max(0, ...Object.values(points)));
};
