import { type Decay, halved } from './decay.ts';
import type { Json } from '../json.ts';

/** Below this nothing can be seen any more, and numbers stay clear of what storage refuses. */
const TINY = 1e-15;

/**
 * The decayed sum of awards that come in order and may go again, in constant time whatever their number. It depends on
 * the order of what was added and removed only, never on when it was read.
 */
export class RunningSum {
  readonly #decay: Decay;
  /** What halves: the sum as of `#at`; else the sum of all points. */
  #sum = 0;
  /** What fades: points times how long after `#at` they were earned. */
  #moment = 0;
  #at = 0;

  constructor(decay: Decay) {
    this.#decay = decay;
  }

  add(at: number, points: number): void {
    if (this.#sum === 0 && this.#moment === 0) this.#at = at;
    switch (this.#decay.kind) {
      case 'none':
        this.#sum += points;
        return;
      case 'half-life': {
        const before = this.at(at);
        this.#sum = (Math.abs(before) < TINY ? 0 : before) + points;
        this.#at = at;
        return;
      }
      case 'fade':
        this.#sum += points;
        this.#moment += points * (at - this.#at);
        return;
      default:
        this.#decay.kind satisfies never;
    }
  }

  /** Takes back what was added. */
  remove(at: number, points: number): void {
    switch (this.#decay.kind) {
      case 'none':
        this.#sum -= points;
        return;
      case 'half-life': {
        const after = this.#sum - halved(points, this.#at - at, this.#decay.ms);
        this.#sum = Math.abs(after) < TINY ? 0 : after;
        return;
      }
      case 'fade':
        this.#sum -= points;
        this.#moment -= points * (at - this.#at);
        return;
      default:
        this.#decay.kind satisfies never;
    }
  }

  /** Nothing is left: forgets what rounding may have left. */
  clear(): void {
    [this.#sum, this.#moment, this.#at] = [0, 0, 0];
  }

  /** The sum at an instant not before the last award, and before any of them has faded away. */
  at(now: number): number {
    const { kind, ms } = this.#decay;
    if (kind === 'none') return this.#sum;
    if (kind === 'half-life') return this.#sum === 0 ? 0 : halved(this.#sum, now - this.#at, ms);
    return this.#sum - (this.#sum * (now - this.#at) - this.#moment) / ms;
  }

  save(): Json {
    return this.#decay.kind === 'none' ? this.#sum : [this.#sum, this.#at, this.#moment];
  }

  load(state: Json): void {
    [this.#sum, this.#at, this.#moment] =
      typeof state === 'number' ? [state, 0, 0] : (state as unknown as [number, number, number]);
  }
}
