import type { RulePlan } from './blueprint.ts';
import type { Run } from './run.ts';
import type { Facts } from './truth.ts';

/** What rules read beside their own events. */
export interface Reading extends Facts {
  /** Points that come from attributes, by their number. */
  readonly factors: readonly number[];
  /** Whether there was activity since all was settled, and anything that conditions count. */
  readonly wasActive: boolean;
  readonly wasTold: boolean;
  /** The same since it was last bounded. */
  readonly isActive: boolean;
  readonly isTold: boolean;
}

/** What one rule gives at an instant, after its cap. @param run what an event rule remembers, if it heard of anything */
export function valueOf(rule: RulePlan, run: Run | undefined, reading: Reading, now: number): number {
  if (rule.truth) {
    if (!rule.truth.holds(reading, now)) return 0;
    return repeated(rule, reading, now);
  }
  if (!run || !isOpen(rule, reading)) return 0;
  return capped(rule, times(pointsOf(rule, reading), run.units(now)));
}

/** The attributes beside a rule's event hold. */
export const isOpen = ({ gate }: RulePlan, { flags }: Reading): boolean => gate < 0 || flags[gate] === true;

/** What one unit is worth. */
export function pointsOf({ worth, factor }: RulePlan, { factors }: Reading): number {
  if (worth.kind === 'fixed') return worth.points;
  return worth.kind === 'property' ? 1 : (factors[factor] ?? 0);
}

export function capped({ cap }: RulePlan, value: number): number {
  if (cap === null) return value;
  return cap > 0 ? Math.min(cap, value) : Math.max(cap, value);
}

/** No points are no points, however often. */
const times = (points: number, units: number): number => (points === 0 || units === 0 ? 0 : points * units);

/** What a condition that is true gives; inactivity as often as it has come round. */
export function repeated(rule: RulePlan, reading: Reading, now: number): number {
  return capped(rule, times(pointsOf(rule, reading), repeats(rule, reading, now)));
}

/** How often inactivity has cost its points. */
function repeats({ repeat }: RulePlan, { activity }: Reading, now: number): number {
  const since = repeat && activity.since(now);
  if (repeat === null || since === null) return 1;
  const over = now - since - repeat.afterMs;
  return over < 0 ? 0 : 1 + Math.floor(over / repeat.everyMs);
}
