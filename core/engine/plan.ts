import { type Decay, decayOf } from './decay.ts';
import { durationMs } from '../duration.ts';
import type { Expiry } from './retention.ts';
import type { Rule } from '../schema/score.ts';

/** Only so many newest values of `distinct` count. */
export const DISTINCT_VALUES = 1000;

/** Steps 2 to 5 of an event rule, compiled. */
export interface Plan {
  /** 0: every event. */
  readonly oncePerMs: number;
  readonly distinct: boolean;
  /** 1: every event. */
  readonly every: number;
  readonly burst: { readonly count: number; readonly withinMs: number } | null;
  readonly withinMs: number;
  readonly decay: Decay;
  readonly expiry: Expiry;
  readonly retained: boolean;
  /** Null: every kept event is an award. Else one award, dated at the newest, worth this for so many kept events. */
  readonly worth: ((kept: number) => number) | null;
  /** How many kept events can make a difference to `worth`. */
  readonly enough: number;
}

export function planOf(rule: Rule, expiry: Expiry, retained: boolean): Plan {
  const steps = Object.entries(rule.steps ?? {}).map(([from, points]): [number, number] => [
    Number(from),
    points,
  ]);
  const enough = rule.once ? 1 : (rule.at_least ?? Math.max(0, ...steps.map(([from]) => from)));
  const worth = rule.steps
    ? (kept: number): number => steps.reduce((sum, [from, points]) => (kept >= from ? sum + points : sum), 0)
    : (kept: number): number => (kept >= enough ? 1 : 0);
  return {
    oncePerMs: rule.once_per === undefined ? 0 : durationMs(rule.once_per),
    distinct: rule.distinct !== undefined,
    every: typeof rule.every === 'number' ? rule.every : 1,
    burst: rule.burst ? { count: rule.burst.count, withinMs: durationMs(rule.burst.within) } : null,
    withinMs: rule.within === undefined ? Infinity : durationMs(rule.within),
    decay: decayOf(rule),
    expiry,
    retained,
    worth: enough > 0 ? worth : null,
    enough,
  };
}
