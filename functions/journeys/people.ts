import type { Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Lead } from '../../core/lead.ts';

export interface PersonAttributes {
  readonly lead: JsonObject;
  readonly account: JsonObject;
}

/** A lead as those see it who act on it; every read is consistent. */
export interface People {
  /** The stored projection; null if there is no such lead (any more). A merged lead's names the survivor in `into`. */
  find(leadId: string): Promise<Lead | null>;
  /** What mails may say of the lead. */
  attributes(leadId: string): Promise<PersonAttributes>;
}

/** A lead with its score computed now. */
export interface PersonNow {
  readonly lead: Lead;
  readonly evaluation: Evaluation;
  /** The whole log, any order. */
  readonly events: readonly LeadEvent[];
  readonly attributes: PersonAttributes;
}

/** Computes scores under the live ruleset. */
export interface Standings {
  /** Null for a lead that is gone, merged or was never scored. @param now UTC milliseconds */
  at(leadId: string, now: number): Promise<PersonNow | null>;
}
