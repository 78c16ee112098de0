import type { JsonObject } from '../json.ts';
import type { Origin, Publication, RuleOrigin, Terms } from './origin.ts';
import type { Progress } from './progress.ts';
import type { Ruleset } from '../ruleset.ts';

interface Named {
  readonly hash: string;
  readonly commit?: string | null;
  /** Who asks. */
  readonly by?: string | null;
}

/** What a deployer may ask of the function that publishes. */
export type PublishRequest =
  /** Writes parts of a ruleset. */
  | { readonly op: 'put'; readonly hash: string; readonly parts: Readonly<Record<string, string>> }
  /** Says which parts it has (their SHA-256), and where it comes from. */
  | {
      readonly op: 'announce';
      readonly hash: string;
      readonly parts: Readonly<Record<string, string>>;
      readonly origin?: Origin;
    }
  /** Makes it live, if `base` is what is live. Answers the `Publication`. */
  | (Named & {
      readonly op: 'switch';
      readonly base?: string;
      readonly terms: Terms;
      /** Leads that are before a step that is removed finish as they began; without it they are a reason to refuse. */
      readonly letFinish?: boolean;
    })
  /** Makes an earlier one live again; without a hash what was live before. Answers the `Publication`. */
  | (Omit<Named, 'hash'> & { readonly op: 'rollback'; readonly hash?: string; readonly terms: Terms })
  /** Sets the challenger, or takes it away. */
  | (Omit<Named, 'hash'> & { readonly op: 'shadow'; readonly hash: string | null })
  /** Starts the rescore of what is live, if it has stopped. Answers its `Progress`. */
  | { readonly op: 'rescore' }
  /** Answers what is `Listed`. */
  | { readonly op: 'list' }
  /** Answers the `RuleVersion`s of a rule, oldest first. */
  | { readonly op: 'rule'; readonly rule: string }
  /** Answers who is on the way through these journeys, `Travellers` by journey. */
  | { readonly op: 'on-the-way'; readonly journeys: readonly string[] }
  /** Answers a published ruleset, `Read`. */
  | { readonly op: 'read'; readonly hash: string };

/** The challenger. */
export interface Shadow {
  readonly hash: string;
  /** Since when it scores beside the live one, UTC milliseconds. */
  readonly at: number;
  readonly commit: string | null;
  readonly by: string | null;
}

export interface Listed {
  /** By the product's clock, UTC milliseconds. */
  readonly now: number;
  readonly live: Publication | null;
  /** Oldest first. */
  readonly publications: readonly Publication[];
  readonly shadow: Shadow | null;
  /** Of the live one. */
  readonly rescore: Progress | null;
}

export interface Read {
  readonly ruleset: Ruleset;
  readonly origin: Origin | null;
}

/** What a rule said since a switch that changed it. */
export interface RuleVersion {
  readonly epoch: number;
  readonly hash: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly commit: string | null;
  readonly by: string | null;
  /** With its score; null: the rule is gone. */
  readonly rule: JsonObject | null;
  readonly origin: RuleOrigin | null;
  /** Leads by band when it went live, and when all had been brought to it; null where nobody was, or not yet. */
  readonly before: Readonly<Record<string, number>> | null;
  readonly after: Readonly<Record<string, number>> | null;
}
