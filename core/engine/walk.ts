import type { Blueprint } from './blueprint.ts';
import { Calm } from './calm.ts';
import { Crossings } from './crossings.ts';
import { Fold } from './fold.ts';
import type { History } from '../history.ts';
import type { Json } from '../json.ts';
import { Reader } from './numbers.ts';
import type { Rows } from './rows.ts';
import { type Said, saidOf } from './account-messages.ts';
import { type Place, samePlace, type Standings } from './standing.ts';

/** The year 10000. */
const END_OF_TIME = 253_402_300_800_000;

/**
 * A lead's way through time. It is looked at once per instant after all its messages, at every jump, and while points
 * fade at every whole hour; between two looks numbers are taken to run one way, so that a crossing is found by halving.
 * Where the looks are never depends on when one asks.
 */
export class Walk {
  readonly #blueprint: Blueprint;
  readonly fold: Fold;
  readonly reader: Reader;
  /** What is said of accounts, in order. */
  readonly #said: readonly Said[];
  #heard = 0;
  #looked = false;
  readonly #calm: Calm;
  readonly #crossings: Crossings;
  /** Messages taken after this instant have not been read, since they cannot have changed anything. */
  #settledAt = -Infinity;
  /** The last look. */
  at = -Infinity;
  place: Place = { band: 0, grade: -1, group: -1, qualified: false };
  /** Since when the lead is in its band. */
  since = -Infinity;
  /** What is looked for: while nobody asks for more, bands alone. */
  #standings: Standings;
  /** Told of every change of the standing, once it is `widened`; `before` is null at the first look. */
  onChange: ((before: Place | null, now: Place, at: number) => void) | null = null;

  /** @param until messages after this instant do not exist */
  constructor(blueprint: Blueprint, { snapshot, accounts = [] }: History, until: number, keepsIds: boolean) {
    this.#blueprint = blueprint;
    this.#standings = blueprint.bandsAlone;
    this.fold = new Fold(
      blueprint,
      accounts.map(({ id }) => id),
      keepsIds,
    );
    this.reader = new Reader(blueprint, this.fold);
    this.#calm = new Calm(blueprint, this.fold, this.reader);
    this.#crossings = new Crossings(this.fold, this.reader, this.#calm);
    this.#said = saidOf(accounts, until);
    // Where no rule reads accounts, what is said of them is no reason to look at the lead.
    if (!blueprint.readsAccount) this.hear(until);
    if (!snapshot) return;
    if (snapshot.ruleset !== blueprint.hash)
      throw new RangeError(`a snapshot of ruleset ${snapshot.ruleset}, not of ${blueprint.hash}`);
    if (snapshot.watermark > until)
      throw new RangeError('a snapshot cannot tell what was before its watermark');
    this.#load(snapshot.state);
    this.hear(snapshot.watermark);
    if (this.at !== -Infinity) this.#settle();
  }

  /** Takes the lead's messages, in order and after all that were taken before, and everything that changes meanwhile. */
  take(rows: Rows): void {
    let n = 0;
    for (let next = rows.at(0); next !== Infinity; next = rows.at(n)) {
      const first = this.at === -Infinity;
      const account = first ? Infinity : this.#nextSaid;
      const now = Math.min(next, account);
      const calm = this.#isCalmAt(now) && account > now;
      if (first) [this.since, this.at] = [now, now];
      else if (!calm) {
        this.#settle();
        this.#pass(now);
      }
      if (!calm) {
        this.fold.passTo(now);
        this.hear(now);
      }
      for (; rows.at(n) === now; n += 1) rows.tell(n, this.fold);
      if (calm && this.#calm.holds(now)) this.at = now;
      else {
        if (calm) this.fold.passTo(now);
        this.#look(now);
      }
    }
  }

  /**
   * Takes a lead's messages from the first one on without a look on the way: only where it is at the last one is found
   * out, and not since when. False where that depends on the way; then this walk is of no more use.
   */
  leap(rows: Rows): boolean {
    // Events that cease to exist may make room for others, which is found out on the way only.
    if (this.#blueprint.retained || this.at !== -Infinity) return false;
    if (rows.count === 0) return true;
    const now = rows.at(rows.count - 1);
    for (let n = 0; n < rows.count; n += 1) rows.tell(n, this.fold);
    this.fold.passTo(now);
    this.hear(now);
    this.fold.settle(now);
    const band = this.#standings.surely(this.reader.at(now));
    if (band === null) return false;
    this.place = { ...this.place, band };
    this.at = now;
    this.#look(now);
    return true;
  }

  /** Whether nothing can have changed by itself from the last look until `now`. */
  #isCalmAt(now: number): boolean {
    if (this.at === -Infinity) return false;
    if (now >= this.#calm.until) {
      this.#settle();
      this.#calm.find(this.#standings, this.place, this.at, now);
    }
    return now < this.#calm.until;
  }

  /** Reads what was taken since the last look that was needed. */
  #settle(): void {
    const { fold } = this;
    if (this.#settledAt === this.at) return;
    fold.passTo(this.at);
    fold.settle(this.at);
    this.#settledAt = this.at;
    this.#calm.forget();
  }

  /**
   * Looks at grade, group and `qualified` too, from the last look on. Before, they need not be looked at: they have no
   * memory, and what they were changes nothing.
   */
  widen(): void {
    if (this.#standings === this.#blueprint.standings) return;
    this.#standings = this.#blueprint.standings;
    this.#calm.forget();
    if (this.at === -Infinity) return;
    this.#settle();
    this.place = this.#placeAt(this.at);
  }

  /** Lets time pass to `now`, included, with what others say of accounts; the last look is at or before it. */
  passTo(now: number): void {
    if (this.at === -Infinity) return;
    this.#settle();
    for (let next = this.#nextSaid; next <= now; next = this.#nextSaid) {
      this.#pass(next);
      this.fold.passTo(next);
      this.hear(next);
      this.#look(next);
    }
    this.#pass(now + 1);
  }

  /** Looks at a lead that has no message yet. */
  begin(now: number): void {
    [this.since, this.at] = [now, now];
    this.hear(now);
    this.#look(now);
  }

  /** The first instant after the last look at which the standing changes if nothing else happens, or null; goes there. */
  next(): number | null {
    return this.#change(END_OF_TIME);
  }

  /** When others next say something of an account; Infinity: never. */
  get #nextSaid(): number {
    return this.#said[this.#heard]?.event.occurredAt ?? Infinity;
  }

  /** Takes what others say of accounts, up to `now`, without a look at the lead. */
  hear(now: number): void {
    for (let next = this.#said[this.#heard]; next; next = this.#said[this.#heard]) {
      if (next.event.occurredAt > now) return;
      this.fold.takeAccount(next.id, next.event);
      this.#heard += 1;
    }
  }

  #placeAt(now: number): Place {
    return this.#standings.place(this.reader.at(now), this.place.band);
  }

  /** Looks at `now`; whether the standing changed. */
  #look(now: number): boolean {
    this.fold.settle(now);
    this.#settledAt = now;
    this.#calm.forget();
    const numbers = this.reader.at(now);
    const stays = this.#looked && this.#calm.stays(this.place, numbers);
    const place = stays ? this.place : this.#standings.place(numbers, this.place.band);
    const changed = !samePlace(place, this.place);
    if (this.onChange && (changed || this.#looked === false))
      this.onChange(this.#looked ? this.place : null, place, now);
    this.#looked = true;
    if (place.band !== this.place.band) this.since = now;
    if (changed) this.place = place;
    this.at = now;
    return changed;
  }

  /** Everything that changes by itself before `limit`. */
  #pass(limit: number): void {
    while (this.#change(limit) !== null);
  }

  /** The next change by itself before `limit`, gone to; null if there is none. */
  #change(limit: number): number | null {
    for (;;) {
      const { due } = this.fold;
      const end = Math.min(due, limit);
      const crossing = this.#calm.until >= end ? null : this.#crossing(end, due);
      if (crossing !== null && crossing >= limit) return null;
      if (crossing !== null) {
        this.#look(crossing);
        return crossing;
      }
      if (due >= limit) return null;
      this.fold.passTo(due);
      if (this.#look(due)) return due;
    }
  }

  /** The first instant in (last look, end) at which fading crosses a threshold, or null; `due` is the next jump. */
  #crossing(end: number, due: number): number | null {
    return this.#crossings.first(this.#standings, this.place, this.at, end, due);
  }

  save(): Json {
    const { band, grade, group, qualified } = this.place;
    return [
      this.at === -Infinity ? null : this.at,
      band,
      // Told by numbers again when it is read; they keep the state in the form in which it was always stored.
      grade,
      group,
      qualified,
      this.since === -Infinity ? null : this.since,
      this.fold.save(),
    ];
  }

  /**
   * Goes on from where another walk is, under a ruleset that has given the lead the same so far.
   * @param numbers by score, and by number of a rule there, its number here
   */
  follow(other: Walk, numbers: readonly (readonly number[])[]): void {
    this.#load(other.save(), numbers);
    this.hear(this.at);
    this.#settle();
  }

  #load(state: Json, numbers?: readonly (readonly number[])[]): void {
    const [at, band, , , , since, fold] = state as unknown as readonly [
      number | null,
      number,
      number,
      number,
      boolean,
      number | null,
      Json,
    ];
    this.at = at ?? -Infinity;
    this.#looked = at !== null;
    this.place = { ...this.place, band };
    this.since = since ?? -Infinity;
    this.fold.load(fold, numbers);
  }
}
