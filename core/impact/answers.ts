import type { Content } from '../engine/replay.ts';
import type { HistoryChunk, HistoryLead } from './history.ts';

/** A mail of a journey that reached the lead. */
export interface Delivered {
  readonly journey: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** What came back about a lead: from sales, from its mailbox, and when it first said who it is. */
export interface Answers {
  /** UTC milliseconds, oldest first. */
  readonly won: readonly number[];
  readonly lost: readonly number[];
  readonly accepted: readonly number[];
  readonly rejected: readonly number[];
  /** When sales had the lead in hand by a handoff of its account, UTC milliseconds; the end not included. */
  readonly withAccount: readonly { readonly from: number; readonly until: number }[];
  /** When it could first be written to; Infinity: never. */
  readonly addressed: number;
  /** From when on it gets no more mail: by topic, under '' of all mail; UTC milliseconds. */
  readonly unmailable: ReadonlyMap<string, number>;
  /** Oldest first. */
  readonly delivered: readonly Delivered[];
}

/** Of all mail, whatever it is about. */
const ALL = '';

type Kind = 'won' | 'lost' | 'accepted' | 'rejected' | 'unmailable' | 'delivered' | 'addressed';
const KINDS: readonly Kind[] = [
  'won',
  'lost',
  'accepted',
  'rejected',
  'unmailable',
  'delivered',
  'addressed',
];
const BY_NAME: Readonly<Record<string, Kind>> = {
  'deal.won': 'won',
  'deal.lost': 'lost',
  'handoff.accepted': 'accepted',
  'handoff.rejected': 'rejected',
  'email.unsubscribed': 'unmailable',
  'email.bounced': 'unmailable',
  'email.complained': 'unmailable',
  'email.delivered': 'delivered',
};

const kindOf = ({ type, name, properties, traits }: Content): Kind | null => {
  if (type === 'identify')
    return typeof traits?.['email'] === 'string' && traits['email'].includes('@') ? 'addressed' : null;
  if (type !== 'track' || !Object.hasOwn(BY_NAME, name)) return null;
  // A full mailbox, a server that rests: it may be written to again.
  if (name === 'email.bounced' && properties['permanent'] === false) return null;
  return BY_NAME[name] ?? null;
};

const topicOf = ({ name, properties }: Content): string => {
  const { topic } = properties;
  return name === 'email.unsubscribed' && typeof topic === 'string' ? topic : ALL;
};

/** Since when a lead gets no mail on a topic, UTC milliseconds; Infinity: it may be written to. @param topic null: about nothing in particular */
export const unmailableFrom = ({ unmailable }: Answers, topic: string | null): number =>
  Math.min(unmailable.get(ALL) ?? Infinity, (topic === null ? undefined : unmailable.get(topic)) ?? Infinity);

/** The handoff of an account that an answer is about, or null: then it is about the lead's own. */
const accountHandoffOf = ({ properties: { handoff } }: Content): string | null =>
  typeof handoff === 'string' && handoff.startsWith('account/') ? handoff : null;

/** Whether sales has the lead in hand by a handoff of its account. @param at UTC milliseconds */
export const isWithAccount = ({ withAccount }: Answers, at: number): boolean =>
  withAccount.some(({ from, until }) => from <= at && at < until);

const NONE: readonly never[] = [];
const NOTHING: ReadonlyMap<string, number> = new Map();

/** Reads the answers about the leads of a chunk; what each event says is looked at once. */
export function answersIn(chunk: HistoryChunk): (lead: HistoryLead, until: number) => Answers {
  // Small numbers, since every event of the history is asked for its own.
  const kinds = Uint8Array.from(chunk.contents, (content) => KINDS.indexOf(kindOf(content) as Kind) + 1);
  return ({ from, to }, until) => {
    const lists: Partial<Record<Kind, number[]>> = {};
    let delivered: Delivered[] | null = null;
    let unmailable: Map<string, number> | null = null;
    let taken: { from: number; until: number; handoff: string }[] | null = null;
    let addressed = Infinity;
    for (let row = from; row < to; row += 1) {
      const number = chunk.content[row] ?? -1;
      const place = kinds[number] ?? 0;
      if (place === 0) continue;
      const [kind, content] = [KINDS[place - 1], chunk.contents[number]];
      if (!kind || !content) continue;
      const at = chunk.at[row] ?? Infinity;
      if (at > until) break;
      if (kind === 'addressed') addressed = Math.min(addressed, at);
      else if (kind === 'unmailable') {
        const topic = topicOf(content);
        unmailable = (unmailable ?? new Map<string, number>()).set(
          topic,
          Math.min(at, unmailable?.get(topic) ?? at),
        );
      } else if (kind === 'delivered') {
        const { journey } = content.properties;
        if (typeof journey === 'string') (delivered ??= []).push({ journey, at });
      } else {
        (lists[kind] ??= []).push(at);
        const handoff = accountHandoffOf(content);
        if (handoff === null) continue;
        if (kind === 'accepted') (taken ??= []).push({ from: at, until: Infinity, handoff });
        else
          for (const each of taken ?? []) if (each.handoff === handoff) each.until = Math.min(each.until, at);
      }
    }
    const { won = NONE, lost = NONE, accepted = NONE, rejected = NONE } = lists;
    return {
      won,
      lost,
      accepted,
      rejected,
      withAccount: taken ?? NONE,
      addressed,
      unmailable: unmailable ?? NOTHING,
      delivered: delivered ?? NONE,
    };
  };
}
