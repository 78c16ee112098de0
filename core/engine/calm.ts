import type { Blueprint } from './blueprint.ts';
import type { Fold } from './fold.ts';
import type { Reader } from './numbers.ts';
import type { Numbers, Place, Standings } from './standing.ts';

/** It is tried whether nothing changes for so many times as long as the next message takes to come. */
const AHEAD = 6;

/**
 * A span of time of which it is known that a lead's standing cannot change in it by itself, and what a message would
 * have to do to change it. It saves looks, and changes none: where it knows too little, the lead is looked at.
 */
export class Calm {
  readonly #blueprint: Blueprint;
  readonly #fold: Fold;
  readonly #reader: Reader;
  /** Where the room below is that of. */
  #place: Place | null = null;
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  /** Nothing changes by itself before this instant. */
  until = -Infinity;

  constructor(blueprint: Blueprint, fold: Fold, reader: Reader) {
    this.#blueprint = blueprint;
    this.#fold = fold;
    this.#reader = reader;
    this.#least = new Float64Array(blueprint.scores.length + 1);
    this.#most = new Float64Array(blueprint.scores.length + 1);
  }

  /** Something was looked at: nothing is known any more. */
  forget(): void {
    this.until = -Infinity;
  }

  /** Whether a lead that stands somewhere surely stays there with these numbers, and all between two of them. */
  stays(place: Place, low: Numbers, high = low): boolean {
    return place === this.#place && this.#isWithin(low, high);
  }

  /** Finds out with which numbers a lead that stands somewhere at an instant surely stays there. */
  know(standings: Standings, place: Place, at: number): void {
    const numbers = this.#reader.at(at);
    if (this.stays(place, numbers)) return;
    standings.room(place, numbers, this.#least, this.#most);
    this.#place = place;
  }

  /** Finds out whether a settled lead stays where it stands until the next message at least. */
  find(standings: Standings, place: Place, at: number, next: number): void {
    // Where events cease to exist, later ones may be kept in their stead, and what holds of the others does not hold.
    if (this.#blueprint.retained) return;
    this.know(standings, place, at);
    for (const to of [at + (next - at) * AHEAD, next]) {
      const span = { from: at, to, alone: false };
      this.#fold.bound(span);
      if (this.#isBounded()) {
        this.until = to + 1;
        return;
      }
    }
  }

  /** Whether all that the fold has taken since, the messages at `now` being the last, surely changes nothing. */
  holds(now: number): boolean {
    if (this.#fold.urgent) return false;
    return !this.#fold.rebound({ from: now, to: this.until, alone: false }) || this.#isBounded();
  }

  #isBounded(): boolean {
    const { low, high } = this.#reader.between({ alone: false });
    return this.#isWithin(low, high);
  }

  #isWithin(low: Numbers, high: Numbers): boolean {
    const [least, most] = [this.#least, this.#most];
    for (let n = 0; n < least.length; n += 1)
      if ((low[n] as number) < (least[n] as number) || (high[n] as number) > (most[n] as number))
        return false;
    return true;
  }
}
