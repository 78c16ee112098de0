import type { Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Lead } from '../../core/lead.ts';
import { leadKey, whoKey } from '../aws/keys.ts';
import { leadFromItem } from '../aws/lead-item.ts';
import type { Table } from '../aws/table.ts';

export interface PersonAttributes {
  readonly lead: JsonObject;
  readonly account: JsonObject;
}

/** A lead as those see it who act on it; every read is consistent. */
export interface People {
  /** The stored projection; null if there is no such lead (any more). A merged lead's names the survivor in `into`. */
  find(leadId: string): Promise<Lead | null>;
  /** The lead's attributes, as mails may say them. */
  attributes(leadId: string): Promise<JsonObject>;
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

export const tablePeople = (table: Table): People => ({
  find: async (leadId) => {
    const item = await table.get(leadKey(leadId));
    return item === null || item.erased !== undefined ? null : leadFromItem(item);
  },
  attributes: async (leadId) => {
    const item = await table.get(whoKey(leadId));
    return typeof item?.attributes === 'string' ? (JSON.parse(item.attributes) as JsonObject) : {};
  },
});

/** The address that a lead's mail goes to, or null. */
export const addressOf = (lead: Pick<Lead, 'email'>, attributes: JsonObject): string | null =>
  typeof attributes.email === 'string' ? attributes.email : lead.email;
