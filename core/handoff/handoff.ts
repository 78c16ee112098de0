import type { Owner } from '../schema/handoff.ts';
import type { HandoffBrief } from './brief.ts';

/** What sales says to a handoff. */
export type AnswerKind = 'accepted' | 'not-now' | 'not-a-fit';

export interface Answer {
  readonly what: AnswerKind;
  /** Of `not-a-fit`: a key of `reasons`; of what came in as an event, the sender's own. */
  readonly reason?: string;
  /** Who said it, as people are called. */
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** How it ended. */
export interface Deal {
  readonly what: 'won' | 'lost';
  readonly reason?: string;
  readonly amount?: number;
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** Somebody who was asked to take it. */
export interface Asked {
  readonly owner: Owner;
  /** UTC milliseconds. */
  readonly at: number;
  readonly why: 'first' | 'reminder' | 'next' | 'manager';
}

/** Whose handoff it is, and which one; for good, whoever its lead is merged into. */
export interface HandoffRef {
  readonly of: 'lead' | 'account';
  readonly id: string;
  readonly entry: number;
}

/** One handoff of one lead, or of one account, as it is kept. */
export interface HandoffRecord<Brief = HandoffBrief> {
  /** How often it has qualified; with the id it names the handoff. */
  readonly entry: number;
  /** UTC milliseconds. */
  readonly at: number;
  readonly state: 'open' | 'accepted' | 'closed';
  /** Who is asked; once it is accepted, who was asked last. */
  readonly owner: Owner;
  readonly ruleset: string;
  readonly brief: Brief;
  /** Whose turn it was. */
  readonly team?: string;
  /** Everybody who was asked, in order; the owner alone where nobody else was. */
  readonly asked?: readonly Asked[];
  /** Since when everybody has been asked in vain, UTC milliseconds. */
  readonly unansweredAt?: number;
  readonly answer?: Answer;
  readonly deal?: Deal;
  /** Its lead turned out to be one with another that had a handoff too: the one that is answered in its place. */
  readonly merged?: { readonly into: HandoffRef; readonly at: number };
  /** What has been decided and the bus may not have heard of yet. */
  readonly untold?: readonly ('answer' | 'deal')[];
  /** Counts up with every write, so that of two decisions at once one stands. */
  readonly revision?: number;
}

export const askedOf = ({
  asked,
  owner,
  at,
}: Pick<HandoffRecord, 'asked' | 'owner' | 'at'>): readonly Asked[] => asked ?? [{ owner, at, why: 'first' }];

/** Whether a lead is in the hands of sales, so that nurture rests. */
export const isHandedOff = (handoffs: readonly Pick<HandoffRecord, 'state'>[]): boolean =>
  handoffs.some(({ state }) => state === 'open' || state === 'accepted');

/**
 * Why a lead gets no new handoff now, or null if it may.
 * @param againAfterMs no new one within this time of the last
 */
export const refusesHandoff = (
  entry: number,
  others: readonly Pick<HandoffRecord, 'entry' | 'state' | 'at'>[],
  now: number,
  againAfterMs: number,
): 'open' | 'too-soon' | null => {
  const before = others.filter((other) => other.entry !== entry);
  if (isHandedOff(before)) return 'open';
  return before.some(({ at }) => now - at < againAfterMs) ? 'too-soon' : null;
};
