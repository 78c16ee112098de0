import { Stride } from './count.ts';
import { left } from './decay.ts';
import type { Json } from '../json.ts';
import type { Plan } from './plan.ts';
import type { Kept, Run } from './run.ts';
import { RunningSum } from './running-sum.ts';

/** Every kept event is an award for ever, or halves: one sum holds them all. */
export class Tally implements Run {
  readonly #decays: boolean;
  readonly #stride: Stride;
  readonly #sum: RunningSum;
  readonly #ids: string[] = [];
  readonly due = Infinity;
  readonly mixed = false;

  constructor(plan: Plan) {
    this.#decays = plan.decay.kind !== 'none';
    this.#stride = new Stride(plan);
    this.#sum = new RunningSum(plan.decay);
  }

  take(at: number, units: number, id: string): void {
    if (!this.#stride.passes(at)) return;
    this.#sum.add(at, units);
    if (id !== '') this.#ids.push(id);
  }

  passTo(): void {
    // Nothing ends.
  }

  get fades(): boolean {
    return this.#decays;
  }

  units(at: number): number {
    return this.#sum.at(at);
  }

  part(): number {
    return 0;
  }

  ids(): string[] {
    return this.#ids;
  }

  save(): Json {
    return [this.#sum.save(), this.#stride.save()];
  }

  load(state: Json): void {
    const [sum, stride] = state as readonly [Json, Json];
    this.#sum.load(sum);
    this.#stride.load(stride);
  }
}

/** One award for so many kept events that never end: their count and the newest are enough. */
export class Counter implements Run {
  readonly #plan: Plan;
  readonly #stride: Stride;
  readonly due = Infinity;
  readonly mixed = false;
  #count = 0;
  #newest: Kept | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#stride = new Stride(plan);
  }

  take(at: number, units: number, id: string): void {
    if (!this.#stride.passes(at)) return;
    this.#count = Math.min(this.#count + 1, this.#plan.enough);
    this.#newest = { at, units, id };
  }

  passTo(): void {
    // Nothing ends.
  }

  get fades(): boolean {
    return this.#plan.decay.kind !== 'none' && this.#worth !== 0;
  }

  get #worth(): number {
    return (this.#newest?.units ?? 0) * (this.#plan.worth?.(this.#count) ?? 0);
  }

  units(at: number): number {
    const worth = this.#worth;
    return worth === 0 || !this.#newest ? 0 : worth * left(this.#plan.decay, at - this.#newest.at);
  }

  part(): number {
    return 0;
  }

  ids(): string[] {
    return this.#newest && this.#newest.id !== '' && this.#worth !== 0 ? [this.#newest.id] : [];
  }

  save(): Json {
    return [this.#count, this.#newest?.at ?? 0, this.#newest?.units ?? 0, this.#stride.save()];
  }

  load(state: Json): void {
    const [count, at, units, stride] = state as readonly [number, number, number, Json];
    this.#count = count;
    this.#newest = { at, units, id: '' };
    this.#stride.load(stride);
  }
}
