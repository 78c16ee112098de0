import type { Answer, Deal } from '../handoff/handoff.ts';

/** A handoff, on the page of whose it is. */
export interface HandoffView {
  /** What events call it. */
  readonly handoff: string;
  /** Who was asked last. */
  readonly owner: string;
  readonly team: string | null;
  /** UTC milliseconds. */
  readonly at: number;
  /** How often somebody was asked. */
  readonly asked: number;
  readonly state: 'open' | 'unanswered' | 'accepted' | 'closed';
  readonly answer: Answer | null;
  readonly deal: Deal | null;
  /** The handoff that is answered in its place, since a merge made their leads one. */
  readonly mergedInto: string | null;
}

/** Why a lead is not a fit: what sales may choose from, by key. */
export type Reasons = Readonly<Record<string, string>>;

/** A handoff as lists show it. */
export interface HandoffItem extends HandoffView {
  readonly of: 'lead' | 'account';
  readonly id: string;
  readonly name: string | null;
  readonly company: string | null;
  readonly band: string | null;
  /** Whole points, as they were then; null for an account. */
  readonly total: number | null;
}

/** `GET /api/handoffs`, newest first. */
export interface HandoffList {
  /** What "ago" counts from, UTC milliseconds. */
  readonly at: number;
  readonly reasons: Reasons;
  readonly handoffs: readonly HandoffItem[];
}

/** A handoff that a deploy held back: it would have started more than it might. */
export interface HeldItem {
  /** As it will be called when it is released. */
  readonly handoff: string;
  readonly of: 'lead' | 'account';
  readonly id: string;
  readonly name: string | null;
  readonly band: string | null;
  /** Since when, UTC milliseconds. */
  readonly at: number;
  /** The epoch of the deploy. */
  readonly deploy: number;
}

/** `GET /api/held`, newest first. */
export interface HeldList {
  readonly at: number;
  readonly held: readonly HeldItem[];
}

/** What became of `POST /api/held/release`. */
export interface Released {
  readonly taken: readonly string[];
  readonly refused: readonly { readonly handoff: string; readonly reason: string }[];
}
