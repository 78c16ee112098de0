import { DAY, durationMs, HOUR, WEEK } from '../duration.ts';
import type { LeadEvent } from '../event.ts';
import type { Rule } from '../schema/score.ts';
import { ago, span, timesInWords } from './words.ts';

type When = Readonly<Record<string, unknown>>;

export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** More names than these are only counted. */
const MOST_NAMES = 3;

/** What our own events are called. */
const SAID: Readonly<Record<string, string>> = {
  'handoff.accepted': 'Sales took the lead',
  'handoff.rejected': 'Sales said no',
  'deal.won': 'A deal was won',
  'deal.lost': 'A deal was lost',
  'email.unsubscribed': 'Unsubscribed from mails',
};
const MAILED: Readonly<Record<string, string>> = {
  'email.delivered': 'Got',
  'email.opened': 'Opened',
  'email.clicked': 'Clicked in',
  'email.bounced': 'Could not be reached by',
  'email.complained': 'Reported as spam:',
};

/** `/pricing*` is pricing, `/blog/*` pages under /blog; deeper ones stay as they are. */
function pageWords(path: string): string {
  if (path === '/') return 'the front page';
  const under = /^\/([^*]+)\/\*$/.exec(path)?.[1];
  if (under !== undefined) return `pages under /${under}`;
  return /^\/([^/*]+)\*?$/.exec(path)?.[1] ?? path.replace(/\*$/, '…');
}

/** `pricing_page_viewed` as words; a name that has words stays as it is. */
const nameWords = (name: string): string =>
  name === 'page' ? 'page views' : name.includes(' ') ? name : name.replaceAll(/[_-]+/g, ' ');

/** What the events have in common. @param events empty where only the condition tells */
function what(events: readonly LeadEvent[], when: When): string {
  const names = [...new Set(events.map(({ name }) => name))];
  const told = names.length > 0 ? names : [when.event].flat().map(String);
  const [name = ''] = told;
  if (told.length > MOST_NAMES) return `${told.length} kinds of events`;
  if (told.length > 1) return capital(listed(told.map(nameWords)));
  const common = (property: string): string | null => {
    const values = [...new Set(events.map(({ properties }) => properties[property]))];
    if (values.length === 1 && typeof values[0] === 'string' && values[0] !== '') return values[0];
    const wanted = when[property];
    return typeof wanted === 'string' ? wanted : null;
  };
  if (name === 'page' || name === 'screen') {
    const path = common('path');
    if (path !== null) return `Looked at ${pageWords(path)}`;
    return `Looked at ${common('title') ?? common('url') ?? common('name') ?? `${name}s`}`;
  }
  if (name === '*') return 'Anything';
  const mail = MAILED[name];
  return mail === undefined
    ? (SAID[name] ?? capital(nameWords(name)))
    : `${mail} ${common('email') ?? 'a mail'}`;
}

/** Lengths of time in which people think, with what they call them. */
const LATELY: readonly (readonly [number, string])[] = [
  [DAY, '24 hours'],
  [WEEK, 'week'],
  [2 * WEEK, 'two weeks'],
  [30 * DAY, 'month'],
  [91 * DAY, 'three months'],
  [182 * DAY, 'half year'],
  [365 * DAY, 'year'],
];

/** How often the events that a rule asks for must have happened for its awards; null where each is one. */
function counted(rule: Rule, awards: number): string | null {
  if (rule.at_least !== undefined && rule.at_least > 1) return ` at least ${timesInWords(rule.at_least)}`;
  if (typeof rule.every === 'number' && rule.every > 1)
    return ` at least ${timesInWords(rule.every * awards)}`;
  if (rule.burst) {
    const often = `${timesInWords(rule.burst.count)} within ${span(durationMs(rule.burst.within))}`;
    return ` ${often}${awards > 1 ? `, ${timesInWords(awards)}` : ''}`;
  }
  return rule.once || rule.steps || rule.at_least !== undefined ? '' : null;
}

/**
 * What somebody did and how often, as an event rule counts it.
 * @param events the awarding ones, oldest first; of a rule that counts (`at_least`, `burst` …) those that filled it
 * @param key of a keyed score
 * @example // 'Looked at pricing 3 times in the last two weeks'
 */
export function doing(
  rule: Rule,
  events: readonly LeadEvent[],
  now: number,
  key: string | undefined,
): string {
  const when = rule.when as When;
  const of = key === undefined ? '' : ` (${key})`;
  const [oldest, newest] = [events[0], events.at(-1)];
  const within = rule.within === undefined ? '' : ` in the last ${span(durationMs(rule.within))}`;
  if (!oldest || !newest) return `${what(events, when)}${of}${within}`;
  const often = counted(rule, events.length);
  if (often !== null) {
    const last = events.length === 1 && often === '' ? '' : 'last ';
    return `${what([], when)}${of}${often}${within}, ${last}${ago(now - newest.occurredAt)}`;
  }
  const times = `${what(events, when)}${of} ${timesInWords(events.length)}`;
  if (within !== '') return `${times}${within}`;
  if (events.length === 1) return `${times}, ${ago(now - oldest.occurredAt)}`;
  const age = now - oldest.occurredAt;
  const lately = age < HOUR ? undefined : LATELY.find(([ms]) => age < ms)?.[1];
  return lately === undefined ? times : `${times} in the last ${lately}`;
}
