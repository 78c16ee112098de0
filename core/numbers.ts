import { type Blueprint } from './blueprint.ts';
import { type Fold } from './fold.ts';
import { compareIds } from './order.ts';
import { type Section } from './section.ts';

/** The numbers of a lead at an instant, by score, the total last; unrounded. */
export type Numbers = Float64Array;

/** One score in numbers: as a single one (the highest key, at least 0), and as the sum of its keys. */
interface ScoreNumbers {
  readonly single: number;
  readonly sum: number;
}

/** Keys in an order that does not depend on when they came, so that sums come out alike to the last bit. */
export const inKeyOrder = (sections: ReadonlyMap<string, Section>): readonly Section[] =>
  sections.size < 2
    ? [...sections.values()]
    : [...sections.values()].sort((a, b) => compareIds(a.key, b.key));

/** Reads scores and totals off a fold, at instants and over spans. */
export class Reader {
  readonly #blueprint: Blueprint;
  readonly #fold: Fold;
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(blueprint: Blueprint, fold: Fold) {
    this.#blueprint = blueprint;
    this.#fold = fold;
    const most = Math.max(1, ...blueprint.scores.map(({ rules }) => rules.length));
    this.#low = new Float64Array(most);
    this.#high = new Float64Array(most);
  }

  /** The points of one section. */
  points(section: Section, now: number): number {
    section.values(this.#fold, now, this.#low);
    return section.sum(this.#low);
  }

  /** All numbers at an instant. */
  at(now: number): Numbers {
    const scores = this.#blueprint.scores.map((plan, score): ScoreNumbers => {
      const sections = this.#fold.sections[score] ?? new Map<string, Section>();
      const only = plan.by ? undefined : sections.get('');
      if (only) {
        const points = this.points(only, now);
        return { single: points, sum: points };
      }
      let [single, sum] = [0, 0];
      for (const section of inKeyOrder(sections)) {
        if (!section.exists(this.#fold, now)) continue;
        const points = this.points(section, now);
        single = Math.max(single, points);
        sum += points;
      }
      return { single, sum };
    });
    return this.#numbers(scores, scores);
  }

  /** The least and the most that all numbers are from `a` to `b`, when nothing jumps between them. */
  between(a: number, b: number): { readonly low: Numbers; readonly high: Numbers } {
    const low: ScoreNumbers[] = [];
    const high: ScoreNumbers[] = [];
    this.#blueprint.scores.forEach((plan, score) => {
      const sections = this.#fold.sections[score] ?? new Map<string, Section>();
      const least = { single: plan.by ? 0 : -Infinity, sum: 0 };
      const most = { ...least };
      for (const section of inKeyOrder(sections)) {
        if (plan.by && !section.exists(this.#fold, a)) continue;
        section.ranges(this.#fold, a, b, this.#low, this.#high);
        const [from, to] = [section.sum(this.#low), section.sum(this.#high)];
        least.single = Math.max(least.single, from);
        most.single = Math.max(most.single, to);
        least.sum += from;
        most.sum += to;
      }
      low.push(least);
      high.push(most);
    });
    return { low: this.#numbers(low, high), high: this.#numbers(high, low) };
  }

  /** @param other the opposite ends, for terms that count negatively */
  #numbers(scores: readonly ScoreNumbers[], other: readonly ScoreNumbers[]): Numbers {
    const { terms, totalLimit } = this.#blueprint;
    const numbers = new Float64Array(scores.length + 1);
    scores.forEach(({ single }, n) => (numbers[n] = single));
    let total = 0;
    for (const { score, weight, sum } of terms) {
      const term = (weight < 0 ? other : scores)[score];
      if (term && weight !== 0) total += weight * (sum ? term.sum : term.single);
    }
    const { min = -Infinity, max = Infinity } = totalLimit ?? {};
    numbers[scores.length] = Math.min(max, Math.max(min, total));
    return numbers;
  }
}
