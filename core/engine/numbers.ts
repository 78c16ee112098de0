import type { Blueprint } from './blueprint.ts';
import type { Span } from './bounds.ts';
import type { Fold } from './fold.ts';

/** The numbers that thresholds look at: by score, the total last; unrounded. */
export type Numbers = Float64Array;

/** Reads scores and totals off a settled fold, at instants and over spans. What it returns is overwritten by the next call. */
export class Reader {
  readonly #blueprint: Blueprint;
  readonly #fold: Fold;
  readonly #low: Numbers;
  readonly #high: Numbers;
  // Of each score the sum of its keys.
  readonly #lowSums: Float64Array;
  readonly #highSums: Float64Array;

  constructor(blueprint: Blueprint, fold: Fold) {
    this.#blueprint = blueprint;
    this.#fold = fold;
    const count = blueprint.scores.length;
    this.#low = new Float64Array(count + 1);
    this.#high = new Float64Array(count + 1);
    this.#lowSums = new Float64Array(count);
    this.#highSums = new Float64Array(count);
  }

  /** All numbers at an instant before the next jump. */
  at(now: number): Numbers {
    const { scores } = this.#blueprint;
    for (let n = 0; n < scores.length; n += 1) {
      // A keyed score counts as its highest key, at least 0.
      let single = scores[n]?.by ? 0 : -Infinity;
      let sum = 0;
      for (const section of this.#fold.sections[n] ?? []) {
        if (scores[n]?.by && !section.exists) continue;
        const points = section.points(this.#fold, now);
        single = Math.max(single, points);
        sum += points;
      }
      this.#low[n] = single;
      this.#lowSums[n] = sum;
    }
    this.#low[scores.length] = this.#total(this.#low, this.#lowSums, this.#low, this.#lowSums);
    return this.#low;
  }

  /** The least and the most that all numbers are over a span for which the fold was bounded. */
  between({ alone }: Pick<Span, 'alone'>): { readonly low: Numbers; readonly high: Numbers } {
    const { scores } = this.#blueprint;
    for (let n = 0; n < scores.length; n += 1) {
      let least = scores[n]?.by ? 0 : -Infinity;
      let most = least;
      let [leastSum, mostSum] = [0, 0];
      for (const section of this.#fold.sections[n] ?? []) {
        if (alone && scores[n]?.by && !section.exists) continue;
        least = Math.max(least, section.least);
        most = Math.max(most, section.most);
        leastSum += section.least;
        mostSum += section.most;
      }
      this.#low[n] = least;
      this.#high[n] = most;
      this.#lowSums[n] = leastSum;
      this.#highSums[n] = mostSum;
    }
    this.#low[scores.length] = this.#total(this.#low, this.#lowSums, this.#high, this.#highSums);
    this.#high[scores.length] = this.#total(this.#high, this.#highSums, this.#low, this.#lowSums);
    return { low: this.#low, high: this.#high };
  }

  /** @param otherSingles the opposite ends, for terms that count negatively */
  #total(singles: Numbers, sums: Float64Array, otherSingles: Numbers, otherSums: Float64Array): number {
    const { terms, totalLimit } = this.#blueprint;
    let total = 0;
    for (const { score, weight, sum } of terms) {
      if (weight === 0) continue;
      const from = weight < 0 ? (sum ? otherSums : otherSingles) : sum ? sums : singles;
      total += weight * (from[score] ?? 0);
    }
    const { min = -Infinity, max = Infinity } = totalLimit ?? {};
    return Math.min(max, Math.max(min, total));
  }
}
