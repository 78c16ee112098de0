import { durationMs } from '../duration.ts';
import type { Contribution, Evaluation } from '../evaluation.ts';
import type { LeadEvent } from '../event.ts';
import { type AttributeView, attributeReader } from '../engine/match.ts';
import { wholePoints } from '../engine/rounding.ts';
import type { Rule } from '../schema/score.ts';
import { capital, doing, listed } from './doing.ts';
import { ago, day, points, span } from './words.ts';

const matcherWords = (matcher: unknown): string => {
  if (Array.isArray(matcher)) return `is ${listed(matcher.map(String))}`;
  if (matcher === 'exists') return 'is known';
  if (matcher === 'missing') return 'is not known';
  const text = String(matcher);
  const [from, to] = text.split('..');
  if (typeof matcher === 'string' && to !== undefined)
    return from === ''
      ? `is at most ${to}`
      : to === ''
        ? `is at least ${from}`
        : `is between ${from} and ${to}`;
  const signs: readonly [string, string][] = [
    ['>=', 'is at least'],
    ['<=', 'is at most'],
    ['>', 'is above'],
    ['<', 'is below'],
  ];
  const sign = signs.find(([mark]) => text.startsWith(mark));
  return sign ? `${sign[1]} ${text.slice(sign[0].length).trim()}` : `is ${text}`;
};

/** `lead.jobTitle` as a word: `job title`; `account.` stays told. */
function attributeWords(key: string): string {
  const [who, ...path] = key.split('.');
  const words = path
    .join(' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
  return who === 'account' ? `the account’s ${words}` : words;
}

/** The attribute as it is, where that is one plain value; null where only the rule can tell what held. */
function known(key: string, attributes: AttributeView | undefined): string | null {
  const value = attributes && attributeReader(key)(attributes);
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 100) : null;
}

/** What a rule found, whether by events or by being true. */
function cause(
  rule: Rule,
  events: readonly LeadEvent[],
  now: number,
  key: string | undefined,
  attributes: AttributeView | undefined,
): string {
  const { when, points_by } = rule;
  if (when === undefined) {
    const [key = ''] = Object.keys(points_by ?? {});
    const value = known(key, attributes);
    return value === null
      ? `Because of ${attributeWords(key)}`
      : capital(`${attributeWords(key)} is ${value}`);
  }
  if ('inactive' in when) return `Nothing done for ${span(durationMs(when.inactive as string))} or more`;
  if ('active_within' in when)
    return `Did something in the last ${span(durationMs(when.active_within as string))}`;
  if ('event' in when) return doing(rule, events, now, key);
  if ('all' in when || 'any' in when || 'not' in when || 'rate' in when) return rule.why.replace(/\.$/, '');
  return capital(
    Object.entries(when)
      .map(([key, matcher]) => {
        const value = known(key, attributes);
        return `${attributeWords(key)} ${value === null ? matcherWords(matcher) : `is ${value}`}`;
      })
      .join(' and '),
  );
}

/**
 * One contribution as people say it.
 * @param rule the rule that gave it
 * @param events the lead's events; those that the contribution names are looked up among them
 * @param attributes as they are at `now`; without them the rule's own words stand for the value
 * @example // 'Looked at pricing 3 times in the last two weeks: 24 points, fading; the oldest was 9 days ago'
 */
export function sentence(
  contribution: Contribution,
  rule: Rule,
  events: readonly LeadEvent[],
  now: number,
  attributes?: AttributeView,
): string {
  const ids = new Set(contribution.events);
  const awarding = events.filter(({ id }) => ids.has(id)).sort((a, b) => a.occurredAt - b.occurredAt);
  const fading = rule.half_life !== undefined || rule.fade !== undefined ? ', fading' : '';
  const [oldest] = awarding;
  const since = oldest && awarding.length > 1 ? `; the oldest was ${ago(now - oldest.occurredAt)}` : '';
  const given = wholePoints(contribution.points);
  const worth = given === 0 ? `less than a point${contribution.points < 0 ? ' off' : ''}` : points(given);
  return `${cause(rule, awarding, now, contribution.key, attributes)}: ${worth}${fading}${since}`;
}

/** What becomes of a lead if nothing else happens, or null where nothing changes any more.
 *  @example // 'Turns cold on 14 May unless something happens' */
export function forecast(evaluation: Evaluation): string | null {
  const { nextChange: next, at } = evaluation;
  if (!next) return null;
  const date = day(next.at, at);
  if (next.band !== evaluation.band) return `Turns ${next.band} on ${date} unless something happens`;
  if (next.qualified !== evaluation.qualified)
    return `${next.qualified ? 'Qualifies' : 'No longer qualifies'} on ${date} unless something happens`;
  if (next.group !== evaluation.group)
    return next.group === null
      ? `Leaves ${evaluation.group} on ${date} unless something happens`
      : `Moves to ${next.group} on ${date} unless something happens`;
  return `Gets grade ${next.grade} on ${date} unless something happens`;
}
