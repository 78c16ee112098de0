import { type Blueprint, blueprintOf } from './blueprint.ts';
import type { LeadEvent } from '../event.ts';
import { evaluationOf } from './evaluate.ts';
import type { Evaluation, Standing } from '../evaluation.ts';
import type { AccountHistory } from '../history.ts';
import { numbersIn } from './fork.ts';
import { type Hearing, hearingOf } from './hearing.ts';
import { isRuleEvent } from './match.ts';
import { sixDecimals } from './rounding.ts';
import type { Rows } from './rows.ts';
import type { Scoring } from '../ruleset.ts';
import { Walk } from './walk.ts';

/** What an event says, leaving aside when, by whom and its id; many events say the same. */
export type Content = Pick<LeadEvent, 'type' | 'name' | 'properties' | 'traits' | 'groupId'>;

/**
 * One lead's log in columns: rows `from` to `to` (not included) of columns that may hold many leads.
 *
 * Whoever makes it has put the events in the order in which they count (`compareEvents`: by instant, then by id), has
 * each once (of copies the earliest) and has left out what is `suspected`: that is what `inOrder` does.
 */
export interface LeadLog {
  /** UTC milliseconds, ascending. */
  readonly at: ArrayLike<number>;
  /** What each event says, as an index into the replay's contents. */
  readonly content: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
  /** Of every account that the lead is or was of; needed only where a rule reads `account.*`. */
  readonly accounts?: readonly AccountHistory[];
}

/** A change of where a lead stood, and when. */
export interface Crossing {
  /** UTC milliseconds. */
  readonly at: number;
  /** Null at the lead's first event. */
  readonly from: Standing | null;
  readonly to: Standing;
}

/** Where a lead stood at the end of a replay, and how it came there. */
export interface Replayed extends Standing {
  /** 6 decimals. */
  readonly total: number;
  /** By score; a keyed score as its highest key; 6 decimals. */
  readonly scores: Readonly<Record<string, number>>;
  /** Since when the lead is in its band, UTC milliseconds; of a lead without any event the end of the replay. */
  readonly bandSince: number;
  /** Every change of the standing in [since, at], in the order of time; of events and by itself. */
  readonly crossings: readonly Crossing[];
}

/** Replays leads of a store under one ruleset; each lead on its own, as `evaluate` would at every instant. */
export interface Replay {
  /** What can be said; it may grow at its end while leads are replayed, and is never changed otherwise. */
  readonly contents: readonly Content[];
  /**
   * Where the lead stood at an instant, and what changed from `since` on until then; both UTC milliseconds, included.
   * What happened after `at` is left aside.
   */
  lead(log: LeadLog, since: number, at: number): Replayed;
  /**
   * All that `Engine.evaluate` tells of the lead at an instant, but for since when it is in its band: so most leads need
   * not be walked through their time. @param idOf the id of the event of a row
   */
  evaluate(log: LeadLog, at: number, idOf: (row: number) => string): Omit<Evaluation, 'bandSince'>;
  /** The lead's account at an instant; null for none. */
  account(log: LeadLog, at: number): string | null;
  /** Every account that the lead was of at some time until `at`, oldest first. */
  accountIds(log: LeadLog, at: number): readonly string[];
  /**
   * The first row at which any rule of this ruleset may have given the lead anything; null: these rules gave nothing at
   * any instant. Cheap beside `lead`: with a ruleset of only the rules that changed (`onlyRules`) it tells which leads
   * must be replayed at all, and from where on.
   */
  touched(log: LeadLog): number | null;
  /** Goes with the lead from its beginning until before a row, or an earlier one of the same instant. */
  until(log: LeadLog, row: number, at: number): Trip;
  /** Where another ruleset took the lead on the same way; of rules that differ only event rules that gave nothing so far. */
  follow(trip: Trip, log: LeadLog): Trip;
  /** The rest of the way, once; all of it is what `lead` tells. */
  end(trip: Trip, log: LeadLog): Replayed;
}

/** A lead on its way through a replay. */
export interface Trip {
  readonly blueprint: Blueprint;
  readonly walk: Walk;
  /** The next row. */
  readonly row: number;
  readonly crossings: Crossing[];
  readonly since: number;
  readonly at: number;
}

const BEGINNING = -8.64e15;

/** The first row of a log at or after an instant, or its end. */
function rowOf({ at, from, to }: LeadLog, instant: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? Infinity) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compiles a checked ruleset for replays. @param contents see `Replay` */
export function replayOf(scoring: Scoring & { readonly hash: string }, contents: readonly Content[]): Replay {
  const blueprint = blueprintOf(scoring);
  const eventOf = (number: number, occurredAt: number): LeadEvent | null => {
    const said = contents[number];
    return said ? { id: '', occurredAt, ...said } : null;
  };
  // What each content says is matched once, whoever says it and how often.
  const hearings: (Hearing | null)[] = [];
  const hearing = (number: number): Hearing | null => {
    const known = hearings[number];
    if (known !== undefined) return known;
    const event = eventOf(number, 0);
    return (hearings[number] = event && isRuleEvent(event) ? hearingOf(blueprint, event) : null);
  };
  const rowsUntil = (
    { at, content, from, to }: LeadLog,
    until: number,
    idOf: ((row: number) => string) | null = null,
  ): Rows => {
    let end = to;
    while (end > from && (at[end - 1] ?? 0) > until) end -= 1;
    return {
      count: end - from,
      at: (row) => (from + row < end ? (at[from + row] ?? Infinity) : Infinity),
      tell: (row, fold) => {
        const [number, instant] = [content[from + row] ?? -1, at[from + row] ?? 0];
        const heard = hearing(number);
        if (heard) fold.hear(heard, instant, idOf && heard.awards.length > 0 ? idOf(from + row) : '');
        else {
          const event = eventOf(number, instant);
          if (event) fold.take(event);
        }
      },
    };
  };
  const walkOf = ({ accounts = [] }: LeadLog, at: number): Walk =>
    new Walk(blueprint, { events: [], accounts }, at, false);
  /** Goes with a lead until before `since`; what changes from there on is noted. */
  const setOut = (log: LeadLog, since: number, at: number): Trip => {
    const walk = walkOf(log, at);
    const row = rowOf(log, since);
    walk.take(rowsUntil({ ...log, to: row }, at));
    walk.widen();
    if (walk.at !== -Infinity) walk.passTo(Math.min(since - 1, at));
    return { blueprint, walk, row, crossings: [], since, at };
  };
  /** Goes on until before a row. */
  const goOn = (trip: Trip, log: LeadLog, to: number): Trip => {
    const { walk, row, crossings, since, at } = trip;
    const { standings } = blueprint;
    walk.onChange = (before, now, instant) => {
      if (instant >= since && instant <= at)
        crossings.push({ at: instant, from: before && standings.named(before), to: standings.named(now) });
    };
    walk.take(rowsUntil({ ...log, from: row, to }, at));
    return { ...trip, row: to };
  };
  const end = (trip: Trip, log: LeadLog): Replayed => {
    const { walk, crossings, at } = goOn(trip, log, log.to);
    const { standings, scores } = blueprint;
    walk.passTo(at);
    walk.onChange = null;
    if (walk.at === -Infinity) walk.begin(at);
    const numbers = walk.reader.at(at);
    return {
      ...standings.named(walk.place),
      total: sixDecimals(numbers[scores.length] ?? 0),
      scores: Object.fromEntries(scores.map(({ name }, n) => [name, sixDecimals(numbers[n] ?? 0)])),
      bandSince: walk.since,
      crossings,
    };
  };
  /** Where the lead belongs after each message that may move it. */
  const accountsOf = (log: LeadLog, at: number): (string | null)[] => {
    const { fold } = new Walk(blueprint, { events: [] }, at, false);
    const ids = [fold.accountId];
    for (let row = log.from; row < log.to && (log.at[row] ?? Infinity) <= at; row += 1) {
      const event = eventOf(log.content[row] ?? -1, log.at[row] ?? 0);
      if (event?.type !== 'identify' && event?.type !== 'group') continue;
      fold.take(event);
      ids.push(fold.accountId);
    }
    return ids;
  };
  // A rule that is no event rule may hold of anybody.
  const ofAnybody = blueprint.scores.some(({ rules }) => rules.some(({ truth }) => truth !== null));
  return {
    contents,
    lead: (log, since, at) => end(setOut(log, since, at), log),
    account: (log, at) => accountsOf(log, at).at(-1) ?? null,
    accountIds: (log, at) => [...new Set(accountsOf(log, at))].filter((id) => id !== null),
    evaluate: (log, at, idOf) => {
      const rows = rowsUntil(log, at, idOf);
      let walk = walkOf(log, at);
      if (!walk.leap(rows)) {
        walk = walkOf(log, at);
        walk.take(rows);
      }
      const { bandSince: _, ...evaluation } = evaluationOf(blueprint, walk, at);
      return evaluation;
    },
    touched: ({ content, from, to }) => {
      if (ofAnybody) return from;
      for (let row = from; row < to; row += 1)
        if ((hearing(content[row] ?? -1)?.awards.length ?? 0) > 0) return row;
      return null;
    },
    until: (log, row, at) => {
      // All messages of an instant are one look.
      const to = row < log.to ? rowOf(log, log.at[row] ?? Infinity) : log.to;
      return goOn(setOut(log, BEGINNING, at), log, to);
    },
    follow: (trip, log) => {
      const numbers = trip.walk.at === -Infinity ? null : numbersIn(trip.blueprint, blueprint);
      if (!numbers) return goOn(setOut(log, BEGINNING, trip.at), log, trip.row);
      const walk = walkOf(log, trip.at);
      walk.follow(trip.walk, numbers);
      walk.widen();
      return { ...trip, blueprint, walk, crossings: [...trip.crossings] };
    },
    end,
  };
}
