import { Stride } from './count.ts';
import { left } from './decay.ts';
import type { Json } from '../json.ts';
import { DISTINCT_VALUES, type Plan } from './plan.ts';
import type { Kept, Run } from './run.ts';
import { RunningSum } from './running-sum.ts';

/** Kept events one by one, oldest first, each until it ends: by window, fade or retention, or by too many newer ones. */
export class Listed implements Run {
  readonly #plan: Plan;
  readonly #stride: Stride;
  readonly #most: number;
  /** By value of `distinct`, else by running number; a Map keeps the order in which they came. */
  readonly #kept = new Map<string | number, Kept>();
  #newest: Kept | undefined;
  #number = 0;
  due = Infinity;
  #above = 0;
  #below = 0;
  readonly #sum: RunningSum;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#stride = new Stride(plan);
    this.#sum = new RunningSum(plan.decay);
    this.#most = plan.distinct ? DISTINCT_VALUES : plan.worth ? plan.enough : Infinity;
  }

  take(at: number, units: number, id: string, value: string): void {
    if (!this.#stride.passes(at)) return;
    if (this.#plan.distinct) {
      if (value === '') return;
      this.#drop(value);
      this.#add(value, { at, units, id });
    } else this.#add((this.#number += 1), { at, units, id });
  }

  #add(key: string | number, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#newest = kept;
    this.#sum.add(kept.at, kept.units);
    if (kept.units > 0) this.#above += 1;
    if (kept.units < 0) this.#below += 1;
    if (this.#kept.size > this.#most) this.#drop(this.#oldest ?? key);
    this.#ends();
  }

  #drop(key: string | number): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    if (kept.units > 0) this.#above -= 1;
    if (kept.units < 0) this.#below -= 1;
    if (this.#above + this.#below === 0) this.#sum.clear();
    else this.#sum.remove(kept.at, kept.units);
  }

  get #oldest(): string | number | undefined {
    return this.#kept.keys().next().value;
  }

  #endOf(kept: Kept): number {
    const { withinMs, decay, expiry, worth } = this.#plan;
    const faded = decay.kind === 'fade' && !worth ? kept.at + Math.ceil(decay.ms) : Infinity;
    return Math.min(kept.at + withinMs, expiry(kept.at), faded);
  }

  #ends(): void {
    const oldest = this.#oldest;
    const kept = oldest === undefined ? undefined : this.#kept.get(oldest);
    this.due = kept ? this.#endOf(kept) : Infinity;
  }

  passTo(at: number): void {
    while (this.due <= at) {
      const oldest = this.#oldest;
      if (oldest === undefined) break;
      this.#drop(oldest);
      this.#ends();
    }
    if (this.#kept.size === 0) this.#newest = undefined;
  }

  get fades(): boolean {
    return this.#plan.decay.kind !== 'none' && this.#kept.size > 0;
  }

  get mixed(): boolean {
    return this.#plan.decay.kind === 'fade' && !this.#plan.worth && this.#above > 0 && this.#below > 0;
  }

  units(at: number): number {
    const { worth, decay } = this.#plan;
    if (worth) {
      const newest = this.#newest;
      if (!newest) return 0;
      return newest.units * worth(this.#kept.size) * left(decay, at - newest.at);
    }
    return this.#sum.at(at);
  }

  part(at: number, sign: 1 | -1): number {
    let sum = 0;
    for (const kept of this.#kept.values())
      if (kept.units * sign > 0) sum += kept.units * left(this.#plan.decay, at - kept.at);
    return sum;
  }

  ids(): string[] {
    const { worth } = this.#plan;
    const awarding = worth
      ? this.#newest && worth(this.#kept.size) !== 0
        ? [this.#newest]
        : []
      : [...this.#kept.values()];
    return awarding.map(({ id }) => id).filter((id) => id !== '');
  }

  save(): Json {
    const kept = [...this.#kept.entries()];
    const times = kept.map(([, { at }], n) => (n === 0 ? at : at - (kept[n - 1]?.[1].at ?? 0)));
    const ones = kept.every(([, { units }]) => units === 1);
    const values = this.#plan.distinct ? kept.map(([value]) => value) : 0;
    return [
      times,
      ones ? 0 : kept.map(([, { units }]) => units),
      values,
      this.#stride.save(),
      this.#sum.save(),
    ];
  }

  load(state: Json): void {
    const [times, units, values, stride, sum] = state as readonly [
      number[],
      number[] | 0,
      string[] | 0,
      Json,
      Json,
    ];
    let at = 0;
    times.forEach((step, n) => {
      at += step;
      const key = values === 0 ? (this.#number += 1) : (values[n] ?? '');
      this.#add(key, { at, units: units === 0 ? 1 : (units[n] ?? 0), id: '' });
    });
    this.#stride.load(stride);
    this.#sum.load(sum);
  }
}
