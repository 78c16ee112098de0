import type { AccountPast } from './account-ways.ts';
import type { Answers } from './answers.ts';
import type { Begun } from './begin.ts';
import type { LeadState } from './history.ts';
import type { Past } from './past.ts';
import type { Impact, MailRate, Rate } from './report.ts';

type Side = 'before' | 'after';

/** What is sent: at once, and in the weeks behind under each ruleset. */
class Tally {
  now = 0;
  following = 0;
  before = 0;
  after = 0;
  rate(weeks: number): Rate {
    const each = (count: number): number => Math.max(0, Math.round((count / weeks) * 100) / 100);
    return { now: this.now, perWeekBefore: each(this.before), perWeekAfter: each(this.after) };
  }
  mailRate(weeks: number): MailRate {
    return { ...this.rate(weeks), following: this.following };
  }
}

/** @param did what happened; @param old what the old rules would have done; @param next the new ones */
const add = (tallies: readonly Tally[], did: number, old: number, next: number): void => {
  for (const tally of tallies) {
    tally.before += did;
    tally.after += did + next - old;
  }
};

/** Counts handoffs, journeys and their mails, each with its total. */
export class Sent {
  readonly #handoffs = new Tally();
  readonly #accountHandoffs = new Tally();
  readonly #begin = new Tally();
  readonly #mails = new Tally();
  readonly #journeys: ReadonlyMap<string, { readonly begin: Tally; readonly mails: Tally }>;
  readonly #isInWeeks: (at: number) => boolean;

  /** @param since weeks are counted from here until `at`, both UTC milliseconds, included */
  constructor(journeys: Iterable<string>, since: number, at: number) {
    this.#journeys = new Map(
      [...new Set(journeys)].sort().map((name) => [name, { begin: new Tally(), mails: new Tally() }]),
    );
    this.#isInWeeks = (instant) => instant >= since && instant <= at;
  }

  addHandoff(): void {
    this.#handoffs.now += 1;
  }

  addAccountHandoff(): void {
    this.#accountHandoffs.now += 1;
  }

  addBegun({ journey, mails, following }: Begun): void {
    const of = this.#journeys.get(journey);
    for (const tally of [this.#begin, of?.begin]) if (tally) tally.now += 1;
    for (const tally of [this.#mails, of?.mails]) {
      if (!tally) continue;
      tally.now += mails;
      tally.following += following;
    }
  }

  /** What accounts were handed over in the weeks behind, counted as that of leads. */
  addAccountPast({ did, was, is }: AccountPast): void {
    const [old, next] = [this.#inWeeks(was), this.#inWeeks(is)];
    add([this.#accountHandoffs], did ? this.#inWeeks(did) : old, old, next);
  }

  /**
   * What was sent in the weeks behind: what the product did, where that is known, else what the old rules would have
   * done; and under the new ones so much more or less as the two replays differ.
   */
  addPast(state: LeadState | null, { delivered }: Answers, was: Past, is: Past): void {
    const inWeeks = (instants: readonly { readonly at: number }[]): number => this.#inWeeks(instants);
    const [old, next] = [inWeeks(was.handoffs), inWeeks(is.handoffs)];
    add([this.#handoffs], state ? inWeeks(state.handoffs) : old, old, next);
    for (const [name, of] of this.#journeys) {
      const [before, after] = [was, is].map(({ entered }) =>
        entered.filter(({ journey }) => journey === name),
      );
      const begun = [inWeeks(before ?? []), inWeeks(after ?? [])] as const;
      const known = state?.journeys[name];
      add([this.#begin, of.begin], state ? inWeeks(known ? [known] : []) : begun[0], ...begun);
      const mails = [before, after].map(
        (list = []) => list.flatMap((each) => each.mails).filter(this.#isInWeeks).length,
      ) as [number, number];
      const got = state ? inWeeks(delivered.filter(({ journey }) => journey === name)) : mails[0];
      add([this.#mails, of.mails], got, ...mails);
    }
  }

  /** Of a lead that the change cannot have reached. */
  addKnown({ handoffs, journeys }: LeadState, { delivered }: Answers): void {
    const count = (tally: Tally | undefined, at: number): void => {
      if (!tally || !this.#isInWeeks(at)) return;
      for (const side of ['before', 'after'] as const satisfies readonly Side[]) tally[side] += 1;
    };
    for (const { at } of handoffs) count(this.#handoffs, at);
    for (const [name, { at }] of Object.entries(journeys))
      for (const tally of this.#journeys.has(name) ? [this.#begin, this.#journeys.get(name)?.begin] : [])
        count(tally, at);
    for (const { journey, at } of delivered)
      for (const tally of this.#journeys.has(journey)
        ? [this.#mails, this.#journeys.get(journey)?.mails]
        : [])
        count(tally, at);
  }

  #inWeeks(instants: readonly { readonly at: number }[]): number {
    return instants.filter(({ at }) => this.#isInWeeks(at)).length;
  }

  result(weeks: number): Pick<Impact, 'handoffs' | 'mails'> & { readonly accountHandoffs: Rate } {
    return {
      handoffs: this.#handoffs.rate(weeks),
      accountHandoffs: this.#accountHandoffs.rate(weeks),
      mails: {
        ...this.#mails.mailRate(weeks),
        begin: this.#begin.rate(weeks),
        journeys: Object.fromEntries(
          [...this.#journeys].map(([name, { begin, mails }]) => [
            name,
            { ...mails.mailRate(weeks), begin: begin.rate(weeks) },
          ]),
        ),
      },
    };
  }
}
