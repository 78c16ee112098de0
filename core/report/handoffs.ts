import type { AnswerKind } from '../handoff/handoff.ts';
import type { JourneyEffect } from './effect.ts';

/** What a report needs of a handoff. */
export interface ReportedHandoff {
  /** When it was opened, UTC milliseconds. */
  readonly at: number;
  readonly band: string | null;
  /** What spoke for it, by name. */
  readonly rules: readonly string[];
  readonly answer: { readonly what: AnswerKind; readonly at: number; readonly reason: string | null } | null;
  readonly deal: 'won' | 'lost' | null;
}

/** What became of some handoffs. */
export interface HandoffFigures {
  readonly handoffs: number;
  readonly answered: number;
  readonly accepted: number;
  readonly notNow: number;
  readonly notAFit: number;
  readonly won: number;
  readonly lost: number;
  /** Of those that were answered; null where none was. */
  readonly acceptedShare: number | null;
  /** Of the deals whose end is known; null where none is. */
  readonly wonShare: number | null;
  /** From opened to answered, ms; null where none was answered. */
  readonly answerTime: { readonly median: number; readonly p90: number } | null;
}

/** `GET /api/report?weeks=12` */
export interface Report extends HandoffReport {
  /** Of journeys that hold somebody out, over all their newest entries, whatever the weeks. */
  readonly journeys: readonly JourneyEffect[];
}

/** What became of handoffs. */
export interface HandoffReport {
  /** The first instant that counts, and the one after the last, UTC milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly total: HandoffFigures;
  /** Oldest first, each by its Monday (UTC), those without a handoff too. */
  readonly weeks: readonly (HandoffFigures & { readonly week: string })[];
  /** By the rules that spoke for it, the most frequent first. */
  readonly byRule: readonly (HandoffFigures & { readonly rule: string })[];
  readonly byBand: readonly (HandoffFigures & { readonly band: string })[];
  /** Why leads were not a fit, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly handoffs: number }[];
}

const WEEK = 7 * 86_400_000;
const FIRST_MONDAY = 4 * 86_400_000;

/** The Monday, 0:00 UTC, of the week that an instant lies in. */
export const mondayOf = (at: number): number => Math.floor((at - FIRST_MONDAY) / WEEK) * WEEK + FIRST_MONDAY;

/**
 * What became of the handoffs of the last weeks; the week that is under way is the last of them.
 * @param weeks at least 1; @param now UTC milliseconds
 */
export const reportOf = (all: readonly ReportedHandoff[], weeks: number, now: number): HandoffReport => {
  const from = mondayOf(now) - (weeks - 1) * WEEK;
  const counted = all.filter(({ at }) => from <= at && at <= now);
  const mondays = Array.from({ length: weeks }, (_, week) => from + week * WEEK);
  return {
    from,
    until: now,
    total: figuresOf(counted),
    weeks: mondays.map((monday) => ({
      week: new Date(monday).toISOString().slice(0, 10),
      ...figuresOf(counted.filter(({ at }) => mondayOf(at) === monday)),
    })),
    byRule: by(counted, ({ rules }) => rules).map(([rule, some]) => ({ rule, ...figuresOf(some) })),
    byBand: by(counted, ({ band }) => (band === null ? [] : [band])).map(([band, some]) => ({
      band,
      ...figuresOf(some),
    })),
    reasons: by(counted, ({ answer }) =>
      answer?.what === 'not-a-fit' && answer.reason !== null ? [answer.reason] : [],
    ).map(([reason, { length: handoffs }]) => ({ reason, handoffs })),
  };
};

/** In groups, the largest first. */
const by = (
  all: readonly ReportedHandoff[],
  keysOf: (handoff: ReportedHandoff) => readonly string[],
): [string, ReportedHandoff[]][] => {
  const groups = new Map<string, ReportedHandoff[]>();
  for (const handoff of all)
    for (const key of new Set(keysOf(handoff))) groups.set(key, [...(groups.get(key) ?? []), handoff]);
  return [...groups].sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
};

const figuresOf = (some: readonly ReportedHandoff[]): HandoffFigures => {
  const answers = some.flatMap(({ answer }) => answer ?? []);
  const said = (what: AnswerKind): number => answers.filter((answer) => answer.what === what).length;
  const ended = (deal: 'won' | 'lost'): number => some.filter((handoff) => handoff.deal === deal).length;
  const [accepted, won, lost] = [said('accepted'), ended('won'), ended('lost')];
  const times = some
    .flatMap(({ at, answer }) => (answer === null ? [] : [Math.max(0, answer.at - at)]))
    .sort((a, b) => a - b);
  return {
    handoffs: some.length,
    answered: answers.length,
    accepted,
    notNow: said('not-now'),
    notAFit: said('not-a-fit'),
    won,
    lost,
    acceptedShare: share(accepted, answers.length),
    wonShare: share(won, won + lost),
    answerTime: times.length === 0 ? null : { median: quantile(times, 0.5), p90: quantile(times, 0.9) },
  };
};

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The smallest that at least this share of all is not above. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
