import type { RulePlan, ScorePlan } from './blueprint.ts';
import type { LeadEvent } from '../event.ts';
import type { Json } from '../json.ts';
import { Manual } from './manual.ts';
import { createRun } from './memory.ts';
import { folded } from './matcher.ts';
import { reach } from './reach.ts';
import type { Expiry } from './retention.ts';
import type { Run } from './run.ts';
import type { Limit } from '../schema/scalar.ts';
import type { Facts } from './truth.ts';

/** What rules read beside their own events. */
export interface Reading extends Facts {
  /** Points that come from attributes, by their number. */
  readonly factors: readonly number[];
}

/** One score of a lead, or one key of a keyed score: what its rules remember, and their sum. */
export class Section {
  readonly score: ScorePlan;
  /** '' for a score without keys. */
  readonly key: string;
  readonly #expiry: Expiry;
  readonly #runs: (Run | undefined)[];
  /** When the newest event that each rule matched ceases to exist. */
  readonly #named: number[];
  #manual: Manual | undefined;

  // As settled: what each rule gives, those whose value moves between jumps, and the sum of all where none does.
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  #movers: readonly number[] = [];
  #sum = 0;
  #manualPoints = 0;

  /** Whether a key exists: a matching event or a manual adjustment names it. As settled. */
  exists = false;
  /** When the next thing ends with a jump. As settled. */
  due = Infinity;
  /** The ends of `span`. */
  least = 0;
  most = 0;

  constructor(score: ScorePlan, key: string, expiry: Expiry) {
    this.score = score;
    this.key = key;
    this.#expiry = expiry;
    this.#runs = Array.from<Run | undefined>({ length: score.rules.length });
    this.#named = Array.from<number>({ length: score.rules.length }).fill(-Infinity);
    this.#low = new Float64Array(score.rules.length);
    this.#high = new Float64Array(score.rules.length);
  }

  /** Takes an event that rule `number` matched. */
  take(number: number, event: LeadEvent, id: string): void {
    const rule = this.score.rules[number];
    if (!rule?.plan) return;
    const run = (this.#runs[number] ??= createRun(rule.plan));
    const units = rule.worth.kind === 'property' ? rule.worth.units(event) : 1;
    run.take(event.occurredAt, units, id, rule.distinct ? distinctValue(event, rule.distinct) : '');
    this.#named[number] = this.#expiry(event.occurredAt);
  }

  get manual(): Manual {
    return (this.#manual ??= new Manual());
  }

  passTo(now: number): void {
    for (const run of this.#runs) if (run !== undefined && run.due <= now) run.passTo(now);
    this.#manual?.passTo(now);
  }

  /** Reads everything once, after messages or a jump; what does not fade is the same until the next. */
  settle(reading: Reading, now: number): void {
    const { rules } = this.score;
    const movers: number[] = [];
    this.due = this.#manual?.due ?? Infinity;
    this.exists = this.#manual !== undefined;
    this.#manualPoints = this.#manual?.points ?? 0;
    for (let n = 0; n < rules.length; n += 1) {
      const rule = rules[n] as RulePlan;
      const run = this.#runs[n];
      if (run === undefined && rule.truth === null) continue;
      const value = this.value(n, reading, now);
      this.#low[n] = value;
      this.#high[n] = value;
      if (run) {
        const named = this.#named[n] ?? Infinity;
        if (named > now) this.due = Math.min(this.due, named);
        if (named > now && isOpen(rule, reading)) this.exists = true;
        this.due = Math.min(this.due, run.due);
        if (run.fades && isOpen(rule, reading) && pointsOf(rule, reading) !== 0) movers.push(n);
      }
      if (rule.truth?.timed) this.due = Math.min(this.due, rule.truth.due(reading, now));
      // Inactivity that has not set in yet does so with a jump, and one at its cap costs no more.
      if (rule.repeat && value !== 0 && value !== rule.cap) movers.push(n);
    }
    this.#movers = movers;
    this.#sum = this.#total(this.#low);
  }

  /** What one rule gives, after its cap. */
  value(number: number, reading: Reading, now: number): number {
    const rule = this.score.rules[number];
    if (!rule) return 0;
    if (rule.truth) {
      if (!rule.truth.holds(reading, now)) return 0;
      return capped(rule, times(pointsOf(rule, reading), repeats(rule, reading, now)));
    }
    const run = this.#runs[number];
    if (!run || !isOpen(rule, reading)) return 0;
    return capped(rule, times(pointsOf(rule, reading), run.units(now)));
  }

  /** The points at an instant before the next jump. */
  points(reading: Reading, now: number): number {
    if (this.#movers.length === 0) return this.#sum;
    for (const n of this.#movers) this.#low[n] = this.value(n, reading, now);
    return this.#total(this.#low);
  }

  /** Sets `least` and `most` to what the points are from `a` to `b`, when nothing jumps between them. */
  span(reading: Reading, a: number, b: number): void {
    this.least = this.most = this.#sum;
    if (this.#movers.length === 0) return;
    for (const n of this.#movers) {
      const rule = this.score.rules[n] as RulePlan;
      const run = this.#runs[n];
      const points = pointsOf(rule, reading);
      const x = run?.mixed
        ? capped(rule, points * (run.part(a, 1) + run.part(b, -1)))
        : this.value(n, reading, a);
      const y = run?.mixed
        ? capped(rule, points * (run.part(b, 1) + run.part(a, -1)))
        : this.value(n, reading, b);
      this.#low[n] = Math.min(x, y);
      this.#high[n] = Math.max(x, y);
    }
    this.least = this.#total(this.#low);
    this.most = this.#total(this.#high);
  }

  /** Whether anything moves between jumps. As settled. */
  get fades(): boolean {
    return this.#movers.length > 0;
  }

  /** The next instant after `now` at which inactivity costs once more. */
  nextRepeat({ activity }: Reading, now: number): number {
    let next = Infinity;
    for (const n of this.#movers) {
      const repeat = this.score.rules[n]?.repeat;
      const since = repeat && activity.since(now);
      if (!repeat || since === null || since === undefined) continue;
      const first = since + repeat.afterMs;
      next = Math.min(next, first + (Math.floor((now - first) / repeat.everyMs) + 1) * repeat.everyMs);
    }
    return next;
  }

  /** Groups, limits and manual points over what the rules give. */
  #total(values: Float64Array): number {
    const { groups, free, limit } = this.score;
    let sum = 0;
    for (const { rules, limit: within } of groups) {
      let group = 0;
      for (const rule of rules) group += values[rule] ?? 0;
      sum += held(within, group);
    }
    for (const rule of free) sum += values[rule] ?? 0;
    const limited = limit ? held(limit, sum) : sum;
    const manual = this.#manualPoints;
    return manual === 0 ? limited : limit ? held(limit, limited + manual) : limited + manual;
  }

  ids(number: number): readonly string[] {
    return this.#runs[number]?.ids() ?? [];
  }

  save(): Json {
    const runs = this.#runs.flatMap((run, n): Json[] => {
      const named = this.#named[n] ?? Infinity;
      return run ? [named === Infinity ? [n, run.save()] : [n, run.save(), named]] : [];
    });
    return [this.key, runs, this.#manual?.save() ?? 0];
  }

  load([, runs, manual]: readonly [Json, Json, Json]): void {
    for (const [n, state, named] of runs as unknown as readonly (readonly [number, Json, number?])[]) {
      const plan = this.score.rules[n]?.plan;
      if (!plan) continue;
      const run = createRun(plan);
      run.load(state);
      this.#runs[n] = run;
      this.#named[n] = named ?? Infinity;
    }
    if (manual !== 0) this.manual.load(manual);
  }
}

const held = ({ min = -Infinity, max = Infinity }: Limit, value: number): number =>
  Math.min(max, Math.max(min, value));

/** The value of `distinct` of an event, '' where it has no plain one; texts ignoring case, 5 and "5" are one. */
function distinctValue(event: LeadEvent, path: readonly string[]): string {
  const value = reach(event.properties, path);
  if (typeof value === 'string') return folded(value);
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : '';
}

/** The attributes beside a rule's event hold. */
const isOpen = ({ gate }: RulePlan, { flags }: Reading): boolean => gate < 0 || flags[gate] === true;

function pointsOf({ worth, factor }: RulePlan, { factors }: Reading): number {
  if (worth.kind === 'fixed') return worth.points;
  return worth.kind === 'property' ? 1 : (factors[factor] ?? 0);
}

/** No points are no points, however often. */
const times = (points: number, units: number): number => (points === 0 || units === 0 ? 0 : points * units);

function capped({ cap }: RulePlan, value: number): number {
  if (cap === null) return value;
  return cap > 0 ? Math.min(cap, value) : Math.max(cap, value);
}

/** How often inactivity has cost its points. */
function repeats({ repeat }: RulePlan, { activity }: Reading, now: number): number {
  const since = repeat && activity.since(now);
  if (repeat === null || since === null) return 1;
  return 1 + Math.floor((now - since - repeat.afterMs) / repeat.everyMs);
}
