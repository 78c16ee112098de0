import type { Json } from '../json.ts';
import type { Plan } from './plan.ts';
import type { Kept, Run } from './run.ts';

/** A rule for which an event that ceases to exist changes which later ones are kept: thinned again from those that are left. */
export class Retained implements Run {
  readonly #plan: Plan;
  #taken: (Kept & { readonly value: string })[] = [];
  #run: Run;

  readonly #fresh: () => Run;

  /** @param fresh makes what remembers the events that still exist */
  constructor(plan: Plan, fresh: () => Run) {
    this.#plan = plan;
    this.#fresh = fresh;
    this.#run = fresh();
  }

  take(at: number, units: number, id: string, value: string): void {
    this.#taken.push({ at, units, id, value });
    this.#run.take(at, units, id, value);
  }

  get due(): number {
    const first = this.#taken[0];
    return Math.min(this.#run.due, first ? this.#plan.expiry(first.at) : Infinity);
  }

  passTo(at: number): void {
    const lasting = this.#taken.findIndex((taken) => this.#plan.expiry(taken.at) > at);
    const ended = lasting < 0 ? this.#taken.length : lasting;
    if (ended > 0) {
      this.#taken = this.#taken.slice(ended);
      this.#run = this.#fresh();
      for (const { at: then, units, id, value } of this.#taken) {
        this.#run.passTo(then);
        this.#run.take(then, units, id, value);
      }
    }
    this.#run.passTo(at);
  }

  get fades(): boolean {
    return this.#run.fades;
  }

  get mixed(): boolean {
    return this.#run.mixed;
  }

  units(at: number): number {
    return this.#run.units(at);
  }

  part(at: number, sign: 1 | -1): number {
    return this.#run.part(at, sign);
  }

  ids(): string[] {
    return this.#run.ids();
  }

  save(): Json {
    return this.#taken.map(({ at, units, value }) => [at, units, value]);
  }

  load(state: Json): void {
    for (const [at, units, value] of state as unknown as readonly (readonly [number, number, string])[]) {
      this.#run.passTo(at);
      this.take(at, units, '', value);
    }
  }
}
