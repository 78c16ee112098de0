import type { RulePlan } from './blueprint.ts';
import type { Run } from './run.ts';
import { capped, isOpen, pointsOf, type Reading, repeated, valueOf } from './value.ts';

/** Between what a rule's value stays. */
export interface Bounds {
  low: number;
  high: number;
}

/** What a rule gives at the beginning of a span, and when that next changes with a jump. */
interface Now {
  readonly value: number;
  readonly due: number;
}

/** A span of time, both ends included; UTC milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Whether nothing jumps in it and nothing more is heard. */
  readonly alone: boolean;
}

/**
 * Sets between what a rule stays over a span, whatever ends in it.
 * @returns whether that holds whatever else is heard
 */
export function bound(
  into: Bounds,
  rule: RulePlan,
  run: Run | undefined,
  reading: Reading,
  { value, due }: Now,
  span: Span,
): boolean {
  into.low = into.high = value;
  if (rule.truth) return boundTruth(into, rule, reading, { value, due }, span);
  if (!run || !isOpen(rule, reading)) return false;
  const points = pointsOf(rule, reading);
  if (points === 0) return false;
  const { from, to } = span;
  if (due <= to) {
    // What ends takes the value toward 0, unless points of both signs are in it.
    into.low = rule.steady ? Math.min(0, value) : -Infinity;
    into.high = rule.steady ? Math.max(0, value) : Infinity;
  } else if (run.mixed) {
    const x = capped(rule, points * (run.part(from, 1) + run.part(to, -1)));
    const y = capped(rule, points * (run.part(to, 1) + run.part(from, -1)));
    into.low = Math.min(x, y);
    into.high = Math.max(x, y);
  } else if (run.fades) {
    const then = valueOf(rule, run, reading, to);
    into.low = Math.min(value, then);
    into.high = Math.max(value, then);
  }
  return false;
}

function boundTruth(
  into: Bounds,
  rule: RulePlan,
  reading: Reading,
  { value, due }: Now,
  { from, to, alone }: Span,
): boolean {
  const { truth, repeat } = rule;
  if (!truth?.timed) return false;
  if (alone) {
    if (!repeat || value === 0) return false;
    const then = repeated(rule, reading, to);
    into.low = Math.min(value, then);
    into.high = Math.max(value, then);
    return false;
  }
  // Once the lead has just been active, more activity only puts off what is due.
  if (!repeat && due > to) return !truth.asksTails && reading.activity.newest(from) === from;
  // Inactivity costs no more than it would if it lasted to the end.
  const most = repeated(rule, reading, to);
  into.low = Math.min(0, value, most);
  into.high = Math.max(0, value, most);
  return true;
}
