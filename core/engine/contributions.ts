import type { Blueprint } from './blueprint.ts';
import type { Contribution } from '../evaluation.ts';
import type { Fold } from './fold.ts';
import { sixDecimals } from './rounding.ts';

/** What each rule gives a lead at an instant, rule by rule and key by key; only what is not 0. */
export function contributionsOf(blueprint: Blueprint, fold: Fold, now: number): Contribution[] {
  const found: Contribution[] = [];
  blueprint.scores.forEach((plan, score) => {
    for (const section of fold.sections[score] ?? [])
      plan.rules.forEach(({ name, why }, rule) => {
        const points = sixDecimals(section.value(rule, fold, now));
        if (points === 0) return;
        const key = plan.by ? { key: section.key } : {};
        found.push({ rule: name, score: plan.name, ...key, points, why, events: [...section.ids(rule)] });
      });
  });
  return found;
}
