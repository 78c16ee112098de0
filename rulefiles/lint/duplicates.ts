import { type CheckIssue } from '../../core/check/check.ts';
import { type Rule, type ScoreFile } from '../../core/schema/score.ts';

/** What a rule asks for, whatever it gives: conditions alike are the same text. */
function asked({ when, points_by, ...rule }: Rule): string {
  const { distinct, once_per, once, at_least, steps, every, burst, within, half_life, fade, active } = rule;
  return JSON.stringify([
    sorted(when ?? null),
    Object.keys(points_by ?? {}),
    ...[distinct, once_per, once, at_least, steps && Object.keys(steps), every, burst],
    // points that last a week and points that last a year are two things to say of one event
    ...[within, half_life, fade, active],
  ]);
}

/** The same, with the keys of mappings in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Two rules of one score that ask the same, in the same way, count one thing twice. */
export function sameConditions(scores: Readonly<Record<string, ScoreFile>>): CheckIssue[] {
  const seen = new Map<string, string>();
  return Object.entries(scores).flatMap(([name, { score, rules }]) =>
    Object.entries(rules).flatMap(([rule, said]): CheckIssue[] => {
      const key = `${score} ${asked(said)}`;
      const other = seen.get(key);
      if (other === undefined) {
        seen.set(key, rule);
        return [];
      }
      const message = `\`${rule}\` has the same condition as \`${other}\``;
      return [{ file: `scores/${name}.yaml`, path: ['rules', rule], message }];
    }),
  );
}
