import type { StandingChange } from '../standing-change.ts';
import type { KeyedPoints } from './account-keys.ts';

export type AccountChangeKind = 'account.band.changed' | 'account.qualified' | 'account.disqualified';

/** What others hear when an account's stored standing changes. A hint, as a lead's change is: who hears it reads again. */
export interface AccountChange extends StandingChange<AccountChangeKind> {
  readonly accountId: string;
}

/** What others hear of, of an account. */
export interface AccountPlace {
  /** Null where the rules give accounts no bands. */
  readonly band: string | null;
  readonly qualified: boolean;
}

/** The stored roll-up of an account's people; all of it but the band's memory, entry and pending can be made anew. */
export interface Account {
  readonly id: string;
  /** Counts up in every write; every write is conditional on it. */
  readonly version: number;
  /** The instant this was computed for, UTC milliseconds; time never runs backwards for an account. */
  readonly asOf: number;
  /** Null until its people were added up for the first time. */
  readonly place: AccountPlace | null;
  /** By the names of `rollup`, 6 decimals. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Of those that roll a keyed score up, by key: the best few. */
  readonly keys: Readonly<Record<string, KeyedPoints>>;
  /** How many leads belong to it. */
  readonly members: number;
  /** How many of them have more than 0 of what the bands measure. */
  readonly people: number;
  /** Since when it is in its band, UTC milliseconds. */
  readonly since: number;
  /** Counts up in the write that turns `qualified` true. */
  readonly entry: number;
  /** What must still be told, by change id. */
  readonly pending: Readonly<Record<string, AccountChange>>;
  /** When the due index brings it up, UTC milliseconds; may be earlier than there is anything to do. */
  readonly due: number | null;
  /** Where lists by band show it ('' where accounts have no bands); moves only with the band. */
  readonly listed: { readonly band: string; readonly since: number } | null;
  /** What its people call it. */
  readonly name: string | null;
  readonly ruleset: string;
  /** Of the ruleset; never falls. */
  readonly epoch: number;
}

/** An account whose people were never added up. */
export const newAccount = (id: string): Account => ({
  id,
  version: 0,
  asOf: 0,
  place: null,
  numbers: {},
  keys: {},
  members: 0,
  people: 0,
  since: 0,
  entry: 0,
  pending: {},
  due: null,
  listed: null,
  name: null,
  ruleset: '',
  epoch: 0,
});
