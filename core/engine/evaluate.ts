import type { Blueprint } from './blueprint.ts';
import { contributionsOf } from './contributions.ts';
import type { Evaluation } from '../evaluation.ts';
import { sixDecimals } from './rounding.ts';
import type { Walk } from './walk.ts';

/** All that is told of a lead at `now`, whose walk has taken everything until then; it goes on from there, to the next change. */
export function evaluationOf(blueprint: Blueprint, walk: Walk, now: number): Evaluation {
  walk.widen();
  walk.passTo(now);
  if (walk.at === -Infinity) walk.begin(now);
  const { fold, reader } = walk;
  const numbers = reader.at(now);
  const scores = blueprint.scores.map((plan, n): [string, number | Record<string, number>] => {
    if (!plan.by) return [plan.name, sixDecimals(numbers[n] ?? 0)];
    const keys = (fold.sections[n] ?? []).filter(({ exists }) => exists);
    return [
      plan.name,
      Object.fromEntries(keys.map((section) => [section.key, sixDecimals(section.points(fold, now))])),
    ];
  });
  const total = sixDecimals(numbers[blueprint.scores.length] ?? 0);
  const standing = blueprint.standings.named(walk.place);
  const bandSince = walk.since;
  const contributions = contributionsOf(blueprint, fold, now);
  // Last, since it lets the time of this walk pass.
  const at = walk.next();
  return {
    at: now,
    ...standing,
    scores: Object.fromEntries(scores),
    total,
    bandSince,
    contributions,
    nextChange: at === null ? null : { at, ...blueprint.standings.named(walk.place) },
  };
}
