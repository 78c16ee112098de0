import type { Json } from '../json.ts';
import type { Plan } from './plan.ts';

/** Which of the matched events become awards, where their order decides: `once_per`, then `every` or `burst`. */
export class Stride {
  readonly #plan: Plan;
  #last = -Infinity;
  #counted = 0;
  #unused: number[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Takes the next event in order; whether it is kept, and with `every` and `burst`: whether it is awarded. */
  passes(at: number): boolean {
    const { oncePerMs, every, burst } = this.#plan;
    if (at - this.#last < oncePerMs) return false;
    if (oncePerMs > 0) this.#last = at;
    if (every > 1) {
      this.#counted = (this.#counted + 1) % every;
      return this.#counted === 0;
    }
    if (!burst) return true;
    const unused = this.#unused;
    unused.push(at);
    // What is too old for this event is too old for every later one.
    while (at - (unused[0] ?? at) >= burst.withinMs) unused.shift();
    if (unused.length < burst.count) return false;
    this.#unused = [];
    return true;
  }

  save(): Json {
    if (this.#last === -Infinity && this.#counted === 0 && this.#unused.length === 0) return 0;
    return [this.#last === -Infinity ? null : this.#last, this.#counted, ...this.#unused];
  }

  load(state: Json): void {
    if (state === 0) return;
    const [last, counted, ...unused] = state as readonly (number | null)[];
    this.#last = last ?? -Infinity;
    this.#counted = counted ?? 0;
    this.#unused = unused as number[];
  }
}
