import type { RulePlan, ScorePlan } from './blueprint.ts';
import { bound, type Span } from './bounds.ts';
import type { Json } from '../json.ts';
import { Manual } from './manual.ts';
import { createRun } from './memory.ts';
import type { Expiry } from './retention.ts';
import type { Run } from './run.ts';
import { summed } from './sum.ts';
import { isOpen, pointsOf, type Reading, valueOf } from './value.ts';

/** Where `bound` puts what it finds; read at once. */
const BOUNDS = { low: 0, high: 0 };

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

  /** Rules that may give something, by group: those that are no event rules, and those that heard of one. */
  readonly #live: number[];
  /** Rules that must be read again before anything is asked. */
  #unread: number[];
  /** Rules that must be bounded again. */
  #touched: number[] = [];
  // As settled: what each rule gives, when it next ends with a jump, those whose value moves between jumps, and the sum.
  readonly #values: number[];
  /** As bounded: between what each rule stays. */
  readonly #lows: number[];
  readonly #highs: number[];
  /** Of conditions: whether that holds whatever else is heard. */
  readonly #sure: boolean[] = [];
  readonly #dues: number[];
  #movers: number[] = [];
  #sum = 0;
  #at = -Infinity;
  #manualPoints = 0;

  /** Whether a key exists: a matching event or a manual adjustment names it. As settled. */
  exists = false;
  /** When the next thing ends with a jump. As settled. */
  due = Infinity;
  /** As bounded. */
  least = 0;
  most = 0;

  constructor(score: ScorePlan, key: string, expiry: Expiry) {
    this.score = score;
    this.key = key;
    this.#expiry = expiry;
    const count = score.rules.length;
    this.#runs = new Array<Run | undefined>(count).fill(undefined);
    this.#named = new Array<number>(count).fill(-Infinity);
    this.#values = new Array<number>(count).fill(0);
    this.#lows = new Array<number>(count).fill(0);
    this.#highs = new Array<number>(count).fill(0);
    this.#dues = new Array<number>(count).fill(Infinity);
    this.#live = [...score.states];
    this.#unread = [...score.states];
  }

  /** Takes an event that rule `number` matched. */
  take(number: number, at: number, units: number, id: string, value: string): void {
    const run = this.#runs[number] ?? this.#begin(number);
    if (!run) return;
    if (run.due <= at) run.passTo(at);
    run.take(at, units, id, value);
    this.#named[number] = this.#expiry(at);
    if (!this.#unread.includes(number)) this.#unread.push(number);
    this.#touched.push(number);
  }

  /** The first event of a rule. */
  #begin(number: number): Run | undefined {
    const plan = this.score.rules[number]?.plan;
    if (!plan) return undefined;
    const { groupOf } = this.score;
    const comesBefore = (other: number): boolean =>
      (groupOf[other] ?? 0) - (groupOf[number] ?? 0) < 0 ||
      (groupOf[other] === groupOf[number] && other < number);
    let place = this.#live.length;
    while (place > 0 && !comesBefore(this.#live[place - 1] ?? 0)) place -= 1;
    this.#live.splice(place, 0, number);
    return (this.#runs[number] = createRun(plan));
  }

  get manual(): Manual {
    return (this.#manual ??= new Manual());
  }

  passTo(now: number): void {
    for (const n of this.#live) {
      const run = this.#runs[n];
      if (run === undefined || run.due > now) continue;
      run.passTo(now);
      if (!this.#unread.includes(n)) this.#unread.push(n);
    }
    this.#manual?.passTo(now);
  }

  /**
   * Reads what may have changed, after messages or a jump; what does not fade is the same until the next.
   * @param renewed whether attributes are others than before, so that all is read
   */
  settle(reading: Reading, now: number, renewed: boolean): void {
    const { rules, timed } = this.score;
    for (const n of renewed ? this.#live : this.#unread) this.#read(n, reading, now);
    if (!renewed)
      for (const n of timed) {
        const truth = rules[n]?.truth;
        if (!truth) continue;
        const asked =
          (this.#dues[n] ?? 0) <= now ||
          (truth.asksActivity && reading.wasActive) ||
          (truth.asksTails && reading.wasTold);
        if (asked) this.#read(n, reading, now);
      }
    this.#unread.length = 0;
    this.#manualPoints = this.#manual?.points ?? 0;
    this.due = this.#manual?.due ?? Infinity;
    this.exists = this.#manual !== undefined;
    this.#movers = [];
    for (const n of this.#live) {
      const rule = rules[n] as RulePlan;
      const run = this.#runs[n];
      let due = this.#dues[n] ?? Infinity;
      if (run) {
        const named = this.#named[n] ?? Infinity;
        if (named > now) {
          due = Math.min(due, named);
          if (isOpen(rule, reading)) this.exists = true;
        }
        if (run.fades && isOpen(rule, reading) && pointsOf(rule, reading) !== 0) this.#movers.push(n);
      } else if (rule.repeat) {
        // Inactivity that has not set in yet does so with a jump, and one at its cap costs no more.
        const value = this.#values[n] ?? 0;
        if (value !== 0 && value !== rule.cap) this.#movers.push(n);
      }
      if (due < this.due) this.due = due;
    }
    this.#readMovers(reading, now);
  }

  #read(n: number, reading: Reading, now: number): void {
    const rule = this.score.rules[n] as RulePlan;
    const run = this.#runs[n];
    const value = valueOf(rule, run, reading, now);
    this.#values[n] = value;
    this.#dues[n] = run ? run.due : rule.truth?.timed ? rule.truth.due(reading, now) : Infinity;
  }

  #readMovers(reading: Reading, now: number): void {
    for (const n of this.#movers) this.#values[n] = this.value(n, reading, now);
    this.#sum = summed(this.score, this.#values, this.#live, this.#manualPoints);
    this.#at = now;
  }

  /** What one rule gives, after its cap. */
  value(number: number, reading: Reading, now: number): number {
    const rule = this.score.rules[number];
    return rule ? valueOf(rule, this.#runs[number], reading, now) : 0;
  }

  /** The points at an instant before the next jump. */
  points(reading: Reading, now: number): number {
    if (this.#movers.length > 0 && now !== this.#at) this.#readMovers(reading, now);
    return this.#sum;
  }

  /** Sets `least` and `most` to between what the points stay over a span that begins as settled. */
  bound(reading: Reading, span: Span): void {
    if (this.#movers.length > 0 && span.from !== this.#at) this.#readMovers(reading, span.from);
    if (span.alone && this.#movers.length === 0) {
      this.least = this.most = this.#sum;
      return;
    }
    // Where nothing jumps only what moves is other than it is.
    if (span.alone) for (const n of this.#live) this.#lows[n] = this.#highs[n] = this.#values[n] ?? 0;
    const bounded = span.alone ? this.#movers : this.#live;
    for (const n of bounded) this.#bound(n, reading, this.#values[n] ?? 0, span);
    this.#sumBounds(span);
  }

  /** The same after messages, for what is left of the span: only what they touched is looked at; whether that was anything. */
  rebound(reading: Reading, span: Span): boolean {
    const { rules, timed } = this.score;
    let count = this.#touched.length;
    for (const n of this.#touched) this.#bound(n, reading, this.value(n, reading, span.from), span);
    for (const n of timed) {
      const truth = rules[n]?.truth;
      if (!truth || this.#sure[n]) continue;
      if (!((reading.isActive && truth.asksActivity) || (reading.isTold && truth.asksTails))) continue;
      this.#dues[n] = truth.due(reading, span.from);
      this.#bound(n, reading, this.value(n, reading, span.from), span);
      count += 1;
    }
    if (count > 0) this.#sumBounds(span);
    return count > 0;
  }

  #bound(n: number, reading: Reading, value: number, span: Span): void {
    const rule = this.score.rules[n] as RulePlan;
    const run = this.#runs[n];
    const due = run ? run.due : (this.#dues[n] ?? Infinity);
    this.#sure[n] = bound(BOUNDS, rule, run, reading, { value, due }, span);
    this.#lows[n] = BOUNDS.low;
    this.#highs[n] = BOUNDS.high;
  }

  #sumBounds({ to, alone }: Span): void {
    this.#touched.length = 0;
    this.least = summed(this.score, this.#lows, this.#live, this.#manualPoints);
    this.most = summed(this.score, this.#highs, this.#live, this.#manualPoints);
    if (alone) return;
    if ((this.#manual?.due ?? Infinity) <= to) [this.least, this.most] = [-Infinity, Infinity];
    // A key may cease to exist, and counts for nothing then.
    if (this.score.by) [this.least, this.most] = [Math.min(0, this.least), Math.max(0, this.most)];
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

  /** @param numbers by number of a rule where this was saved its number here; left out: the same */
  load([, runs, manual]: readonly [Json, Json, Json], numbers?: readonly number[]): void {
    for (const [saved, state, named] of runs as unknown as readonly (readonly [number, Json, number?])[]) {
      const n = numbers ? (numbers[saved] ?? -1) : saved;
      const run = this.#begin(n);
      if (!run) continue;
      run.load(state);
      this.#named[n] = named ?? Infinity;
      this.#unread.push(n);
    }
    if (manual !== 0) this.manual.load(manual);
  }
}
