import { Stride } from './count.ts';
import { left } from './decay.ts';
import { type Json } from './json.ts';
import { DISTINCT_VALUES, type Plan } from './plan.ts';

/**
 * What one event rule (of a keyed score: and one key) remembers of the events it matched, in units of its points:
 * only what can still matter. Events are taken in order, and time passes only forward.
 */
export interface Run {
  take(at: number, units: number, id: string, value: string): void;
  /** Forgets what has ended at `at`; must be called at `due`, before events of that instant. */
  passTo(at: number): void;
  /** When something ends with a jump; Infinity: never. */
  readonly due: number;
  /** Whether the units change between jumps. */
  readonly fades: boolean;
  /** Awarded units at an instant not after `due`, decayed. */
  units(at: number): number;
  /** Whether units may both rise and fall while they fade: some are above 0, some below. */
  readonly mixed: boolean;
  /** Of `mixed` units, those above 0 (1) or below (-1). */
  part(at: number, sign: 1 | -1): number;
  /** Ids of the awarding events, oldest first, where they are known. */
  ids(): string[];
  save(): Json;
  load(state: Json): void;
}

/** Below this nothing can be seen any more, and numbers stay clear of what storage refuses. */
const TINY = 1e-15;

/** Every kept event is an award for ever, or halves: one number holds them all. */
class Tally implements Run {
  readonly #plan: Plan;
  readonly #stride: Stride;
  readonly #ids: string[] = [];
  readonly due = Infinity;
  readonly mixed = false;
  #sum = 0;
  #at = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#stride = new Stride(plan);
  }

  take(at: number, units: number, id: string): void {
    if (!this.#stride.passes(at)) return;
    const before = this.units(at);
    this.#sum = (Math.abs(before) < TINY ? 0 : before) + units;
    this.#at = at;
    if (id !== '') this.#ids.push(id);
  }

  passTo(): void {
    // Nothing ends.
  }

  get fades(): boolean {
    return this.#plan.decay.kind !== 'none' && this.#sum !== 0;
  }

  units(at: number): number {
    if (this.#plan.decay.kind === 'none' || this.#sum === 0) return this.#sum;
    return this.#sum * left(this.#plan.decay, at - this.#at);
  }

  part(): number {
    return 0;
  }

  ids(): string[] {
    return this.#ids;
  }

  save(): Json {
    return [this.#sum, this.#at, this.#stride.save()];
  }

  load(state: Json): void {
    const [sum, at, stride] = state as readonly [number, number, Json];
    [this.#sum, this.#at] = [sum, at];
    this.#stride.load(stride);
  }
}

interface Kept {
  readonly at: number;
  readonly units: number;
  readonly id: string;
}

/** One award for so many kept events that never end: their count and the newest are enough. */
class Counter implements Run {
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

/** Kept events one by one, oldest first, each until it ends: by window, fade or retention, or by too many newer ones. */
class Listed implements Run {
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

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#stride = new Stride(plan);
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
    let sum = 0;
    for (const kept of this.#kept.values()) sum += kept.units * left(decay, at - kept.at);
    return sum;
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
    return [times, ones ? 0 : kept.map(([, { units }]) => units), values, this.#stride.save()];
  }

  load(state: Json): void {
    const [times, units, values, stride] = state as readonly [number[], number[] | 0, string[] | 0, Json];
    let at = 0;
    times.forEach((step, n) => {
      at += step;
      const key = values === 0 ? (this.#number += 1) : (values[n] ?? '');
      this.#add(key, { at, units: units === 0 ? 1 : (units[n] ?? 0), id: '' });
    });
    this.#stride.load(stride);
  }
}

/** A rule for which an event that ceases to exist changes which later ones are kept: thinned again from those that are left. */
class Retained implements Run {
  readonly #plan: Plan;
  #taken: (Kept & { readonly value: string })[] = [];
  #run: Run;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#run = this.#fresh();
  }

  #fresh(): Run {
    return createRun({ ...this.#plan, retained: false, expiry: () => Infinity });
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

/** The smallest memory that is enough for a plan. */
export function createRun(plan: Plan): Run {
  const inOrder = plan.oncePerMs > 0 || plan.every > 1 || plan.burst !== null;
  if (plan.retained && inOrder) return new Retained(plan);
  const ends = plan.retained || plan.withinMs !== Infinity || (plan.decay.kind === 'fade' && !plan.worth);
  if (ends || plan.distinct) return new Listed(plan);
  return plan.worth ? new Counter(plan) : new Tally(plan);
}
