import { type AccountInHand, accountsToCall, type AccountToCall } from '../accounts/account-to-call.ts';
import type { Evaluation } from '../evaluation.ts';
import type { LeadEvent } from '../event.ts';
import type { Owner } from '../schema/handoff.ts';
import { type HandoffBrief, inWords, whole } from './brief.ts';
import type { HandoffRecord } from './handoff.ts';

type Standing = Pick<Evaluation, 'at' | 'band' | 'total'>;

/** A lead that its owner has in hand, as it stands, and as it stood. */
export interface InHand {
  readonly leadId: string;
  readonly handoff: Pick<HandoffRecord, 'entry' | 'at' | 'state' | 'answer'>;
  readonly who: Pick<HandoffBrief, 'name' | 'email' | 'company' | 'title' | 'phone'>;
  readonly events: readonly LeadEvent[];
  readonly now: Standing;
  /** As of the morning before. */
  readonly before: Standing;
  readonly weekAgo: Standing;
}

/** A lead to call. */
export interface ToCall extends Pick<HandoffBrief, 'name' | 'email' | 'company' | 'title' | 'phone'> {
  readonly leadId: string;
  readonly entry: number;
  readonly state: 'open' | 'accepted';
  readonly band: string;
  /** Whole points. */
  readonly total: number;
  /** Whole points, more or fewer than a week ago. */
  readonly gained: number;
  /** What changed since the morning before, in words. */
  readonly changed: readonly string[];
}

/** Whom an owner is to call today. */
export interface Morning {
  readonly owner: Owner;
  /** UTC milliseconds; so is `since`, the morning before. */
  readonly at: number;
  readonly since: number;
  /** The owner's, IANA. */
  readonly timeZone: string;
  /** Warmest first. */
  readonly leads: readonly ToCall[];
  /** The same of accounts. */
  readonly accounts: readonly AccountToCall[];
  /** How many are not named. */
  readonly more: number;
}

/** When the mail goes where `handoff.yaml` says nothing, by the owner's clock. */
export const USUAL_MORNING = '08:00';
/** Leads, and accounts, that a mail names: more than anybody calls in a day. */
const NAMED = 20;
/** What a lead did that is told. */
const DEEDS = 3;

/** What changed about a lead since the morning before, in words; nothing if nothing did. */
const changesOf = ({ handoff, events, now, before }: InHand): readonly string[] => {
  const since = before.at;
  const deeds = events
    .filter(
      ({ occurredAt, suspected }) => occurredAt > since && occurredAt <= now.at && suspected === undefined,
    )
    .toSorted((a, b) => b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : -1))
    .flatMap((event) => inWords(event) ?? []);
  const { answer, at } = handoff;
  return [
    ...(at > since ? ['Handed over to you'] : []),
    ...(answer?.what === 'accepted' && answer.at > since ? [`Taken by ${answer.by}`] : []),
    ...(now.band === before.band ? [] : [`Now ${now.band}, was ${before.band}`]),
    ...[...new Set(deeds)].slice(0, DEEDS),
  ];
};

/**
 * Whom an owner calls today: everybody who is theirs and not closed, the warmest first. Nobody is listed twice.
 * @returns nobody where there is nothing to tell: nobody waits for an answer, and nothing changed
 */
export const toCallToday = (
  inHand: readonly InHand[],
  accountsInHand: readonly AccountInHand[] = [],
): Pick<Morning, 'leads' | 'accounts' | 'more'> => {
  const newestLast = inHand.toSorted((a, b) => a.handoff.at - b.handoff.at);
  const leads = [...new Map(newestLast.map((each) => [each.leadId, each])).values()]
    .flatMap((each): ToCall[] => {
      const { leadId, handoff, who, now, weekAgo } = each;
      if (handoff.state === 'closed') return [];
      return [
        {
          leadId,
          entry: handoff.entry,
          state: handoff.state,
          name: who.name,
          email: who.email,
          company: who.company,
          title: who.title,
          phone: who.phone,
          band: now.band,
          total: whole(now.total),
          gained: whole(now.total) - whole(weekAgo.total),
          changed: changesOf(each),
        },
      ];
    })
    .sort((a, b) => b.total - a.total || b.gained - a.gained || (a.leadId < b.leadId ? -1 : 1));
  const accounts = accountsToCall(accountsInHand);
  if (![...leads, ...accounts].some(({ state, changed }) => state === 'open' || changed.length > 0))
    return { leads: [], accounts: [], more: 0 };
  return {
    leads: leads.slice(0, NAMED),
    accounts: accounts.slice(0, NAMED),
    more: Math.max(0, leads.length - NAMED) + Math.max(0, accounts.length - NAMED),
  };
};
