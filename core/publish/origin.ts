/** Who last changed the lines of a rule, in git. */
export interface RuleOrigin {
  /** Relative to the rules folder: `scores/fit.yaml`. */
  readonly file: string;
  readonly line: number;
  /** Null where the lines are not committed, or there is no git. */
  readonly commit: string | null;
  readonly author: string | null;
  /** When it was committed, UTC milliseconds. */
  readonly at: number | null;
}

/** Where a published ruleset comes from; told by whoever publishes it, and no part of its content. */
export interface Origin {
  /** What was checked out; null without git. A `+` at its end: with changes that are not committed. */
  readonly commit: string | null;
  /** Who publishes. */
  readonly by: string | null;
  /** By the rule's name. */
  readonly rules?: Readonly<Record<string, RuleOrigin>>;
}

/** What a switch to another ruleset may start by itself: null is no limit, 0 nothing. */
export interface Terms {
  /** Handoffs of leads and accounts that qualify by the change. */
  readonly handoffs: number | null;
  /** Leads that enter a journey, and so get its mails, by the change. */
  readonly mails: number | null;
}

export const UNLIMITED: Terms = { handoffs: null, mails: null };

/** One switch of what is live. */
export interface Publication {
  readonly hash: string;
  /** Only rises, on rollback too. */
  readonly epoch: number;
  /** UTC milliseconds. */
  readonly at: number;
  readonly commit: string | null;
  readonly by: string | null;
  readonly terms: Terms;
}
