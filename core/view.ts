import type { Answer, Deal } from './handoff/handoff.ts';
import type { Contribution, NextChange } from './evaluation.ts';
import type { Adjusted } from './explain/adjusted.ts';
import type { JsonObject } from './json.ts';
import type { Publication, RuleOrigin } from './publish/origin.ts';
import type { Shadow } from './publish/request.ts';
import type { JourneyGraph } from './nurture/graph.ts';

/** A lead as lists show it: `GET /api/leads`. Instants are UTC milliseconds, numbers have 6 decimals. */
export interface LeadSummary {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly band: string;
  readonly total: number;
  readonly scores: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  readonly grade: string | null;
  readonly group: string | null;
  readonly qualified: boolean;
  readonly lastActivity: number | null;
  readonly nextChange: NextChange | null;
}

export interface LeadList {
  /** The instant that the numbers are of; what "ago" counts from. */
  readonly at: number;
  readonly leads: readonly LeadSummary[];
  /** Give it back to get the next page; null at the end. */
  readonly cursor: string | null;
}

/** One line of a lead's timeline. */
export interface TimelineEntry {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly name: string;
  /** What happened in a few words; null for what says nothing to sales. */
  readonly text: string | null;
  readonly properties: JsonObject;
  readonly suspected?: string;
}

/** One point of the score over time. */
export interface TracePoint {
  readonly at: number;
  readonly total: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly band: string;
}

export interface MailView {
  readonly journey: string | null;
  readonly step: string;
  readonly email: string;
  readonly subject: string | null;
  readonly at: number;
  readonly outcome: string;
}

/** `GET /api/mails?outcome=unknown`: a message that may have gone out, or not; a person decides. */
export interface UnsettledMail {
  /** Names it in `POST /api/mails/{id}/resend` and `…/dismiss`. */
  readonly id: string;
  /** Whom it is about; null where it is about an account. */
  readonly lead: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
  readonly account: string | null;
  /** Null where it went to sales. */
  readonly journey: string | null;
  readonly step: string;
  /** The template; `slack` for a message there, which can only be dismissed. */
  readonly email: string;
  readonly subject: string | null;
  /** When it was about to go out, UTC milliseconds. */
  readonly at: number;
}

/** `GET /api/emails`: the mails of the live rules, by name. */
export interface EmailSummary {
  readonly name: string;
  /** As the template says it, with Liquid in it. */
  readonly subject: string;
  readonly topic: string | null;
  /** Locales that it has variants for. */
  readonly locales: readonly string[];
  /** Journeys that send it. */
  readonly journeys: readonly string[];
  readonly forSales: boolean;
}

/** Oldest first. */
export interface UnsettledMails {
  readonly mails: readonly UnsettledMail[];
  /** Whether there are more than these. */
  readonly more: boolean;
}

export interface HandoffView {
  readonly entry: number;
  readonly owner: string | null;
  readonly at: number;
  readonly state: string;
}

/** One thing that moved a score within the last seven days. */
export interface WeekChange {
  readonly score: string;
  /** The rule; the reason where a person gave or took the points. */
  readonly rule: string;
  readonly key: string | null;
  /** More than seven days ago, or less. */
  readonly points: number;
  /** How many events of these days the rule awards. */
  readonly events: number;
  /** The person who gave or took them; null for a rule. */
  readonly by: string | null;
}

/** Where a lead stood seven days ago, and what has changed since. */
export interface WeekView {
  /** UTC milliseconds. */
  readonly since: number;
  /** Nothing is known of the lead from before. */
  readonly isNew: boolean;
  readonly total: number;
  readonly band: string;
  /** The largest first, either way. */
  readonly changes: readonly WeekChange[];
}

/** `GET /api/leads/{id}`: everything about one lead, and why. */
export interface LeadPage extends LeadSummary {
  /** The instant that the numbers are of; what "ago" counts from. */
  readonly at: number;
  readonly attributes: JsonObject;
  readonly account: {
    readonly id: string;
    readonly attributes: JsonObject;
    /** Whether its people are added up, so that it has a page of its own. */
    readonly addedUp: boolean;
  } | null;
  readonly bandSince: number;
  readonly contributions: readonly (Contribution & {
    readonly sentence: string;
    /** Who last changed the rule, where that is known. */
    readonly origin?: RuleOrigin | null;
  })[];
  /** By which rules: those that are live, or were at the instant that was asked for. */
  readonly ruleset: {
    readonly hash: string;
    readonly epoch: number;
    /** Since when they are live, UTC milliseconds. */
    readonly since: number;
    /** What they were published from. */
    readonly commit: string | null;
    readonly by: string | null;
  };
  /** What the challenger makes of the lead, beside what counts; null without one. */
  readonly challenger: {
    readonly hash: string;
    readonly total: number;
    readonly band: string;
    readonly qualified: boolean;
  } | null;
  /** Points that people gave or took, newest first. */
  readonly adjustments: readonly Adjusted[];
  /** How each score enters the total: a weight, or `max` or `sum` of a keyed one; one that does not enter is not here. */
  readonly weights: Readonly<Record<string, number | 'max' | 'sum'>>;
  /** What keys each score that a person may give points to; null for one without keys. */
  readonly keyedBy: Readonly<Record<string, string | null>>;
  /** What the bands are steps of: `total`, or a score. */
  readonly bandsOf: string;
  readonly week: WeekView;
  readonly forecast: string | null;
  /** Newest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Oldest first. */
  readonly history: readonly TracePoint[];
  readonly mails: readonly MailView[];
  readonly handoffs: readonly HandoffView[];
}

/** What a signed-in person did was taken: it is on the bus, and shows when it has been scored. */
export interface Taken {
  /** Of the event. */
  readonly id: string;
  /** Of the lead, where it has been merged meanwhile the one that it is now. */
  readonly lead: string;
}

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
  readonly handoffs: readonly HandoffView[];
}

/** A handoff as lists show it. */
export interface HandoffItem {
  /** What events call it. */
  readonly handoff: string;
  readonly of: 'lead' | 'account';
  readonly id: string;
  readonly name: string | null;
  readonly company: string | null;
  readonly band: string | null;
  /** Whole points, as they were then; null for an account. */
  readonly total: number | null;
  /** Who was asked last. */
  readonly owner: string;
  readonly team: string | null;
  /** UTC milliseconds. */
  readonly at: number;
  /** How often somebody was asked. */
  readonly asked: number;
  readonly state: 'open' | 'unanswered' | 'accepted' | 'closed';
  readonly answer: Answer | null;
  readonly deal: Deal | null;
}

/** `GET /api/bands`, lowest first. */
export interface BandCount {
  readonly name: string;
  /** Whole points. */
  readonly enter: number;
  readonly leave: number;
  /** At most 500 are counted. */
  readonly leads: number;
  readonly more: boolean;
}

/** `POST /api/quarantine/replay` answers which messages are on their way now, and why others cannot be. */
export interface Replayed {
  /** Their ids. */
  readonly taken: readonly string[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

export interface QuarantineItem {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly message: unknown;
}

/** What became of those who took a journey: of its newest 2,000 entries. */
export interface JourneyCounts {
  /** When the oldest that is counted began, UTC milliseconds; null where nobody did. */
  readonly since: number | null;
  /** Whether there were earlier ones. */
  readonly more: boolean;
  readonly begun: number;
  readonly running: number;
  /** How those ended that did: `completed`, `goal`, `handed-off`, … */
  readonly ended: Readonly<Record<string, number>>;
  /** How many qualified since they began, of those who took it and of those who were held out to compare them with. */
  readonly effect: {
    readonly taken: { readonly leads: number; readonly qualified: number };
    readonly heldOut: { readonly leads: number; readonly qualified: number };
  };
}

/** One journey of `GET /api/journeys`. */
export interface JourneyView {
  readonly name: string;
  readonly about: string | null;
  readonly retired: boolean;
  /** @example '10%' */
  readonly holdOut: string | null;
  /** In words; any of them is enough. */
  readonly goals: readonly string[];
  readonly stops: readonly string[];
  readonly graph: JourneyGraph;
  readonly counts: JourneyCounts;
}

/** `GET /api/rulesets` */
export interface RulesetList {
  /** What was live, newest first: the first is. */
  readonly published: readonly Publication[];
  /** What scores beside it, and changes nothing; null without one. */
  readonly challenger: Shadow | null;
}

/** `GET /api/handoffs`, newest first. */
export interface HandoffList {
  /** What "ago" counts from, UTC milliseconds. */
  readonly at: number;
  /** Why a lead is not a fit: what sales may choose from, by key. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly handoffs: readonly HandoffItem[];
}
