import { bestKeys } from '../accounts/account-keys.ts';
import type { Contribution, Evaluation } from '../evaluation.ts';
import type { LeadEvent } from '../event.ts';
import { type Adjusted, adjustedInWords } from '../explain/adjusted.ts';
import type { Json, JsonObject } from '../json.ts';
import { cut, shown } from './shown.ts';

/** A score in whole points; of a keyed one also its best keys. */
export interface ScoreInBrief {
  readonly name: string;
  readonly points: number;
  readonly keys?: readonly { readonly name: string; readonly points: number }[];
}

/** Everything that sales needs to make the call, as it stood when the handoff was opened; kept with the handoff. */
export interface HandoffBrief {
  readonly name: string | null;
  readonly email: string | null;
  readonly company: string | null;
  readonly title: string | null;
  readonly phone: string | null;
  readonly country: string | null;
  readonly band: string;
  readonly grade: string | null;
  readonly group: string | null;
  /** Whole points. */
  readonly total: number;
  readonly scores: readonly ScoreInBrief[];
  /** The strongest first, in words, whole points. */
  readonly reasons: readonly {
    readonly sentence: string;
    readonly why: string;
    readonly points: number;
    /** What earned them; nothing where a person gave them. */
    readonly rule?: string;
  }[];
  /** Newest first, in words. */
  readonly timeline: readonly { readonly at: number; readonly text: string }[];
  /** The most interesting first. */
  readonly products: readonly string[];
}

const REASONS = 5;
const TIMELINE = 10;
const PRODUCTS = 5;
/** Keys of a keyed score that are told. */
const KEYS = 3;
const LONGEST = 200;
const LONGEST_SENTENCE = 300;

/** Whole points as people see them: halves away from zero. */
export const whole = (points: number): number => Math.sign(points) * Math.round(Math.abs(points)) || 0;

/** A lead's scores as sales reads them; a keyed one is worth its highest key. */
export const scoresInBrief = (scores: Evaluation['scores']): readonly ScoreInBrief[] =>
  Object.entries(scores).map(([name, score]): ScoreInBrief => {
    if (typeof score === 'number') return { name, points: whole(score) };
    const keys = bestKeys(score, KEYS)
      .map(([key, points]) => ({ name: cut(shown(key), LONGEST), points: whole(points) }))
      .filter(({ points }) => points > 0);
    return { name, points: Math.max(0, ...keys.map(({ points }) => points)), keys };
  });

/** The first of these attributes that says something, as text. */
export const textOf = (attributes: JsonObject, ...names: readonly string[]): string | null => {
  for (const name of names) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    const text = typeof value === 'string' ? shown(value) : '';
    if (text !== '') return cut(text, LONGEST);
    if (typeof value === 'number') return String(value);
  }
  return null;
};

/** A person's name as mails and lists show it. */
export const nameOf = (attributes: JsonObject): string | null => {
  const both = [textOf(attributes, 'firstName', 'first_name'), textOf(attributes, 'lastName', 'last_name')];
  return textOf(attributes, 'name') ?? (both.filter((part) => part !== null).join(' ') || null);
};

const property = (event: LeadEvent, name: string): string | null => {
  const value = Object.hasOwn(event.properties, name) ? event.properties[name] : undefined;
  return typeof value === 'string' ? cut(shown(value), LONGEST) : null;
};

/** What a lead did, in a few words on one line; null for what says nothing to sales. */
export const inWords = (event: LeadEvent): string | null => {
  const words = deedInWords(event);
  return words === null ? null : cut(shown(words), LONGEST);
};

const deedInWords = (event: LeadEvent): string | null => {
  switch (event.type) {
    case 'page':
    case 'screen': {
      const where =
        property(event, 'title') ??
        property(event, 'path') ??
        property(event, 'name') ??
        property(event, 'url');
      return where === null ? 'Looked at a page' : `Looked at ${where}`;
    }
    case 'track':
      return trackInWords(event);
    case 'identify':
    case 'group':
    case 'alias':
      return null;
    default:
      return event.type satisfies never;
  }
};

const MAIL_WORDS: Readonly<Record<string, string>> = {
  'email.clicked': 'Clicked a link in',
  'email.unsubscribed': 'Unsubscribed from',
  'email.complained': 'Marked as spam:',
};

const trackInWords = (event: LeadEvent): string | null => {
  const mail = MAIL_WORDS[event.name];
  if (mail !== undefined) return `${mail} our mail “${property(event, 'email') ?? '?'}”`;
  if (event.name === 'score.adjusted') return adjustedInWords(event);
  if (/^(email|handoff|deal|score)\./.test(event.name)) return null;
  const what = ['product', 'form', 'title', 'name', 'plan']
    .map((name) => property(event, name))
    .find((text) => text !== null);
  return what === undefined ? event.name : `${event.name}: ${what}`;
};

/** What the lead seems to want: its keyed scores, highest first, then the products that its newest events name. */
export const productsOfInterest = (
  scores: Evaluation['scores'],
  newestFirst: readonly LeadEvent[],
): readonly string[] => {
  const keyed = Object.values(scores)
    .flatMap((score) => (typeof score === 'number' ? [] : Object.entries(score)))
    .filter(([, points]) => points > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .flatMap(([key]) => members(key));
  const named = newestFirst.flatMap((event) => [
    ...members(event.properties.product),
    ...members(event.properties.products),
  ]);
  return [...new Set([...keyed, ...named])].slice(0, PRODUCTS);
};

/** Product names in a property: a text, a list of texts, or of objects with a name. */
const members = (value: Json | undefined): string[] => {
  if (typeof value === 'string') return shown(value) === '' ? [] : [cut(shown(value), LONGEST)];
  if (Array.isArray(value)) return value.slice(0, 20).flatMap((member: Json) => members(member));
  if (typeof value === 'object' && value !== null) {
    const { name, product_id: id } = value as JsonObject;
    return members(typeof name === 'string' ? name : typeof id === 'string' ? id : undefined);
  }
  return [];
};

/** What speaks for a lead, of rules and of people, the strongest first. */
const reasonsOf = (
  { contributions }: Evaluation,
  adjusted: readonly Adjusted[],
  sentence: (contribution: Contribution) => string,
): HandoffBrief['reasons'] =>
  [
    ...contributions.map((each) => ({ points: each.points, rule: each.rule, given: each })),
    ...adjusted
      .filter(({ counts }) => counts)
      .map((each) => ({ points: each.points, rule: '', given: each })),
  ]
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || (a.rule < b.rule ? -1 : 1))
    .slice(0, REASONS)
    .map(({ points, rule, given }) => ({
      sentence: cut(shown('sentence' in given ? given.sentence : sentence(given)), LONGEST_SENTENCE),
      why: given.why,
      points: whole(points),
      ...(rule === '' ? {} : { rule }),
    }));

/**
 * Everything about the lead at this instant, in words.
 * @param sentence tells a contribution in words
 * @param adjusted what people gave or took
 */
export const briefOf = (
  evaluation: Evaluation,
  events: readonly LeadEvent[],
  attributes: { readonly lead: JsonObject; readonly account: JsonObject },
  sentence: (contribution: Contribution) => string,
  adjusted: readonly Adjusted[] = [],
): HandoffBrief => {
  const { lead, account } = attributes;
  // Copies of one event are one: the earliest.
  const oldestFirst = events.toSorted((a, b) => a.occurredAt - b.occurredAt);
  const once = new Map(oldestFirst.toReversed().map((event) => [event.id, event]));
  const newestFirst = [...once.values()]
    .filter(({ suspected, occurredAt }) => suspected === undefined && occurredAt <= evaluation.at)
    .sort((a, b) => b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : -1));
  return {
    name: nameOf(lead),
    email: textOf(lead, 'email'),
    company: textOf(account, 'name') ?? textOf(lead, 'company', 'companyName', 'company_name'),
    title: textOf(lead, 'title', 'jobTitle', 'job_title', 'role'),
    phone: textOf(lead, 'phone', 'mobile'),
    country: textOf(lead, 'country') ?? textOf(account, 'country'),
    band: evaluation.band,
    grade: evaluation.grade,
    group: evaluation.group,
    total: whole(evaluation.total),
    scores: scoresInBrief(evaluation.scores),
    reasons: reasonsOf(evaluation, adjusted, sentence),
    timeline: newestFirst
      .flatMap((event) => {
        const text = inWords(event);
        return text === null ? [] : [{ at: event.occurredAt, text }];
      })
      .slice(0, TIMELINE),
    products: productsOfInterest(evaluation.scores, newestFirst),
  };
};
