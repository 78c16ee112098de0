import type { Blueprint } from './blueprint.ts';

/**
 * By score, and by number of a rule of one ruleset, its number in another, so that what the one remembers of a lead can
 * be taken over by the other; -1: it is not there. Null where they differ in more than rules of events.
 */
export function numbersIn(from: Blueprint, to: Blueprint): (readonly number[])[] | null {
  if (from.tails.length !== to.tails.length || from.scores.length !== to.scores.length) return null;
  const numbers: number[][] = [];
  for (const [n, { name, rules }] of from.scores.entries()) {
    const other = to.scores[n];
    if (other?.name !== name) return null;
    const known = new Map(other.rules.map((rule, number) => [rule.name, number]));
    numbers.push(rules.map((rule) => known.get(rule.name) ?? -1));
  }
  return numbers;
}
