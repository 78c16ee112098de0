import type { Answer, Deal, HandoffRecord, HandoffRef } from './handoff.ts';

/** What an answer, or word of a deal, does to a handoff. */
export type Decision<Brief> =
  | { readonly do: 'write'; readonly record: HandoffRecord<Brief> }
  /** It was answered before, maybe by this very click. */
  | { readonly do: 'nothing' };

/** Takes the first answer; every later one changes nothing. */
export const answered = <Brief>(record: HandoffRecord<Brief>, answer: Answer): Decision<Brief> => {
  if (record.state !== 'open') return { do: 'nothing' };
  const state = answer.what === 'accepted' ? 'accepted' : 'closed';
  return { do: 'write', record: next({ ...record, state, answer }, 'answer') };
};

/** Closes the loop: won or lost, once. A deal of a handoff that nobody answered is an answer, too. */
export const ended = <Brief>(record: HandoffRecord<Brief>, deal: Deal): Decision<Brief> => {
  if (record.deal !== undefined) return { do: 'nothing' };
  if (record.state === 'closed' && deal.what === 'lost') return { do: 'nothing' };
  return { do: 'write', record: next({ ...record, state: 'closed', deal }, 'deal') };
};

const next = <Brief>(record: HandoffRecord<Brief>, what: 'answer' | 'deal'): HandoffRecord<Brief> => ({
  ...record,
  untold: [...new Set([...(record.untold ?? []), what])],
  revision: (record.revision ?? 0) + 1,
});

/** The handoff in an event's properties. @example handoffName({ of: 'lead', id: 'ab12', entry: 2 }) // 'lead/ab12/2' */
export const handoffName = ({ of, id, entry }: HandoffRef): string => `${of}/${id}/${entry}`;

/** Turns a handoff's name back. @example refOfName('lead/ab12/2') // { of: 'lead', id: 'ab12', entry: 2 } */
export const refOfName = (name: string): HandoffRef | null => {
  const [, of, id, entry] = /^(lead|account)\/(.+)\/(\d{1,9})$/s.exec(name) ?? [];
  if (id === undefined || (of !== 'lead' && of !== 'account')) return null;
  return { of, id, entry: Number(entry) };
};

/** A message of the Segment spec about a lead. */
export interface SalesMessage {
  readonly type: 'track';
  readonly event: 'handoff.accepted' | 'handoff.rejected' | 'deal.won' | 'deal.lost';
  readonly leadId: string;
  readonly messageId: string;
  readonly timestamp: string;
  readonly properties: Readonly<Record<string, string | number>>;
}

/**
 * What the bus has to hear of a handoff: an event for each of its leads. Made from content, so that telling twice is
 * telling once.
 * @param leads the lead, or the people whom the account's handoff names
 */
export const messagesOf = (
  { answer, deal, untold = [] }: Pick<HandoffRecord, 'answer' | 'deal' | 'untold'>,
  ref: HandoffRef,
  leads: readonly string[],
): readonly SalesMessage[] =>
  leads.flatMap((leadId): SalesMessage[] => {
    const about = (what: 'answer' | 'deal'): Pick<SalesMessage, 'type' | 'leadId' | 'messageId'> => ({
      type: 'track',
      leadId,
      messageId: messageIdOf(what, ref, leadId),
    });
    const handoff = handoffName(ref);
    const said: SalesMessage[] = [];
    if (answer !== undefined && untold.includes('answer')) {
      const reason = answer.what === 'not-now' ? 'not-now' : answer.reason;
      said.push({
        ...about('answer'),
        event: answer.what === 'accepted' ? 'handoff.accepted' : 'handoff.rejected',
        timestamp: new Date(answer.at).toISOString(),
        properties: { handoff, by: answer.by, ...(reason === undefined ? {} : { reason }) },
      });
    }
    if (deal !== undefined && untold.includes('deal'))
      said.push({
        ...about('deal'),
        event: `deal.${deal.what}`,
        timestamp: new Date(deal.at).toISOString(),
        properties: {
          handoff,
          by: deal.by,
          ...(deal.reason === undefined ? {} : { reason: deal.reason }),
          ...(deal.amount === undefined ? {} : { amount: deal.amount }),
        },
      });
    return said;
  });

/** A lead's own is short; an account's id may hold anything, and its handoff is each of its people's. */
const messageIdOf = (what: string, { of, id, entry }: HandoffRef, leadId: string): string =>
  of === 'lead' ? `handoff#${id}#${entry}#${what}` : `handoff#account#${leadId}#${entry}#${what}`;
