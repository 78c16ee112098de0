import type { ScorePlan } from './blueprint.ts';
import type { Limit } from '../schema/scalar.ts';

export const held = ({ min = -Infinity, max = Infinity }: Limit, value: number): number =>
  Math.min(max, Math.max(min, value));

/**
 * Groups, the score's limit and manual points over what the rules give.
 * @param values by number of the rule
 * @param live the rules that may give something, by group and then by number, as `rankOf` orders them
 */
export function summed(
  { groups, groupOf, idle, limit }: ScorePlan,
  values: readonly number[],
  live: readonly number[],
  manual: number,
): number {
  let sum = 0;
  let group = 0;
  let current = -1;
  if (groups.length === 0) {
    for (const rule of live) sum += values[rule] ?? 0;
    return withManual(limit, sum, manual);
  }
  for (const rule of live) {
    const of = groupOf[rule] ?? groups.length;
    if (of !== current) {
      if (current >= 0) sum += heldIn(groups[current]?.limit, group);
      // A group in which nothing was awarded may still give something: its `min`.
      if (idle) for (let n = current + 1; n < of; n += 1) sum += heldIn(groups[n]?.limit, 0);
      group = 0;
      current = of;
    }
    if (of === groups.length) sum += values[rule] ?? 0;
    else group += values[rule] ?? 0;
  }
  if (current < groups.length) {
    if (current >= 0) sum += heldIn(groups[current]?.limit, group);
    if (idle) for (let n = current + 1; n < groups.length; n += 1) sum += heldIn(groups[n]?.limit, 0);
  }
  return withManual(limit, sum, manual);
}

function withManual(limit: Limit | undefined, sum: number, manual: number): number {
  const limited = limit ? held(limit, sum) : sum;
  if (manual === 0) return limited;
  return limit ? held(limit, limited + manual) : limited + manual;
}

const heldIn = (limit: Limit | undefined, value: number): number => (limit ? held(limit, value) : value);

/** Whether a group gives something where none of its rules does. */
export const givesIdle = (limit: Limit): boolean => held(limit, 0) !== 0;
