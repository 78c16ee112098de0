import type { LeadEvent } from '../event.ts';
import { inWords, whole } from '../handoff/brief.ts';
import type { HandoffRecord } from '../handoff/handoff.ts';
import type { AccountBrief } from './account-handoff.ts';

/** What the people of an account come to, of what its bands measure; unrounded. */
interface Numbers {
  readonly now: number;
  /** A week ago. */
  readonly weekAgo: number;
}

/** An account that its owner has in hand, as it stands. */
export interface AccountInHand {
  readonly handoff: Pick<HandoffRecord<AccountBrief>, 'entry' | 'at' | 'state' | 'answer' | 'brief'>;
  /** UTC milliseconds; so is `since`, the morning before. */
  readonly at: number;
  readonly since: number;
  /** Null where accounts have no bands. */
  readonly band: { readonly name: string; readonly since: number } | null;
  readonly points: Numbers;
  /** Its people by name, and what they did; null is who has none. */
  readonly people: readonly { readonly name: string | null; readonly events: readonly LeadEvent[] }[];
}

/** An account to call. */
export interface AccountToCall {
  readonly accountId: string;
  readonly entry: number;
  readonly state: 'open' | 'accepted';
  readonly name: string;
  readonly industry: string | null;
  readonly band: string | null;
  /** Whole points of what its bands measure. */
  readonly points: number;
  /** Whole points, more or fewer than a week ago. */
  readonly gained: number;
  /** Whom to ask for, the strongest first. */
  readonly people: readonly string[];
  /** What changed since the morning before, in words. */
  readonly changed: readonly string[];
}

/** What its people did that is told. */
const DEEDS = 3;
/** People who are named. */
const NAMED = 3;

const changesOf = ({ handoff, at, since, band, people }: AccountInHand): readonly string[] => {
  const deeds = people
    .flatMap(({ name, events }) => events.map((event) => ({ event, who: name ?? 'Somebody' })))
    .filter(
      ({ event: { occurredAt, suspected } }) =>
        occurredAt > since && occurredAt <= at && suspected === undefined,
    )
    .toSorted((a, b) => b.event.occurredAt - a.event.occurredAt || (a.event.id < b.event.id ? 1 : -1))
    .flatMap(({ event, who }) => {
      const text = inWords(event);
      return text === null ? [] : [`${who}: ${text}`];
    });
  const { answer } = handoff;
  return [
    ...(handoff.at > since ? ['Handed over to you'] : []),
    ...(answer?.what === 'accepted' && answer.at > since ? [`Taken by ${answer.by}`] : []),
    ...(band !== null && band.since > since ? [`Now ${band.name}`] : []),
    ...[...new Set(deeds)].slice(0, DEEDS),
  ];
};

/** Accounts that are not closed, the warmest first. Nothing is listed twice. */
export const accountsToCall = (inHand: readonly AccountInHand[]): readonly AccountToCall[] => {
  const newestLast = inHand.toSorted((a, b) => a.handoff.at - b.handoff.at);
  return [...new Map(newestLast.map((each) => [each.handoff.brief.id, each])).values()]
    .flatMap((each): AccountToCall[] => {
      const { handoff, band, points } = each;
      const { id, name, industry, people } = handoff.brief;
      if (handoff.state === 'closed') return [];
      return [
        {
          accountId: id,
          entry: handoff.entry,
          state: handoff.state,
          name,
          industry,
          band: band?.name ?? null,
          points: whole(points.now),
          gained: whole(points.now) - whole(points.weekAgo),
          people: people.slice(0, NAMED).map((person) => person.name ?? person.email ?? 'Somebody'),
          changed: changesOf(each),
        },
      ];
    })
    .sort((a, b) => b.points - a.points || b.gained - a.gained || (a.accountId < b.accountId ? -1 : 1));
};
