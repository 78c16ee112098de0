import type { AccountHistory } from '../history.ts';
import type { Content, LeadLog } from '../engine/replay.ts';
import type { Standing } from '../evaluation.ts';
import type { HandoffRecord } from '../handoff/handoff.ts';
import type { JourneyEntry } from '../nurture/journey.ts';

type Handoff = Pick<HandoffRecord, 'entry' | 'at' | 'state'>;

/** What the product has done about a lead; it stands, whatever the rules say tomorrow. */
export interface LeadState {
  /** How often it has qualified. */
  readonly entry: number;
  readonly handoffs: readonly Handoff[];
  /** The newest way through each journey. */
  readonly journeys: Readonly<Record<string, Pick<JourneyEntry, 'at' | 'version' | 'change' | 'running'>>>;
  /** As it was last scored; left out where that is not known. */
  readonly scored?: {
    /** Hash of the whole ruleset. */
    readonly ruleset: string;
    /** UTC milliseconds. */
    readonly at: number;
    /** When that changes by itself, UTC milliseconds; null: never. */
    readonly next: number | null;
    readonly standing: Standing;
  };
}

/** A lead of a history. */
export interface HistoryLead {
  readonly id: string;
  readonly email: string | null;
  readonly user: string | null;
  /** Null where the history is of events alone: then it is taken to be what the base rules would have done. */
  readonly state: LeadState | null;
  /** Rows of its chunk. */
  readonly from: number;
  readonly to: number;
}

/** Some leads, each whole; columns as `Replay` takes them. */
export interface HistoryChunk {
  readonly leads: readonly HistoryLead[];
  readonly contents: readonly Content[];
  readonly at: ArrayLike<number>;
  readonly content: ArrayLike<number>;
}

/** An account of a history. */
export interface HistoryAccount extends AccountHistory {
  /** Where the product last saw it; null where the history is of events alone. */
  readonly place: { readonly band: string | null; readonly qualified: boolean } | null;
  readonly entry: number;
  readonly handoffs: readonly Handoff[];
}

export type HistoryAccounts = ReadonlyMap<string, HistoryAccount>;

export const logOf = (
  { at, content }: Pick<HistoryChunk, 'at' | 'content'>,
  { from, to }: Pick<HistoryLead, 'from' | 'to'>,
): LeadLog => ({ at, content, from, to });

/**
 * Where a lead stands at an instant, if the product knows: it was scored by this ruleset, and nothing has happened to it
 * since, nor has anything changed by itself. What it stands in is then what a replay would find.
 */
export function knownStanding({ state }: HistoryLead, ruleset: string, at: number): Standing | null {
  const scored = state?.scored;
  if (!scored || scored.ruleset !== ruleset || scored.at > at) return null;
  return scored.next === null || scored.next > at ? scored.standing : null;
}
