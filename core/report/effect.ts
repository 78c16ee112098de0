import { type Interval, wilson } from '../impact/certainty.ts';
import type { JourneyCounts } from '../view/journey.ts';

/** How many of some leads qualified after they began, or would have begun. */
export interface Converted {
  readonly leads: number;
  readonly qualified: number;
  /** Null of nobody. */
  readonly share: number | null;
  /** Holds the true share in 95 of 100 such groups; null of nobody. */
  readonly interval: Interval | null;
}

/** What a journey is good for: those who took it beside those who were held out. */
export interface JourneyEffect {
  readonly journey: string;
  readonly taken: Converted;
  readonly heldOut: Converted;
  /** By how much more of those who took it qualified; null until both groups have somebody. */
  readonly difference: { readonly share: number; readonly interval: Interval } | null;
}

const convertedOf = ({ leads, qualified }: JourneyCounts['effect']['taken']): Converted => ({
  leads,
  qualified,
  share: leads === 0 ? null : qualified / leads,
  interval: wilson(qualified, leads),
});

/**
 * The effect of a journey that holds a share of its leads out.
 * The interval of the difference is Newcombe's, made of Wilson's of the two shares: right also for few leads and shares
 * near 0. Source: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
 * Medicine 17 (1998), 873–890, method 10.
 * @example effectOf('warm-up', { taken: { leads: 70, qualified: 56 }, heldOut: { leads: 80, qualified: 48 } })
 *   .difference // 0.2, [0.0524, 0.3339]
 */
export const effectOf = (journey: string, { taken, heldOut }: JourneyCounts['effect']): JourneyEffect => {
  const [one, other] = [convertedOf(taken), convertedOf(heldOut)];
  return { journey, taken: one, heldOut: other, difference: differenceOf(one, other) };
};

const differenceOf = (one: Converted, other: Converted): JourneyEffect['difference'] => {
  if (one.share === null || other.share === null || one.interval === null || other.interval === null)
    return null;
  const share = one.share - other.share;
  const low = Math.hypot(one.share - one.interval[0], other.interval[1] - other.share);
  const high = Math.hypot(one.interval[1] - one.share, other.share - other.interval[0]);
  return { share, interval: [share - low, share + high] };
};
