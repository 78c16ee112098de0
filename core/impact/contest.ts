import { bootstrap, type Interval, wilson } from './certainty.ts';
import { aucOf, type Judged, liftOf, medianOf, type Quality, qualityOf } from './quality.ts';

/** A measure of both rulesets, with what the sample leaves open. */
export interface Contested {
  readonly what: string;
  /** Whether it is a share, from 0 to 1. */
  readonly isShare: boolean;
  readonly live: number | null;
  readonly liveWithin: Interval | null;
  readonly challenger: number | null;
  readonly challengerWithin: Interval | null;
  /** How much more the challenger has, drawn in pairs: the same leads under both. */
  readonly difference: Interval | null;
  /** `unclear`: the interval of the difference holds 0, or there are too few outcomes. `null`: neither way is better in itself. */
  readonly verdict: 'better' | 'worse' | 'unclear' | null;
}

/** What two rulesets made of one lead, as of just before sales decided on it. */
export interface Pair {
  readonly before: Judged;
  readonly after: Judged;
}

const DAY = 86_400_000;
/** Of fewer leads that sales decided on, drawing again says nothing that could be trusted. */
const ENOUGH = 30;

interface Measure {
  readonly what: string;
  readonly of: (quality: Quality) => number | null;
  /** On its own; cheaper than all of them, for each draw. */
  readonly drawn: (judged: readonly Judged[]) => number | null;
  /** Where it is a share: of how many, and how many. */
  readonly share?: (judged: readonly Judged[]) => readonly [successes: number, of: number];
  readonly more: 'better' | 'worse' | null;
}

const qualified = (judged: readonly Judged[]): Judged[] => judged.filter((lead) => lead.qualified);
const won = (judged: readonly Judged[]): Judged[] => judged.filter((lead) => lead.won);
const ratio = ([part, whole]: readonly [number, number]): number | null =>
  whole === 0 ? null : part / whole;
const precision = (judged: readonly Judged[]): readonly [number, number] => [
  won(qualified(judged)).length,
  qualified(judged).length,
];
const recall = (judged: readonly Judged[]): readonly [number, number] => [
  won(qualified(judged)).length,
  won(judged).length,
];
const leadDays = (judged: readonly Judged[]): number | null =>
  medianOf(judged.flatMap(({ leadTimeMs }) => (leadTimeMs === null ? [] : [leadTimeMs / DAY])));

const MEASURES: readonly Measure[] = [
  {
    what: 'precision of qualified',
    of: (quality) => quality.precision,
    drawn: (judged) => ratio(precision(judged)),
    share: precision,
    more: 'better',
  },
  {
    what: 'recall of qualified',
    of: (quality) => quality.recall,
    drawn: (judged) => ratio(recall(judged)),
    share: recall,
    more: 'better',
  },
  { what: 'AUC', of: (quality) => quality.auc, drawn: aucOf, more: 'better' },
  { what: 'lift of the top tenth', of: (quality) => quality.lift, drawn: liftOf, more: 'better' },
  {
    what: 'days qualified to won',
    of: (quality) => quality.medianLeadDays,
    drawn: leadDays,
    more: null,
  },
];

/**
 * Holds two rulesets against each other on the same outcomes: shares with Wilson's interval, all else by bootstrap; the
 * difference is drawn in pairs, since both judged the same leads.
 */
export function contest(pairs: readonly Pair[]): readonly Contested[] {
  const [before, after] = [pairs.map((pair) => pair.before), pairs.map((pair) => pair.after)];
  const quality = { live: qualityOf(before), challenger: qualityOf(after) };
  const bands = [...new Set([...before, ...after].map(({ band }) => band))].sort();
  return [...MEASURES, ...bands.map(shareOf)].map(({ what, of, drawn, share, more }): Contested => {
    const within = (judged: readonly Judged[]): Interval | null =>
      share === undefined ? bootstrap(judged, drawn) : wilson(...share(judged));
    const difference = bootstrap(pairs, (sample) => {
      const [is, was] = [drawn(sample.map((pair) => pair.after)), drawn(sample.map((pair) => pair.before))];
      return is === null || was === null ? null : is - was;
    });
    return {
      ...{
        what,
        isShare: share !== undefined,
        live: of(quality.live),
        challenger: of(quality.challenger),
        difference,
      },
      liveWithin: within(before),
      challengerWithin: within(after),
      verdict: verdictOf(pairs.length < ENOUGH ? null : difference, more),
    };
  });
}

/** The share of a band's leads that were won. */
const shareOf = (band: string): Measure => {
  const share = (judged: readonly Judged[]): readonly [number, number] => {
    const inside = judged.filter((lead) => lead.band === band);
    return [won(inside).length, inside.length];
  };
  return {
    what: `won of ${band}`,
    of: (quality) => quality.bands[band]?.share ?? null,
    drawn: (judged) => ratio(share(judged)),
    share,
    more: null,
  };
};

const verdictOf = (difference: Interval | null, more: Measure['more']): Contested['verdict'] => {
  if (more === null) return null;
  if (difference === null || (difference[0] <= 0 && difference[1] >= 0)) return 'unclear';
  return difference[0] > 0 === (more === 'better') ? 'better' : 'worse';
};
