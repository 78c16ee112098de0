import type { Json } from '../json.ts';
import type { Expiry } from './retention.ts';

/** Whether an event is something that the lead did; settings may narrow it. */
export const isActivity = (name: string): boolean =>
  name !== 'score.adjusted' &&
  !name.startsWith('handoff.') &&
  !name.startsWith('deal.') &&
  (!name.startsWith('email.') || name === 'email.clicked');

/** What inactivity is measured from: the newest activity, else the first event that still exists. */
export class Activity {
  readonly #expiry: Expiry;
  /** The newest activity, -Infinity without any. */
  #newest = -Infinity;
  /** First events, one for each day on which some cease to exist, since the newest activity. */
  #first: number[] = [];

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  /** Whether anything was ever done. */
  get began(): boolean {
    return this.#newest !== -Infinity;
  }

  /** Takes the next event in order. */
  take(at: number, active: boolean): void {
    if (active) {
      this.#newest = at;
      this.#first = [];
    } else {
      const last = this.#first.at(-1);
      if (last === undefined || this.#expiry(last) !== this.#expiry(at)) this.#first.push(at);
    }
  }

  /** The newest activity that exists at `now`, or null. */
  newest(now: number): number | null {
    return this.#newest !== -Infinity && this.#expiry(this.#newest) > now ? this.#newest : null;
  }

  /** Since when nothing happened, or null for a lead without any event. */
  since(now: number): number | null {
    return this.newest(now) ?? this.#first.find((at) => this.#expiry(at) > now) ?? null;
  }

  /** When what it is measured from ceases to exist. */
  due(now: number): number {
    const since = this.since(now);
    return since === null ? Infinity : this.#expiry(since);
  }

  save(): Json {
    return [this.#newest === -Infinity ? null : this.#newest, ...this.#first];
  }

  load(state: Json): void {
    const [newest, ...first] = state as readonly (number | null)[];
    this.#newest = newest ?? -Infinity;
    this.#first = first as number[];
  }
}
