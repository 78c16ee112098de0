import type { LeadEvent } from '../../../core/event.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { matches, type PlainMatcher, reach } from './matching.ts';

/** A rule as it stands in YAML. */
export type PlainRule = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** All that a condition may look at, as of one instant. */
export interface Facts {
  readonly now: number;
  /** Visible events for rules in order: none in the future, none expired, none suspected, no adjustments. */
  readonly events: readonly LeadEvent[];
  /** When the lead's first event happened, an adjustment by a person included. */
  readonly first: number | undefined;
  readonly lead: JsonObject;
  readonly account: JsonObject;
  readonly isActivity: (event: LeadEvent) => boolean;
  /** The first day of a range such as 2026-01-01..2026-03-31, as instants: [from, until). */
  readonly period: (range: string) => readonly [number, number];
}

const UNIT: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** @example duration('12h') // 43200000 */
export const duration = (text: string): number => Number(text.slice(0, -1)) * (UNIT[text.slice(-1)] ?? NaN);

const isAttribute = (key: string): boolean => key.startsWith('lead.') || key.startsWith('account.');

const attribute = (key: string, facts: Facts): Json[] => {
  const [who = '', ...path] = key.split('.');
  return reach(who === 'lead' ? facts.lead : facts.account, path);
};

const attributesHold = (when: PlainRule, facts: Facts): boolean =>
  Object.entries(when)
    .filter(([key]) => isAttribute(key))
    .every(([key, matcher]) => matches(matcher as PlainMatcher, attribute(key, facts)));

/** Does one event satisfy an event condition at `now`? */
export const eventHolds = (when: PlainRule, event: LeadEvent, facts: Facts): boolean =>
  event.name !== '' &&
  matches(when['event'] as PlainMatcher, [event.name]) &&
  attributesHold(when, facts) &&
  Object.entries(when)
    .filter(([key]) => key !== 'event' && key !== 'at_least' && key !== 'within' && !isAttribute(key))
    .every(([key, matcher]) => matches(matcher as PlainMatcher, reach(event.properties, key.split('.'))));

const younger = (
  events: readonly LeadEvent[],
  within: string | undefined,
  now: number,
): readonly LeadEvent[] =>
  within === undefined ? events : events.filter((event) => now - event.occurredAt < duration(within));

const newestActivity = (facts: Facts): number | undefined =>
  facts.events.findLast(facts.isActivity)?.occurredAt;

/** Is a condition true at `now`? */
export function holds(when: PlainRule, facts: Facts): boolean {
  if ('all' in when) return (when['all'] as PlainRule[]).every((each) => holds(each, facts));
  if ('any' in when) return (when['any'] as PlainRule[]).some((each) => holds(each, facts));
  if ('not' in when) return !holds(when['not'] as PlainRule, facts);
  if ('inactive' in when) {
    const since = newestActivity(facts) ?? facts.first;
    return since !== undefined && facts.now - since >= duration(when['inactive'] as string);
  }
  if ('active_within' in when) {
    const since = newestActivity(facts);
    return since !== undefined && facts.now - since < duration(when['active_within'] as string);
  }
  if ('rate' in when) {
    const rate = when['rate'] as PlainRule;
    const seen = younger(facts.events, rate['within'] as string | undefined, facts.now);
    const count = (of: PlainMatcher | PlainRule): number => {
      const condition = typeof of === 'object' && !Array.isArray(of) ? (of as PlainRule) : { event: of };
      return seen.filter((event) => eventHolds(condition, event, facts)).length;
    };
    const all = count(rate['out_of'] as PlainMatcher);
    return (
      all > 0 &&
      all >= ((rate['min'] as number | undefined) ?? 1) &&
      100 * count(rate['of'] as PlainMatcher) >= parseFloat(String(rate['at_least'])) * all
    );
  }
  if ('event' in when) {
    const seen = younger(facts.events, when['within'] as string | undefined, facts.now);
    return (
      seen.filter((event) => eventHolds(when, event, facts)).length >= ((when['at_least'] as number) ?? 1)
    );
  }
  return attributesHold(when, facts);
}

interface Award {
  readonly at: number;
  readonly points: number;
}

/** The first line that matches, else 0. */
function pointsBy(table: PlainRule, event: LeadEvent | undefined, facts: Facts): number {
  const [[key, lines] = ['', {}]] = Object.entries(table) as [string, Record<string, number>][];
  const values = isAttribute(key)
    ? attribute(key, facts)
    : event
      ? reach(event.properties, key.split('.'))
      : [];
  // A line's label is a matcher written as a key, and keys are texts: 5 and true are the number and the boolean.
  const asMatcher = (label: string): PlainMatcher =>
    /^-?\d+(\.\d+)?$/.test(label)
      ? Number(label)
      : label === 'true'
        ? true
        : label === 'false'
          ? false
          : label;
  for (const [label, points] of Object.entries(lines)) if (matches(asMatcher(label), values)) return points;
  return 0;
}

const plain = (value: Json | undefined): string | null =>
  typeof value === 'string'
    ? value === ''
      ? null
      : value.normalize('NFC').toLowerCase()
    : typeof value === 'number' || typeof value === 'boolean'
      ? JSON.stringify(value)
      : null;

/** The plain value at a path through objects; a way through a list ends in a list, which is no plain value. */
function plainAt(value: Json | undefined, [first, ...rest]: readonly string[]): string | null {
  if (first === undefined) return plain(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.hasOwn(value, first) ? plainAt((value as JsonObject)[first], rest) : null;
}

/** Step 2: once_per first, then the newest event for each value of `distinct`. */
function thin(rule: PlainRule, events: readonly LeadEvent[]): readonly LeadEvent[] {
  let kept = events;
  if (rule['once_per']) {
    const gap = duration(rule['once_per'] as string);
    let last = -Infinity;
    kept = kept.filter((event) => {
      if (event.occurredAt - last < gap) return false;
      last = event.occurredAt;
      return true;
    });
  }
  if (rule['distinct']) {
    const newest = new Map<string, LeadEvent>();
    for (const event of kept) {
      const value = plainAt(event.properties, String(rule['distinct']).split('.'));
      if (value === null) continue;
      newest.delete(value);
      newest.set(value, event);
    }
    kept = [...newest.values()].slice(-1000);
  }
  return kept;
}

/** Steps 3 and 4. */
function count(rule: PlainRule, kept: readonly LeadEvent[], facts: Facts): readonly Award[] {
  const worth = (event: LeadEvent): number =>
    rule['points_by'] ? pointsBy(rule['points_by'] as PlainRule, event, facts) : (rule['points'] as number);
  const fresh = younger(kept, rule['within'] as string | undefined, facts.now);
  const award = (event: LeadEvent, points = worth(event)): Award => ({ at: event.occurredAt, points });
  const newest = fresh.at(-1);
  if (rule['once']) return newest ? [award(newest)] : [];
  if (rule['at_least'] !== undefined)
    return newest && fresh.length >= (rule['at_least'] as number) ? [award(newest)] : [];
  if (rule['steps']) {
    const steps = Object.entries(rule['steps'] as Record<string, number>);
    const points = steps.reduce((sum, [n, more]) => (fresh.length >= Number(n) ? sum + more : sum), 0);
    return newest ? [award(newest, points)] : [];
  }
  const windowed = (events: readonly LeadEvent[]): readonly Award[] =>
    younger(events, rule['within'] as string | undefined, facts.now).map((event) => award(event));
  if (rule['every'] !== undefined)
    return windowed(kept.filter((_, index) => (index + 1) % (rule['every'] as number) === 0));
  if (rule['burst']) {
    const { count: size, within } = rule['burst'] as { count: number; within: string };
    const awarded: LeadEvent[] = [];
    let unused: LeadEvent[] = [];
    for (const event of kept) {
      unused.push(event);
      const span = unused.slice(-size);
      const first = span[0];
      if (span.length === size && first && event.occurredAt - first.occurredAt < duration(within)) {
        awarded.push(event);
        unused = [];
      }
    }
    return windowed(awarded);
  }
  return fresh.map((event) => award(event));
}

/** Step 5. */
function decayed(rule: PlainRule, award: Award, now: number): number {
  const age = now - award.at;
  if (rule['half_life']) return award.points * 2 ** (-age / duration(rule['half_life'] as string));
  if (rule['fade']) {
    const { percent, every } = rule['fade'] as { percent: number; every: string };
    return award.points * Math.max(0, 1 - ((percent / 100) * age) / duration(every));
  }
  return award.points;
}

/** Step 6. */
function capped(rule: PlainRule, sum: number): number {
  const cap = rule['cap'] as number | undefined;
  if (cap === undefined) return sum;
  return cap > 0 ? Math.min(cap, sum) : Math.max(cap, sum);
}

/** The keys that an event goes to in a keyed score. */
export function keysOf(event: LeadEvent, property: string): readonly string[] {
  const texts = reach(event.properties, property.split('.'))
    .flatMap((value) => (Array.isArray(value) ? (value as readonly Json[]) : [value]))
    .filter(
      (value) =>
        (typeof value === 'string' && value !== '') ||
        typeof value === 'number' ||
        typeof value === 'boolean',
    )
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [...new Set(texts)];
}

/** Step 1: the event satisfies `when`, on one of the days of `active`. */
export function ruleMatches(rule: PlainRule, event: LeadEvent, facts: Facts): boolean {
  const [from, until] = rule['active'] ? facts.period(rule['active'] as string) : [-Infinity, Infinity];
  return (
    eventHolds(rule['when'] as PlainRule, event, facts) &&
    event.occurredAt >= from &&
    event.occurredAt < until
  );
}

/** What one rule gives at `now`, before groups and limits; of a keyed score only what went to `key`. */
export function contribution(rule: PlainRule, facts: Facts, keyed?: { by: string; key: string }): number {
  const when = rule['when'] as PlainRule | undefined;
  const worthNow = (): number =>
    rule['points_by']
      ? pointsBy(rule['points_by'] as PlainRule, undefined, facts)
      : (rule['points'] as number);
  if (!when) return capped(rule, worthNow());
  if ('inactive' in when) {
    const since = newestActivity(facts) ?? facts.first;
    const quiet = duration(when['inactive'] as string);
    if (since === undefined || facts.now - since < quiet) return 0;
    const more = rule['every']
      ? Math.floor((facts.now - since - quiet) / duration(rule['every'] as string))
      : 0;
    return capped(rule, worthNow() * (1 + more));
  }
  if (!('event' in when)) return holds(when, facts) ? capped(rule, worthNow()) : 0;
  const matched = facts.events.filter(
    (event) => ruleMatches(rule, event, facts) && (!keyed || keysOf(event, keyed.by).includes(keyed.key)),
  );
  const awards = count(rule, thin(rule, matched), facts);
  return capped(
    rule,
    awards.reduce((sum, award) => sum + decayed(rule, award, facts.now), 0),
  );
}
