import type { LeadEvent } from './event.ts';
import type { Json, JsonObject } from './json.ts';

/** An account's attributes, each with the instant and event that set it, so that they can be read as of any instant. */
export interface AccountHistory {
  readonly id: string;
  /** `group` messages about this account, whoever of its people sent them, any order. */
  readonly events: readonly LeadEvent[];
}

/**
 * The fold of everything at or before `watermark`, under one ruleset; plain JSON, to be stored as it is.
 * Only the engine that made it (same `ruleset` hash) may read `state`.
 */
export interface Snapshot {
  readonly ruleset: string;
  /** UTC milliseconds, included. */
  readonly watermark: number;
  readonly state: Json;
  /** Where rules read accounts: what was said of them by then, as digests by account. See `nothingSaidLate`. */
  readonly said?: Readonly<Record<string, string>>;
}

/** What a lead's score is computed from. */
export interface History {
  readonly snapshot?: Snapshot;
  /** Without a snapshot the whole log, else every event after its watermark; any order, copies allowed. */
  readonly events: readonly LeadEvent[];
  /** Of every account that the lead is or was of, as far as rules look at accounts. */
  readonly accounts?: readonly AccountHistory[];
}

/** The values of attributes at an instant. */
export type Attributes = JsonObject;
