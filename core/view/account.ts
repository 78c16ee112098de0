import type { JsonObject } from '../json.ts';
import type { HandoffView, Reasons } from './handoff.ts';
import type { LeadSummary } from './lead.ts';

/** An account as lists show it, as of when its people were last added up. Numbers have 6 decimals. */
export interface AccountSummary {
  readonly id: string;
  /** What its people call it. */
  readonly name: string | null;
  /** Null where the rules give accounts no bands. */
  readonly band: string | null;
  /** Since when it is in its band, UTC milliseconds. */
  readonly since: number;
  readonly qualified: boolean;
  /** By the names of `rollup`. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Of those that roll a keyed score up, by key. */
  readonly keys: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly members: number;
  /** How many of them have more than 0 of what the bands measure. */
  readonly people: number;
  /** UTC milliseconds. */
  readonly asOf: number;
}

/** `GET /api/accounts`: those of a band, or the newest of all bands, the highest first. */
export interface AccountList {
  /** Lowest first; none where the rules add nobody up. */
  readonly bands: readonly AccountBandCount[];
  readonly accounts: readonly AccountSummary[];
}

export interface AccountBandCount {
  readonly name: string;
  /** Whole points. */
  readonly enter: number;
  readonly leave: number;
  /** At most 500 are counted. */
  readonly accounts: number;
  readonly more: boolean;
}

/** `GET /api/accounts/{id}`: what its people come to now, and who they are. */
export interface AccountPage extends AccountSummary {
  readonly attributes: JsonObject;
  /** Lowest first; none where the rules give accounts no bands. */
  readonly bands: readonly { readonly name: string; readonly enter: number; readonly leave: number }[];
  /** Which of the numbers the bands are steps of. */
  readonly bandsOf: string | null;
  /** How each number comes from its people, in words. */
  readonly rollUps: Readonly<Record<string, string>>;
  /** Why it is qualified or what it lacks, in words; null where the rules hand no account over. */
  readonly why: string | null;
  /** The highest total first; at most 500. */
  readonly leads: readonly LeadSummary[];
  /** Newest first. */
  readonly handoffs: readonly HandoffView[];
  readonly reasons: Reasons;
}
