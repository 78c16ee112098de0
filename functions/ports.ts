import type { Account, AccountChange } from '../core/accounts/account-projection.ts';
import type { Engine } from '../core/engine/compile.ts';
import type { LeadEvent } from '../core/event.ts';
import type { AccountHistory, Attributes, Snapshot } from '../core/history.ts';
import type { Holder, PersonKey } from '../core/identity/identity.ts';
import type { Change, Lead } from '../core/lead.ts';
import type { Lifted } from '../core/message/clicks.ts';
import type { Journey } from '../core/schema/journey.ts';
import type { Scoring } from '../core/ruleset.ts';

export interface Clock {
  /** UTC milliseconds. */
  now(): number;
}

/** An event as it lies in a lead's log. */
export interface LogEntry {
  readonly event: LeadEvent;
  /** The sender's timestamp as sent in ISO form, '0' if there was none; part of the key. */
  readonly sentAs: string;
  /** When it came in, UTC milliseconds; absent where that was at once. */
  readonly receivedAt?: number;
}

export interface StoredEntry extends LogEntry, Lifted {
  /** About how large it is in the table. */
  readonly bytes: number;
}

/** A part of a lead's log, and the snapshot that lies behind it. */
export interface Log {
  readonly entries: readonly StoredEntry[];
  readonly snapshot: { readonly id: string; readonly bytes: number; readonly snapshot: Snapshot } | null;
}

/** A stored item that a merge takes along as it is. */
export interface Extra {
  readonly sk: string;
  readonly item: Readonly<Record<string, unknown>>;
}

/** One of so many segments of all leads, from 0. */
export interface Part {
  readonly segment: number;
  readonly of: number;
}

export interface Page {
  /** With where the index of bands shows each. */
  readonly leads: readonly { readonly id: string; readonly listed: NonNullable<Lead['listed']> }[];
  readonly accounts: readonly string[];
  /** Null at the end. */
  readonly cursor: string | null;
}

/** Leads and what lies under them. All reads of one lead are consistent. */
export interface Leads {
  /** Puts an event if its key is free; false: it was there already. @param expiresAt UTC milliseconds; null: never */
  put(leadId: string, entry: LogEntry, expiresAt: number | null): Promise<boolean>;
  read(leadId: string): Promise<Lead | null>;
  /**
   * Clicks that a page confirmed are without their mark.
   * @param from UTC milliseconds: only events sent as of then or later; null: all of them
   */
  log(leadId: string, from: number | null): Promise<Log>;
  keepSnapshot(leadId: string, id: string, snapshot: Snapshot): Promise<void>;
  /** Writes the lead if it still has that version (0: if there is none); false: someone was first. */
  commit(lead: Lead, ifVersion: number): Promise<boolean>;
  keepAttributes(leadId: string, attributes: Attributes): Promise<void>;
  /** Takes events out of a lead's log, and what was made of them: they were put there before it was known to be erased. */
  takeBack(leadId: string, entries: readonly LogEntry[]): Promise<void>;
  /** Mail claims, handoffs and journey entries. */
  extras(leadId: string): Promise<Extra[]>;
  /** Puts an extra of a merged lead, once, however often it is called. */
  takeExtra(leadId: string, from: string, extra: Extra): Promise<void>;
  /** Leads that the due index brings up at or before an instant, by pages; may be a little behind. */
  due(now: number): AsyncIterable<readonly string[]>;
  /** Every lead that stands in a band, and every account, by pages of a segment. @param cursor where the last call stopped */
  page(cursor: string | null, limit: number, part: Part): Promise<Page>;
  /** How many leads stand in each band. */
  bands(): Promise<Readonly<Record<string, number>>>;
}

/** Who holds which key. */
export interface Identities {
  /** @param consistent false: half the price, may be a moment old, and does not know of buried keys */
  holders(keys: readonly PersonKey[], consistent: boolean): Promise<ReadonlyMap<string, Holder>>;
  /** Writes a key's holder if it still is `was`; false: someone was first. */
  hold(key: PersonKey, holder: Holder, was: Holder | null): Promise<boolean>;
  /** Leaves nothing of a key but a hash of it, if its holder still is `was`; false: someone was first. */
  bury(key: PersonKey, holder: Holder, was: Holder): Promise<boolean>;
  /** Notes under a lead that it was given a key, so that a merge or an erasure finds it; a hint, and put before `hold`. */
  note(leadId: string, key: PersonKey): Promise<void>;
  noted(leadId: string): Promise<PersonKey[]>;
}

/** How `Identities.holders` names a key in its answer. */
export const keyName = ({ kind, value }: PersonKey): string => `${kind}#${value}`;

/** A published ruleset, ready to score by. */
export interface RulesetVersion {
  readonly hash: string;
  readonly scoring: Scoring;
  readonly engine: Engine;
  /** Whether any rule looks at `account.*`. */
  readonly readsAccounts: boolean;
  /** The journeys that an event starts. */
  readonly startedByEvents: readonly Pick<Journey, 'journey' | 'start'>[];
}

export interface LiveRuleset extends RulesetVersion {
  readonly epoch: number;
  /** When it was made live, UTC milliseconds. */
  readonly at: number;
}

export interface Rulesets {
  /** At most a minute old, and not older than `atLeast` (an epoch). */
  live(atLeast?: number): Promise<LiveRuleset>;
}

/** What is said of accounts. */
export interface Accounts {
  put(accountId: string, entry: LogEntry): Promise<void>;
  /** At most ten seconds old. */
  history(accountId: string): Promise<AccountHistory>;
  /** As it is; `history` answers it from then on. */
  latest(accountId: string): Promise<AccountHistory>;
}

export interface Changes {
  /** Tells others; answers the ids that the bus took. */
  publish(changes: readonly (Change | AccountChange)[]): Promise<ReadonlySet<string>>;
}

/** Has accounts rolled up, each at most about once a minute, however much its people do. */
export interface RollUps {
  /** After a commit: a member of this account has changed. */
  changed(accountId: string): Promise<void>;
  /** Before a commit by which a lead joins or leaves this account. */
  moving(accountId: string): Promise<void>;
  /** These are due. */
  due(accountIds: readonly string[]): Promise<void>;
  /** A roll-up begins: whatever changes from here on asks for another one. */
  begin(accountId: string): Promise<void>;
}

/** The stored roll-ups. */
export interface RolledUp {
  read(accountId: string): Promise<Account | null>;
  /** Writes the account if it still has that version (0: if there is none); false: someone was first. */
  commit(account: Account, ifVersion: number): Promise<boolean>;
  /** Ids of the leads that belong to an account, by pages; may be a little behind. */
  members(accountId: string): AsyncIterable<readonly string[]>;
  /** Accounts that the due index brings up at or before an instant, by pages; may be a little behind. */
  due(now: number): AsyncIterable<readonly string[]>;
}

/** What scoring a lead needs. */
export interface ScorePorts {
  readonly clock: Clock;
  readonly leads: Leads;
  readonly identities: Identities;
  readonly rulesets: Rulesets;
  readonly accounts: Accounts;
  readonly changes: Changes;
  readonly rollUps: Pick<RollUps, 'changed' | 'moving'>;
  /** Leaves one of the handoffs that a merge brought a lead and that wait for an answer. */
  readonly closeDoubles: (leadId: string) => Promise<void>;
  /** Waits before the n-th new try, from 1; jittered. */
  readonly pause: (attempt: number) => Promise<void>;
}
