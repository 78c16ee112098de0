import type { Bound } from './matcher.ts';

/** Numbers from one bound to another; null is no bound. */
export interface NumberRange {
  readonly from: Bound | null;
  readonly to: Bound | null;
}

interface Waiting<E> {
  readonly range: NumberRange;
  readonly entry: E;
}

/** Ranges that all overlap list each other in every cell: so many at most stand together. */
const TOGETHER = 48;

/** Who waits for a number in a range: the line of numbers is cut at all ends, and each cell knows who waits for it. */
export class Ranges<E> {
  /** Ascending, each once. */
  readonly #ends: Float64Array;
  /** Below the first end, the first end itself, between it and the second, the second, and so on. */
  readonly #cells: readonly (readonly E[])[];
  readonly #more: Ranges<E> | null;

  constructor(waiting: readonly Waiting<E>[]) {
    const these = waiting.slice(0, TOGETHER);
    const points = these.flatMap(({ range: { from, to } }) => [from, to].flatMap((end) => end?.at ?? []));
    const ends = new Float64Array(new Set(points)).sort();
    const cells = Array.from({ length: 2 * ends.length + 1 }, (): E[] => []);
    for (const { range, entry } of these) {
      const { from, to } = range;
      const first = from ? 2 * ends.indexOf(from.at) + (from.included ? 1 : 2) : 0;
      const last = to ? 2 * ends.indexOf(to.at) + (to.included ? 1 : 0) : cells.length - 1;
      for (let cell = first; cell <= last; cell += 1) cells[cell]?.push(entry);
    }
    this.#ends = ends;
    this.#cells = cells;
    this.#more = waiting.length > TOGETHER ? new Ranges(waiting.slice(TOGETHER)) : null;
  }

  /** Calls `visit` with everyone who waits for this number, each once. */
  visit(number: number, visit: (entry: E) => void): void {
    const ends = this.#ends;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    for (const entry of this.#cells[ends[low] === number ? 2 * low + 1 : 2 * low] ?? []) visit(entry);
    this.#more?.visit(number, visit);
  }
}
