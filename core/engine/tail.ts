import type { Json } from '../json.ts';

/** The newest instants at which something happened, oldest first: as many as can matter, each until it ends. */
export class Tail {
  readonly #most: number;
  readonly #endOf: ((at: number) => number) | null;
  #times: number[] = [];
  /** Instants that never end are only counted. */
  #counted = 0;

  /** @param endOf null: never */
  constructor(most: number, endOf: ((at: number) => number) | null) {
    this.#most = most;
    this.#endOf = endOf;
  }

  take(at: number): void {
    if (!this.#endOf) {
      this.#counted = Math.min(this.#counted + 1, this.#most);
      return;
    }
    this.#times.push(at);
    if (this.#times.length > this.#most) this.#times.shift();
  }

  /** How many have not ended at `now`. */
  count(now: number): number {
    const endOf = this.#endOf;
    if (!endOf) return this.#counted;
    const times = this.#times;
    let first = times.length;
    while (first > 0 && endOf(times[first - 1] ?? 0) > now) first -= 1;
    return times.length - first;
  }

  /** When the next of them ends, after `now`. */
  due(now: number): number {
    if (!this.#endOf) return Infinity;
    for (const at of this.#times) {
      const end = this.#endOf(at);
      if (end > now) return end;
    }
    return Infinity;
  }

  passTo(now: number): void {
    if (!this.#endOf) return;
    while (this.#times[0] !== undefined && this.#endOf(this.#times[0]) <= now) this.#times.shift();
  }

  save(): Json {
    if (!this.#endOf) return this.#counted;
    return this.#times.map((at, n) => at - (this.#times[n - 1] ?? 0));
  }

  load(state: Json): void {
    if (!this.#endOf) {
      this.#counted = state as number;
      return;
    }
    let at = 0;
    this.#times = (state as readonly number[]).map((step) => (at += step));
  }
}
