/** What one rule (and, for a keyed score, one key) gives a lead at an instant, before groups and limits. */
export interface Contribution {
  readonly rule: string;
  readonly score: string;
  /** The key of a keyed score. */
  readonly key?: string;
  /** 6 decimals. */
  readonly points: number;
  /** The rule's own reason, as its author wrote it. */
  readonly why: string;
  /** Ids of the awarding events, oldest first; empty where a snapshot stands for them or the rule reads no events. */
  readonly events: readonly string[];
}

/** Where a lead stands: the four things whose change others hear of. */
export interface Standing {
  readonly band: string;
  readonly grade: string | null;
  readonly group: string | null;
  readonly qualified: boolean;
}

/** The first instant after `now` at which the standing differs if nothing else happens. */
export interface NextChange extends Standing {
  /** UTC milliseconds, right to the second. */
  readonly at: number;
}

/** A lead's score at an instant; all numbers have 6 decimals. */
export interface Evaluation extends Standing {
  readonly at: number;
  /** By score name; a keyed score is a map of its keys. */
  readonly scores: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  readonly total: number;
  /** Since when the lead is in its band, UTC milliseconds. */
  readonly bandSince: number;
  /** Only rules that give something other than 0. */
  readonly contributions: readonly Contribution[];
  readonly nextChange: NextChange | null;
}
