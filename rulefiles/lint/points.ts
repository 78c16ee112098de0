import { dateSpan } from '../../core/engine/dates.ts';
import { type Rule, type ScoreFile } from '../../core/schema/score.ts';
import { gapsOf } from './gaps.ts';
import { pointsOf } from './range.ts';
import { type Warn } from './warn.ts';

/** What is odd about one rule alone. @param now UTC milliseconds; without it no date is looked at */
export function ruleWarnings(
  rule: Rule,
  file: ScoreFile,
  path: readonly string[],
  now: number | undefined,
  warn: Warn,
): void {
  const { cap, group, review_by: review } = rule;
  const given = pointsOf(rule);
  const { min = -Infinity, max = Infinity } = (group !== undefined && file.groups?.[group]) || {};
  for (const { points, path: where } of given) {
    if (cap !== undefined && points * cap > 0 && Math.abs(points) > Math.abs(cap))
      warn([...path, ...where], `${points} points are more than the rule's cap of ${cap}`);
    if (points > max || points < min)
      warn([...path, ...where], `${points} points are more than the group \`${group}\` lets through`);
  }
  if (cap !== undefined && given.length > 0 && given.every(({ points }) => points * cap <= 0))
    warn(
      [...path, 'cap'],
      `a cap of ${cap} never holds a rule that gives ${given.map(({ points }) => points).join(', ')}`,
    );
  for (const [key, table] of Object.entries(rule.points_by ?? {})) {
    const lines = Array.isArray(table) ? table.map(([line]) => line) : Object.keys(table);
    for (const gap of gapsOf(lines)) warn([...path, 'points_by', key], gap);
  }
  const due = review === undefined ? null : dateSpan(review);
  if (due && now !== undefined && due.to <= now)
    warn([...path, 'review_by'], `was to be reviewed by ${review}`);
}
