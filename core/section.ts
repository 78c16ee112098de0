import { type RulePlan, type ScorePlan } from './blueprint.ts';
import { type LeadEvent } from './event.ts';
import { type Json } from './json.ts';
import { Manual } from './manual.ts';
import { folded } from './matcher.ts';
import { reach } from './reach.ts';
import { type Expiry } from './retention.ts';
import { createRun, type Run } from './run.ts';
import { type Limit } from './schema/scalar.ts';
import { type Facts } from './truth.ts';

/** What rules read beside their own events. */
export interface Reading extends Facts {
  /** Points that come from attributes, by their number. */
  readonly factors: readonly number[];
}

const held = ({ min = -Infinity, max = Infinity }: Limit, value: number): number =>
  Math.min(max, Math.max(min, value));

/** The value of `distinct` of an event, '' where it has no plain one; texts ignoring case, 5 and "5" are one. */
function distinctValue(event: LeadEvent, path: readonly string[]): string {
  const value = reach(event.properties, path);
  if (typeof value === 'string') return folded(value);
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : '';
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

  constructor(score: ScorePlan, key: string, expiry: Expiry) {
    this.score = score;
    this.key = key;
    this.#expiry = expiry;
    this.#runs = Array.from<Run | undefined>({ length: score.rules.length });
    this.#named = score.rules.map(() => -Infinity);
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

  /** Whether a key exists: a matching event or a manual adjustment names it. */
  exists(reading: Reading, now: number): boolean {
    if (this.#manual) return true;
    return this.score.rules.some((rule, n) => (this.#named[n] ?? -Infinity) > now && isOpen(rule, reading));
  }

  /** When something ends with a jump, after `now`. */
  due(reading: Reading, now: number): number {
    let due = this.#manual?.due ?? Infinity;
    this.score.rules.forEach((rule, n) => {
      const run = this.#runs[n];
      if (run) {
        due = Math.min(due, run.due);
        const named = this.#named[n] ?? Infinity;
        if (named > now) due = Math.min(due, named);
      }
      if (rule.truth) due = Math.min(due, rule.truth.due(reading, now));
    });
    return due;
  }

  passTo(now: number): void {
    for (const run of this.#runs) if (run && run.due <= now) run.passTo(now);
    this.#manual?.passTo(now);
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

  /** What each rule gives at an instant. */
  values(reading: Reading, now: number, into: Float64Array): void {
    for (let n = 0; n < this.score.rules.length; n += 1) into[n] = this.value(n, reading, now);
  }

  /** The least and most that each rule gives from `a` to `b`, when nothing jumps between them. */
  ranges(reading: Reading, a: number, b: number, low: Float64Array, high: Float64Array): void {
    this.score.rules.forEach((rule, n) => {
      const from = this.value(n, reading, a);
      const run = this.#runs[n];
      if (run?.mixed && isOpen(rule, reading)) {
        const points = pointsOf(rule, reading);
        const x = capped(rule, points * (run.part(a, 1) + run.part(b, -1)));
        const y = capped(rule, points * (run.part(b, 1) + run.part(a, -1)));
        [low[n], high[n]] = [Math.min(x, y), Math.max(x, y)];
        return;
      }
      const to = this.#moves(n, rule, reading) ? this.value(n, reading, b) : from;
      [low[n], high[n]] = [Math.min(from, to), Math.max(from, to)];
    });
  }

  #moves(number: number, rule: RulePlan, reading: Reading): boolean {
    return rule.repeat !== null || (this.#runs[number]?.fades === true && isOpen(rule, reading));
  }

  /** Whether any rule changes between jumps. */
  fades(reading: Reading): boolean {
    return this.score.rules.some((rule, n) => this.#moves(n, rule, reading));
  }

  /** The next instant after `now` at which inactivity costs once more. */
  nextRepeat(reading: Reading, now: number): number {
    let next = Infinity;
    for (const { repeat } of this.score.rules) {
      const since = repeat && reading.activity.since(now);
      if (repeat === null || since === null) continue;
      const first = since + repeat.afterMs;
      const at =
        now < first ? first : first + (Math.floor((now - first) / repeat.everyMs) + 1) * repeat.everyMs;
      next = Math.min(next, at);
    }
    return next;
  }

  /** Groups, limits and manual points over the values of the rules. */
  sum(values: Float64Array): number {
    const { groups, free, limit } = this.score;
    let sum = 0;
    for (const { rules, limit: within } of groups) {
      let group = 0;
      for (const rule of rules) group += values[rule] ?? 0;
      sum += held(within, group);
    }
    for (const rule of free) sum += values[rule] ?? 0;
    const limited = limit ? held(limit, sum) : sum;
    const manual = this.#manual?.points ?? 0;
    return manual === 0 ? limited : limit ? held(limit, limited + manual) : limited + manual;
  }

  ids(number: number): readonly string[] {
    return this.#runs[number]?.ids() ?? [];
  }

  save(): Json {
    const runs = this.#runs.flatMap((run, n): Json[] => {
      const named = this.#named[n] ?? Infinity;
      return run ? [[n, run.save(), named === Infinity ? null : named]] : [];
    });
    return [this.key, runs, this.#manual?.save() ?? 0];
  }

  load([, runs, manual]: readonly [Json, Json, Json]): void {
    for (const [n, state, named] of runs as unknown as readonly (readonly [number, Json, number | null])[]) {
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
