import { adjustment } from '../engine/manual.ts';
import { inOrder } from '../engine/order.ts';
import { wholePoints } from '../engine/rounding.ts';
import type { LeadEvent } from '../event.ts';
import type { Scoring } from '../ruleset.ts';
import { day, points } from './words.ts';

/** Points that a person gave or took, as people read them. */
export interface Adjusted {
  /** The event's id. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly score: string;
  /** The key of a keyed score. */
  readonly key: string | null;
  readonly points: number;
  readonly why: string;
  readonly by: string;
  /** Until when it counts, UTC milliseconds; null: for ever. */
  readonly until: number | null;
  /** Whether it counts at the instant that was asked for. */
  readonly counts: boolean;
  /** The id of the adjustment that this one takes back. */
  readonly undoes: string | null;
  /** @example 'freja@lantern.example added 10 points to intent: “Met at the fair”' */
  readonly sentence: string;
}

/** What keys a score: null for one without keys, undefined for no score. */
export const keyedBy =
  (scores: Scoring['scores']) =>
  (name: string): string | null | undefined => {
    const files = Object.values(scores).filter(({ score }) => score === name);
    return files.length === 0 ? undefined : (files.find(({ by }) => by !== undefined)?.by ?? null);
  };

const LONGEST = 500;
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, LONGEST) : '');

/**
 * The manual adjustments among a lead's events, newest first; those that the rules cannot take (an unknown score, a
 * keyed score without its key) are none.
 * @param events any order; of copies of one event the earliest counts, whatever later ones say
 * @param now UTC milliseconds; what happens later does not exist yet
 */
export const adjustmentsOf = (
  events: readonly LeadEvent[],
  scores: Scoring['scores'],
  now: number,
): readonly Adjusted[] => {
  const byOf = keyedBy(scores);
  const given = inOrder(events, -Infinity, now).filter(({ name }) => name === 'score.adjusted');
  return given.toReversed().flatMap((event) => {
    const read = event.suspected === undefined ? adjustment(event, byOf) : null;
    if (read === null) return [];
    const { properties, occurredAt, id } = event;
    const said = {
      id,
      at: occurredAt,
      score: read.score,
      key: read.key === '' ? null : read.key,
      points: read.points,
      why: textOf(properties.why),
      by: textOf(properties.by) || 'Somebody',
      until: read.until === Infinity ? null : read.until,
      counts: read.until > now,
      undoes: textOf(properties.undoes) || null,
    };
    return [{ ...said, sentence: inWords(said, now) }];
  });
};

const inWords = (said: Omit<Adjusted, 'sentence'>, now: number): string => {
  const { until, counts } = said;
  // A bare date ends with its day: the last instant that counts names it.
  const end = until === null ? '' : `, ${counts ? 'until' : 'which ended on'} ${day(until - 1, now)}`;
  return `${whoGaveWhat(said)}${end}`;
};

const whoGaveWhat = ({
  by,
  points: given,
  score,
  key,
  why,
}: Pick<Adjusted, 'by' | 'points' | 'score' | 'key' | 'why'>): string => {
  const many = points(wholePoints(Math.abs(given)) || Math.abs(given));
  const to = `${given < 0 ? 'from' : 'to'} ${score}${key === null ? '' : ` (${key})`}`;
  return `${by} ${given < 0 ? 'took' : 'added'} ${many} ${to}${why === '' ? '' : `: “${why}”`}`;
};

/** What a `score.adjusted` says, in words, whatever the rules make of it; null for one that says nothing. */
export const adjustedInWords = ({ properties }: Pick<LeadEvent, 'properties'>): string | null => {
  const { score, points: given, by, why } = properties;
  if (typeof score !== 'string' || typeof given !== 'number') return null;
  return whoGaveWhat({ by: textOf(by) || 'Somebody', points: given, score, key: null, why: textOf(why) });
};
