import { durationMs } from '../duration.ts';
import type { Rule } from '../schema/score.ts';

/** What `points` earned `ageMs` ago are worth now, unrounded.
 *  @param halfLifeMs Infinity never decays
 *  @example halved(40, 14 * DAY, 14 * DAY) // 20 */
export const halved = (points: number, ageMs: number, halfLifeMs: number): number =>
  points * 2 ** (-ageMs / halfLifeMs);

/** The share that is left of an award that loses the same each day; 0 from its end on.
 *  @param lifeMs the age at which nothing is left
 *  @example faded(15 * DAY, 60 * DAY) // 0.75 */
export const faded = (ageMs: number, lifeMs: number): number => (ageMs >= lifeMs ? 0 : 1 - ageMs / lifeMs);

/** How the awards of a rule lose worth. */
export interface Decay {
  readonly kind: 'none' | 'half-life' | 'fade';
  /** The half-life, or the age at which nothing is left. */
  readonly ms: number;
}

export function decayOf({ half_life, fade }: Pick<Rule, 'half_life' | 'fade'>): Decay {
  if (half_life !== undefined) return { kind: 'half-life', ms: durationMs(half_life) };
  if (fade) return { kind: 'fade', ms: (durationMs(fade.every) * 100) / fade.percent };
  return { kind: 'none', ms: Infinity };
}

/** The share of an award that is left at an age. */
export function left(decay: Decay, ageMs: number): number {
  switch (decay.kind) {
    case 'none':
      return 1;
    case 'half-life':
      return halved(1, ageMs, decay.ms);
    case 'fade':
      return faded(ageMs, decay.ms);
    default:
      return decay.kind satisfies never;
  }
}
