import type { Engine } from '../../core/engine/compile.ts';
import type { Contribution, Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Adjusted } from '../../core/explain/adjusted.ts';
import type { History } from '../../core/history.ts';
import type { WeekChange, WeekView } from '../../core/view/lead.ts';

const WEEK = 7 * 86_400_000;
/** What is told of a week. */
const TOLD = 8;
/** Less than this is no change that a person sees. */
const LEAST = 0.5;

/** What moved a lead's score in the last seven days, the largest first; under the rules of now, then and now. */
export const weekOf = (
  engine: Engine,
  history: History,
  evaluation: Evaluation,
  adjustments: readonly Adjusted[],
): WeekView => {
  const since = evaluation.at - WEEK;
  const then = engine.evaluate(history, since);
  const isNew = history.events.every(({ occurredAt }) => occurredAt > since);
  const changes = [...ruleChanges(then, evaluation, history.events, since), ...byHand(adjustments, since)];
  return {
    since,
    isNew,
    total: then.total,
    band: then.band,
    changes: changes
      .filter(({ points }) => Math.abs(points) >= LEAST)
      .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
      .slice(0, TOLD),
  };
};

const nameOf = ({ score, rule, key }: Contribution): string => JSON.stringify([score, rule, key]);

const ruleChanges = (
  then: Evaluation,
  now: Evaluation,
  events: readonly LeadEvent[],
  since: number,
): readonly WeekChange[] => {
  const before = new Map(then.contributions.map((each) => [nameOf(each), each]));
  const after = new Map(now.contributions.map((each) => [nameOf(each), each]));
  const late = new Set(events.filter(({ occurredAt }) => occurredAt > since).map(({ id }) => id));
  return [...new Map([...before, ...after])].map(([name, { score, rule, key }]) => ({
    score,
    rule,
    key: key ?? null,
    points: (after.get(name)?.points ?? 0) - (before.get(name)?.points ?? 0),
    events: after.get(name)?.events.filter((id) => late.has(id)).length ?? 0,
    by: null,
  }));
};

/** Points given or taken this week, and those that ended in it. */
const byHand = (adjustments: readonly Adjusted[], since: number): readonly WeekChange[] =>
  adjustments.flatMap(({ at, until, counts, score, key, points, by, why }) => {
    const began = at > since;
    const ended = !counts && until !== null && until > since;
    if (began === ended) return [];
    return [{ score, rule: why, key, points: began ? points : -points, events: 0, by }];
  });
