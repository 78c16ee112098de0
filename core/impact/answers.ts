import type { Content } from '../engine/replay.ts';
import type { HistoryChunk, HistoryLead } from './history.ts';

/** What came back about a lead: from sales, from its mailbox, and when it first said who it is. */
export interface Answers {
  /** UTC milliseconds, oldest first. */
  readonly won: readonly number[];
  readonly lost: readonly number[];
  readonly accepted: readonly number[];
  readonly rejected: readonly number[];
  /** When it could first be written to; Infinity: never. */
  readonly addressed: number;
  /** From when on it gets no more mail; Infinity: never. */
  readonly unmailable: number;
}

const KINDS: Readonly<Record<string, number>> = {
  'deal.won': 1,
  'deal.lost': 2,
  'handoff.accepted': 3,
  'handoff.rejected': 4,
  'email.unsubscribed': 5,
  'email.bounced': 5,
  'email.complained': 5,
};
const ADDRESSED = 6;

const kindOf = ({ type, name, traits }: Content): number => {
  if (type === 'identify')
    return typeof traits?.['email'] === 'string' && traits['email'].includes('@') ? ADDRESSED : 0;
  return type === 'track' && Object.hasOwn(KINDS, name) ? (KINDS[name] ?? 0) : 0;
};

const NONE: readonly number[] = [];

/** Reads the answers about the leads of a chunk; what each event says is looked at once. */
export function answersIn(chunk: HistoryChunk): (lead: HistoryLead, until: number) => Answers {
  const kinds = Uint8Array.from(chunk.contents, kindOf);
  return ({ from, to }, until) => {
    let lists: number[][] | null = null;
    let addressed = Infinity;
    let unmailable = Infinity;
    for (let row = from; row < to; row += 1) {
      const kind = kinds[chunk.content[row] ?? -1] ?? 0;
      if (kind === 0) continue;
      const at = chunk.at[row] ?? Infinity;
      if (at > until) break;
      if (kind === ADDRESSED) addressed = Math.min(addressed, at);
      else if (kind === 5) unmailable = Math.min(unmailable, at);
      else (lists ??= [[], [], [], []])[kind - 1]?.push(at);
    }
    const [won = NONE, lost = NONE, accepted = NONE, rejected = NONE] = lists ?? [];
    return { won, lost, accepted, rejected, addressed, unmailable };
  };
}
