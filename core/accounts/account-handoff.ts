import { bestKeys, type KeyedPoints } from './account-keys.ts';
import type { Evaluation } from '../evaluation.ts';
import type { HandoffRecord } from '../handoff/handoff.ts';
import { nameOf, type ScoreInBrief, scoresInBrief, textOf, whole } from '../handoff/brief.ts';
import { cut, shown } from '../handoff/shown.ts';
import type { JsonObject } from '../json.ts';

/** One person of an account, as sales needs to know them. */
export interface PersonInBrief {
  readonly leadId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly title: string | null;
  readonly band: string;
  /** Whole points. */
  readonly total: number;
  readonly scores: readonly ScoreInBrief[];
  /** The strongest of what they did, in words. */
  readonly reason: string | null;
}

/** Everything that sales needs to call a company, as it stood when the handoff was opened; kept with the handoff. */
export interface AccountBrief {
  readonly id: string;
  readonly name: string;
  readonly country: string | null;
  readonly industry: string | null;
  readonly employees: string | null;
  readonly band: string | null;
  /** What its people come to, whole points; a rolled-up keyed score with its best keys. */
  readonly numbers: readonly ScoreInBrief[];
  /** The strongest first. */
  readonly people: readonly PersonInBrief[];
  /** How many more of its people count, beside those named. */
  readonly more: number;
  /** What its people look at, the most interesting first. */
  readonly products: readonly { readonly name: string; readonly points: number }[];
}

export type AccountHandoff = HandoffRecord<AccountBrief>;

const PRODUCTS = 5;
const KEYS = 3;
const LONGEST = 200;
const LONGEST_SENTENCE = 300;

/** A person who makes the account what it is, and what is known of them. */
export interface KnownPerson {
  readonly leadId: string;
  readonly evaluation: Evaluation;
  readonly attributes: JsonObject;
  readonly reason: string | null;
}

interface Known {
  readonly id: string;
  readonly band: string | null;
  readonly numbers: Readonly<Record<string, number>>;
  readonly keys: Readonly<Record<string, KeyedPoints>>;
  readonly attributes: JsonObject;
}

/** The account and its people in words, in the order in which the people are given. */
export const accountBriefOf = (
  { id, band, numbers, keys, attributes }: Known,
  people: readonly KnownPerson[],
  more: number,
): AccountBrief => {
  const products = Object.values(keys)
    .flatMap((points) => Object.entries(points))
    .map(([name, points]) => ({ name: cut(shown(name), LONGEST), points: whole(points) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || (a.name < b.name ? -1 : 1));
  return {
    id,
    name: textOf(attributes, 'name') ?? (cut(shown(id), LONGEST) || 'An account'),
    country: textOf(attributes, 'country'),
    industry: textOf(attributes, 'industry'),
    employees: textOf(attributes, 'employees'),
    band,
    numbers: Object.entries(numbers).map(([name, points]): ScoreInBrief => {
      const keyed = keys[name];
      if (keyed === undefined) return { name, points: whole(points) };
      const best = bestKeys(keyed, KEYS).map(([key, value]) => ({
        name: cut(shown(key), LONGEST),
        points: whole(value),
      }));
      return { name, points: whole(points), keys: best };
    }),
    people: people.map(personOf),
    more,
    products: products.slice(0, PRODUCTS),
  };
};

const personOf = ({ leadId, evaluation, attributes, reason }: KnownPerson): PersonInBrief => ({
  leadId,
  name: nameOf(attributes),
  email: textOf(attributes, 'email'),
  title: textOf(attributes, 'title', 'jobTitle', 'job_title', 'role'),
  band: evaluation.band,
  total: whole(evaluation.total),
  scores: scoresInBrief(evaluation.scores),
  reason: reason === null ? null : cut(shown(reason), LONGEST_SENTENCE),
});
