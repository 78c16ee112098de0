import type { Standing } from './evaluation.ts';
import type { StandingChange } from './standing-change.ts';

export type ChangeKind =
  | 'lead.band.changed'
  | 'lead.grade.changed'
  | 'lead.group.changed'
  | 'lead.qualified'
  | 'lead.disqualified'
  /** From now on it can be written to. */
  | 'lead.addressed'
  /** It did something that a journey starts on; `to` names the journeys, by comma. */
  | 'lead.event';

/** What others hear when a lead's stored standing changes. A hint, never the state: who hears it reads the lead again. */
export interface Change extends StandingChange<ChangeKind> {
  readonly leadId: string;
}

/** Names the snapshot that a projection was made with. */
export interface SnapshotName {
  /** Of its content: two snapshots with one id say the same. */
  readonly id: string;
  /** UTC milliseconds, included. */
  readonly watermark: number;
}

/** The group message that says which account a lead belongs to; the newest wins, equal instants by the larger id. */
export interface Membership {
  readonly account: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly event: string;
}

/** That a lead's data was erased; it names whoever did it, and nothing of the lead. */
export interface Erasure {
  /** UTC milliseconds: what happened, or came in, until then is refused. */
  readonly at: number;
  /** Who had it erased, as the sign-in names them. */
  readonly by: string;
  readonly reason: string;
}

export type Scores = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** The stored projection of a lead's log; all of it but identity, entry and pending can be rebuilt. */
export interface Lead {
  readonly id: string;
  /** Counts up in every write; every write is conditional on it. */
  readonly version: number;
  /** UTC milliseconds. */
  readonly createdAt: number;
  /** User ids claimed for this lead; more than one only by alias. */
  readonly users: readonly string[];
  /** E-mail addresses claimed for this lead, in their one spelling. */
  readonly emails: readonly string[];
  /** The lead that this one was merged into; nothing else here counts then. */
  readonly into?: string;
  /** Its data was erased: nothing else here counts then, but the keys that are still to be forgotten, and `due`. */
  readonly erased?: Erasure;
  /** The instant this was computed for; time never runs backwards for a lead. UTC milliseconds. */
  readonly asOf: number;
  /** Null until the lead is scored for the first time. */
  readonly standing: Standing | null;
  readonly scores: Scores;
  readonly total: number;
  /** Since when the lead is in its band, UTC milliseconds. */
  readonly since: number;
  /** Counts up in the write that turns `qualified` true. */
  readonly entry: number;
  readonly lastActivity: number | null;
  /** When the standing changes by itself, UTC milliseconds. */
  readonly next: number | null;
  /** What must still be told, by change id. */
  readonly pending: Readonly<Record<string, Change>>;
  /**
   * The epoch of the rescore that tells what is pending; absent where whoever wrote the lead tells it. Nobody writes the
   * lead again to clear that: it goes with the next write.
   */
  readonly toldBy?: number;
  /** When the due index brings this lead up; may be earlier than there is anything to do. */
  readonly due: number | null;
  /** Where lists by band show it; moves only with the band. */
  readonly listed: { readonly band: string; readonly since: number } | null;
  readonly snapshot: SnapshotName | null;
  /** The newest `occurredAt` of an event whose key lies far before it; 0 without one. See `functions/scoring/read.ts`. */
  readonly strayUntil: number;
  readonly ruleset: string;
  /** Of the ruleset; never falls. */
  readonly epoch: number;
  /** What lists show. */
  readonly email: string | null;
  readonly name: string | null;
  readonly membership: Membership | null;
  /** The account among whose members the index lists it; null where the rules add nobody up. */
  readonly account: string | null;
  /** Hash of the attributes as last kept for mails and pages; '' without. */
  readonly attributes: string;
}

/**
 * What is left of a lead that is erased: a fence. Its user ids, addresses and account stay until whoever finishes the
 * erasure has followed them; nobody is told of what was pending.
 */
export const erasedLead = (lead: Lead, erased: Erasure): Lead => ({
  ...newLead(lead.id, erased.at, lead),
  ...(lead.into === undefined ? {} : { into: lead.into }),
  version: lead.version + 1,
  asOf: lead.asOf,
  // Of how many times it qualified, which is counted and names nobody.
  entry: lead.entry,
  epoch: lead.epoch,
  ruleset: lead.ruleset,
  email: null,
  account: lead.account,
  due: erased.at,
  erased,
});

/** The same once all that it led to is gone. @param due when it is looked at for the last time, UTC milliseconds; null: never again */
export const forgottenLead = (lead: Lead, due: number | null): Lead => ({
  ...lead,
  version: lead.version + 1,
  users: [],
  emails: [],
  account: null,
  due,
});

/** A lead that nothing is known of yet. */
export const newLead = (
  id: string,
  now: number,
  claims: { users: readonly string[]; emails: readonly string[] },
): Lead => ({
  id,
  version: 0,
  createdAt: now,
  users: claims.users,
  emails: claims.emails,
  asOf: 0,
  standing: null,
  scores: {},
  total: 0,
  since: now,
  entry: 0,
  lastActivity: null,
  next: null,
  pending: {},
  due: null,
  listed: null,
  snapshot: null,
  strayUntil: 0,
  ruleset: '',
  epoch: 0,
  email: claims.emails[0] ?? null,
  name: null,
  membership: null,
  account: null,
  attributes: '',
});
