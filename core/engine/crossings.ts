import { HOUR } from '../duration.ts';
import type { Calm } from './calm.ts';
import type { Fold } from './fold.ts';
import type { Reader } from './numbers.ts';
import { type Place, samePlace, type Standings } from './standing.ts';

/** The search gives up after so many hours in which a crossing was possible and did not come: eleven years. */
const MOST_HOURS = 100_000;

const nextHour = (at: number): number => Math.floor(at / HOUR) * HOUR + HOUR;

/**
 * Finds when fading moves a lead from where it stands. It is looked at on whole hours; between two looks numbers are
 * taken to run one way, so that a crossing is found by halving.
 */
export class Crossings {
  readonly #fold: Fold;
  readonly #reader: Reader;
  readonly #calm: Calm;

  constructor(fold: Fold, reader: Reader, calm: Calm) {
    this.#fold = fold;
    this.#reader = reader;
    this.#calm = calm;
  }

  /**
   * The first instant after `from` and before `end` at which a lead that stands at `place` stands elsewhere, or null;
   * until `end` nothing jumps.
   * @param from the last look @param due the next jump @returns UTC milliseconds
   */
  first(standings: Standings, place: Place, from: number, end: number, due: number): number | null {
    if (!this.#fold.fades) return null;
    this.#calm.forget();
    this.#calm.know(standings, place, from);
    const stands: Stands = { standings, place };
    let a = from;
    const last = end - 1;
    for (let hours = 0; a < last && hours < MOST_HOURS; hours += 1) {
      if (this.#constant(stands, a, last)) return null;
      a = this.#skip(stands, a, last);
      const crossing = this.#withinHour(stands, a, due);
      if (crossing !== null) return crossing;
      a = nextHour(a);
    }
    return null;
  }

  /** Whether nothing can change from `a` to `b`, when nothing jumps between them. */
  #constant({ standings, place }: Stands, a: number, b: number): boolean {
    const alone = { from: a, to: b, alone: true };
    this.#fold.bound(alone);
    const { low, high } = this.#reader.between(alone);
    return this.#calm.stays(place, low, high) || standings.holds(place, low, high);
  }

  /** The last whole hour up to which nothing can change, by steps that double and then halve; `a` if there is none. */
  #skip(stands: Stands, a: number, last: number): number {
    const ahead = (hours: number): number => nextHour(a) + (hours - 1) * HOUR;
    let hours = 1;
    let from = a;
    for (; ahead(hours) < last && this.#constant(stands, from, ahead(hours)); hours *= 2) from = ahead(hours);
    let low = from === a ? 0 : hours / 2;
    for (let step = low / 2; step >= 1; step /= 2) {
      const at = ahead(low + step);
      if (at < last && this.#constant(stands, from, at)) [low, from] = [low + step, at];
    }
    return from;
  }

  /** The first crossing from a look to the next whole hour, or to the jump before it. */
  #withinHour(stands: Stands, from: number, due: number): number | null {
    const end = Math.min(nextHour(from), due - 1);
    let a = from;
    while (a < end) {
      const repeat = this.#fold.nextRepeat(a);
      const b = Math.min(end, repeat - 1);
      if (b > a && this.#differs(stands, b)) return this.#halve(stands, a, b);
      if (repeat > end) return null;
      if (this.#differs(stands, repeat)) return repeat;
      a = repeat;
    }
    return null;
  }

  #differs({ standings, place }: Stands, at: number): boolean {
    const numbers = this.#reader.at(at);
    if (this.#calm.stays(place, numbers)) return false;
    return !samePlace(standings.place(numbers, place.band), place);
  }

  /** The first instant in (a, b] that differs, to the millisecond. */
  #halve(stands: Stands, a: number, b: number): number {
    let [same, differs] = [a, b];
    while (differs - same > 1) {
      const middle = Math.floor((same + differs) / 2);
      if (this.#differs(stands, middle)) differs = middle;
      else same = middle;
    }
    return differs;
  }
}

/** Where a lead stands, and by what. */
interface Stands {
  readonly standings: Standings;
  readonly place: Place;
}
