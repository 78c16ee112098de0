import { uniform } from '../uniform.ts';

/** A range that holds the true value in 95 of 100 samples like this one. */
export type Interval = readonly [low: number, high: number];

/** Of the standard normal distribution: 95 of 100 lie within this many deviations. */
const Z = 1.959964;

/**
 * The Wilson score interval of a share: right also for few cases and for shares near 0 and 1, where the textbook's
 * interval is not.
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209–212;
 * recommended by Brown, Cai & DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001).
 * @returns null of none
 * @example wilson(8, 10) // about [0.490, 0.943]
 */
export function wilson(successes: number, of: number): Interval | null {
  if (of === 0) return null;
  const share = successes / of;
  const weight = 1 + Z ** 2 / of;
  const centre = (share + Z ** 2 / (2 * of)) / weight;
  const half = (Z / weight) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Draws of a bootstrap, fewer where the sample is large. */
const DRAWS = 1_000;
const WORK = 4_000_000;
/** The same sample always has the same interval. */
const SEED = 20_260_101;

/**
 * The percentile bootstrap: the sample is drawn from itself, with replacement, again and again; the middle 95 of 100 of
 * what a measure comes to is its interval. Draws for which the measure is not defined are left out.
 * Source: Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
 * @param measure of a sample; null where it is not defined
 * @returns null where there are too few to say
 */
export function bootstrap<T>(
  sample: readonly T[],
  measure: (drawn: readonly T[]) => number | null,
): Interval | null {
  if (sample.length < 2) return null;
  const random = uniform(SEED);
  const draws = Math.max(200, Math.min(DRAWS, Math.floor(WORK / sample.length)));
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const drawn = sample.map(() => sample[Math.floor(random() * sample.length)] as T);
    const value = measure(drawn);
    if (value !== null) found.push(value);
  }
  if (found.length < draws / 2) return null;
  found.sort((a, b) => a - b);
  const at = (share: number): number =>
    found[Math.min(found.length - 1, Math.floor(share * found.length))] ?? 0;
  return [at(0.025), at(0.975)];
}
