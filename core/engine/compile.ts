import { blueprintOf, type Blueprint } from './blueprint.ts';
import { evaluationOf } from './evaluate.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Fold } from './fold.ts';
import type { Attributes, History, Snapshot } from '../history.ts';
import { inOrder } from './order.ts';
import { sixDecimals } from './rounding.ts';
import { rowsOf } from './rows.ts';
import { saidUntil } from './said.ts';
import type { Scoring } from '../ruleset.ts';
import type { Band } from './standing.ts';
import { Walk } from './walk.ts';

/** A lead's numbers at one instant of its past; a keyed score as its highest key. */
export interface Trace {
  readonly at: number;
  readonly total: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly band: string;
}

/** A ruleset, ready to score leads; every function is pure. `now` is in UTC milliseconds. */
export interface Engine {
  readonly hash: string;
  /** Lowest first, whole points. */
  readonly bands: readonly Band[];
  evaluate(history: History, now: number): Evaluation;
  /** The fold of everything at or before `watermark`; evaluating it and the tail gives the same numbers to the last bit. */
  snapshot(history: History, watermark: number): Snapshot;
  /** The lead's attributes at `now`. */
  attributes(history: History, now: number): Attributes;
  /**
   * The lead's account at `now` (its newest `groupId`, else its e-mail's domain; null for free mail, or as
   * `accounts.yaml` says), and what is known of it.
   */
  account(history: History, now: number): { readonly id: string; readonly attributes: Attributes } | null;
  /** Every account that the lead was of at some time until `now`, oldest first; what `History.accounts` is to tell of. */
  accountIds(history: History, now: number): readonly string[];
  /** What the lead's numbers were at some instants, any order; they come back oldest first. */
  trace(history: History, instants: readonly number[]): Trace[];
}

/** Compiles a checked ruleset. */
export function compile(scoring: Scoring & { readonly hash: string }): Engine {
  const blueprint = blueprintOf(scoring);
  return {
    hash: blueprint.hash,
    bands: blueprint.standings.bands,
    evaluate: (history, now) => evaluate(blueprint, history, now),
    snapshot: (history, watermark) => {
      const walk = walked(blueprint, history, watermark, false);
      walk.passTo(watermark);
      const snapshot = { ruleset: blueprint.hash, watermark, state: walk.save() };
      return blueprint.readsAccount
        ? { ...snapshot, said: saidUntil(history.accounts ?? [], watermark) }
        : snapshot;
    },
    attributes: (history, now) => folded(blueprint, history, now).lead,
    account: (history, now) => {
      const fold = folded(blueprint, history, now);
      return fold.accountId === null ? null : { id: fold.accountId, attributes: fold.account };
    },
    accountIds: (history, now) => accountIds(blueprint, history, now),
    trace: (history, instants) => trace(blueprint, history, instants),
  };
}

/** A walk that has taken every message up to `now`. */
function walked(blueprint: Blueprint, history: History, now: number, keepsIds: boolean): Walk {
  const walk = new Walk(blueprint, history, now, keepsIds);
  walk.take(rowsOf(inOrder(history.events, history.snapshot?.watermark ?? -Infinity, now)));
  return walk;
}

function evaluate(blueprint: Blueprint, history: History, now: number): Evaluation {
  return evaluationOf(blueprint, walked(blueprint, history, now, true), now);
}

/** Only what attributes need: no walk through time. */
function folded(blueprint: Blueprint, history: History, now: number): Fold {
  const walk = new Walk(blueprint, history, now, false);
  for (const event of inOrder(history.events, history.snapshot?.watermark ?? -Infinity, now))
    if (event.type === 'identify' || event.type === 'group') walk.fold.take(event);
  walk.hear(now);
  return walk.fold;
}

function accountIds(blueprint: Blueprint, history: History, now: number): string[] {
  const { fold } = new Walk(blueprint, history, now, false);
  const ids = new Set([fold.accountId]);
  for (const event of inOrder(history.events, history.snapshot?.watermark ?? -Infinity, now)) {
    if (event.type !== 'identify' && event.type !== 'group') continue;
    fold.take(event);
    ids.add(fold.accountId);
  }
  return [...ids].filter((id) => id !== null);
}

/** A lead before its first message: its bands are walked from that one on, so that this look leaves no memory. */
function begun(blueprint: Blueprint, { accounts = [] }: History, at: number): Walk {
  const walk = new Walk(blueprint, { events: [], accounts }, at, false);
  walk.begin(at);
  return walk;
}

function trace(blueprint: Blueprint, history: History, instants: readonly number[]): Trace[] {
  const ordered = [...instants].sort((a, b) => a - b);
  const last = ordered.at(-1);
  if (last === undefined) return [];
  const events = inOrder(history.events, history.snapshot?.watermark ?? -Infinity, last);
  const walk = new Walk(blueprint, history, last, false);
  let taken = 0;
  return ordered.map((at): Trace => {
    let until = taken;
    while ((events[until]?.occurredAt ?? Infinity) <= at) until += 1;
    walk.take(rowsOf(events.slice(taken, until)));
    taken = until;
    walk.passTo(at);
    const looked = walk.at === -Infinity ? begun(blueprint, history, at) : walk;
    const numbers = looked.reader.at(at);
    return {
      at,
      total: sixDecimals(numbers[blueprint.scores.length] ?? 0),
      scores: Object.fromEntries(blueprint.scores.map(({ name }, n) => [name, sixDecimals(numbers[n] ?? 0)])),
      band: blueprint.standings.named(looked.place).band,
    };
  });
}
