import type { Contribution, NextChange } from './evaluation.ts';
import type { JsonObject } from './json.ts';

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

export interface HandoffView {
  readonly entry: number;
  readonly owner: string | null;
  readonly at: number;
  readonly state: string;
}

/** `GET /api/leads/{id}`: everything about one lead, and why. */
export interface LeadPage extends LeadSummary {
  /** The instant that the numbers are of; what "ago" counts from. */
  readonly at: number;
  readonly attributes: JsonObject;
  readonly account: { readonly id: string; readonly attributes: JsonObject } | null;
  readonly bandSince: number;
  readonly contributions: readonly (Contribution & { readonly sentence: string })[];
  readonly forecast: string | null;
  /** Newest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Oldest first. */
  readonly history: readonly TracePoint[];
  readonly mails: readonly MailView[];
  readonly handoffs: readonly HandoffView[];
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

export interface QuarantineItem {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly message: unknown;
}
