import { createHash } from 'node:crypto';

import { type LeadEvent } from '../../core/event.ts';
import { type HistoryAccount, type HistoryLead, type LeadState } from '../../core/impact/history.ts';
import { withConfirmed } from '../../core/message/clicks.ts';
import { accountFromItem } from '../../functions/aws/account-item.ts';
import {
  accountIdOf,
  FIRST_EVENT,
  HANDOFF_PREFIX,
  isLeadPk,
  JOURNEY_PREFIX,
  SNAPSHOT,
} from '../../functions/aws/keys.ts';
import { leadFromItem } from '../../functions/aws/lead-item.ts';
import { entryOf } from '../../functions/aws/leads.ts';
import { type Item } from '../../functions/aws/table.ts';

/** A lead as the table holds it. */
export interface ReadLead {
  readonly lead: Omit<HistoryLead, 'from' | 'to'> & { readonly version: number };
  readonly events: readonly LeadEvent[];
}
export interface ReadAccount extends HistoryAccount {
  readonly version: number;
}

/** The items of one partition of the table, in words of the history; null where it is neither a lead's nor an account's. */
export function partitionOf(pk: string, items: readonly Item[]): ReadLead | ReadAccount | null {
  if (isLeadPk(pk)) return leadOf(items);
  return pk.startsWith('ACCT#') ? accountOf(pk, items) : null;
}

const isEvent = ({ sk }: Item): boolean => String(sk).startsWith(FIRST_EVENT) && sk !== SNAPSHOT;
/** As the scorer reads them: a click that a page confirmed counts. */
const eventsOf = (items: readonly Item[]): LeadEvent[] =>
  withConfirmed(items.filter(isEvent).map(entryOf)).map(({ event }) => event);

/** One that was merged away or erased is nobody. */
function leadOf(items: readonly Item[]): ReadLead | null {
  const item = items.find(({ sk }) => sk === 'LEAD');
  if (
    item === undefined ||
    item.into !== undefined ||
    item.erased !== undefined ||
    typeof item.version !== 'number'
  )
    return null;
  const { id, email, users, entry, version, standing, ruleset, asOf, next } = leadFromItem(item);
  if (standing === null) return null;
  const state: LeadState = {
    entry,
    handoffs: handoffsOf(items),
    journeys: journeysOf(items),
    scored: { ruleset, at: asOf, next, standing },
  };
  return { lead: { id, email, user: users[0] ?? null, state, version }, events: eventsOf(items) };
}

function accountOf(pk: string, items: readonly Item[]): ReadAccount {
  const item = items.find(({ sk }) => sk === 'ACCT');
  const account = item ? accountFromItem(item) : null;
  return {
    id: accountIdOf(pk),
    events: eventsOf(items),
    place: account?.place ?? null,
    entry: account?.entry ?? 0,
    handoffs: handoffsOf(items),
    version: account?.version ?? 0,
  };
}

const handoffsOf = (items: readonly Item[]): LeadState['handoffs'] =>
  items
    .filter(({ sk }) => String(sk).startsWith(HANDOFF_PREFIX))
    .map((item) => ({
      entry: Number(item.entry),
      at: Number(item.at),
      state: item.state as LeadState['handoffs'][number]['state'],
    }));

const journeysOf = (items: readonly Item[]): LeadState['journeys'] =>
  Object.fromEntries(
    items
      .filter(({ sk }) => String(sk).startsWith(JOURNEY_PREFIX))
      .map(({ sk, at, version, change, running }) => [
        String(sk).slice(JOURNEY_PREFIX.length),
        { at: Number(at), version: Number(version), change: String(change), running: running === true },
      ]),
  );

/** Whether a lead is in a sample; the same leads are in it always, and a larger sample holds a smaller one.
 *  @param sample which share of leads, up to 1 */
export const isSampled = (leadId: string, sample: number): boolean =>
  sample >= 1 || createHash('sha256').update(leadId).digest().readUInt32BE(0) < sample * 2 ** 32;

export const isLead = (read: ReadLead | ReadAccount): read is ReadLead => 'lead' in read;
