import type { Contribution, NextChange } from '../evaluation.ts';
import type { Adjusted } from '../explain/adjusted.ts';
import type { JsonObject } from '../json.ts';
import type { RuleOrigin } from '../publish/origin.ts';
import type { HandoffView, Reasons } from './handoff.ts';
import type { MailView } from './mail.ts';

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
  /** Newest first. */
  readonly handoffs: readonly HandoffView[];
  readonly reasons: Reasons;
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
