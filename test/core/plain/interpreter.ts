import type { LeadEvent } from '../../../core/event.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { matches, type PlainMatcher } from './matching.ts';
import { contribution, duration, type Facts, keysOf, type PlainRule, ruleMatches } from './points.ts';

/** The rules language, written down as its page says it, for reading and not for speed; the engine is held against it. */
export interface PlainRules {
  readonly settings: PlainRule;
  /** One entry a file. */
  readonly scores: readonly PlainRule[];
  readonly bands: PlainRule;
}
export interface PlainLead {
  /** Its messages, any order, copies allowed. */
  readonly events: readonly LeadEvent[];
  /** `group` messages about its account, whoever sent them. */
  readonly account: readonly LeadEvent[];
}
export interface PlainScores {
  readonly scores: Readonly<Record<string, number | Record<string, number>>>;
  readonly total: number;
  /** By rule, or rule and key ("rule key"). */
  readonly contributions: Readonly<Record<string, number>>;
}
export interface PlainStanding {
  readonly band: string;
  readonly grade: string | null;
  readonly group: string | null;
  readonly qualified: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const hold = (limit: PlainRule | undefined, value: number): number =>
  Math.max(
    (limit?.['min'] as number | undefined) ?? -Infinity,
    Math.min((limit?.['max'] as number | undefined) ?? Infinity, value),
  );
const sumOf = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
export const sixDecimals = (value: number): number => Number(value.toFixed(6)) + 0;
const whole = (value: number): number => Math.sign(value) * Math.round(Math.abs(sixDecimals(value)));

/** One event a message id, the earliest; in order of (occurredAt, id by UTF-8 bytes). */
export function inOrder(events: readonly LeadEvent[]): readonly LeadEvent[] {
  const first = new Map<string, LeadEvent>();
  for (const event of events) {
    const known = first.get(event.id);
    if (!known || event.occurredAt < known.occurredAt) first.set(event.id, event);
  }
  return [...first.values()].sort(
    (a, b) => a.occurredAt - b.occurredAt || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)),
  );
}

function attributes(events: readonly LeadEvent[], now: number): JsonObject {
  const values: Record<string, Json> = {};
  for (const event of events)
    if (event.occurredAt <= now)
      for (const [name, value] of Object.entries(event.traits ?? {})) {
        if (value === '') continue;
        if (value === null) delete values[name];
        else values[name] = value;
      }
  return values;
}

const notActivity = (name: string): boolean =>
  name === 'score.adjusted' ||
  name.startsWith('handoff.') ||
  name.startsWith('deal.') ||
  (name.startsWith('email.') && name !== 'email.clicked');

const retentionOf = (rules: PlainRules): number =>
  rules.settings['retention'] ? duration(rules.settings['retention'] as string) : Infinity;

function factsAt(rules: PlainRules, lead: PlainLead, now: number): Facts {
  const today = Math.floor(now / DAY) * DAY;
  const log = inOrder(lead.events);
  const alive = log.filter(
    (event) =>
      event.occurredAt <= now &&
      today - event.occurredAt <= retentionOf(rules) &&
      event.suspected === undefined &&
      event.name !== '',
  );
  return {
    now,
    first: alive[0]?.occurredAt,
    events: alive.filter((event) => event.name !== 'score.adjusted'),
    lead: attributes(
      log.filter((event) => event.type === 'identify' && event.suspected === undefined),
      now,
    ),
    account: attributes(inOrder(lead.account), now),
    isActivity: (event) => !notActivity(event.name),
    period: (range) => {
      const [from = '', to = ''] = range.split('..');
      return [from ? Date.parse(from) : -Infinity, to ? Date.parse(to) + DAY : Infinity];
    },
  };
}

const untilOf = (event: LeadEvent): number => {
  const until = event.properties['until'];
  if (typeof until !== 'string') return Infinity;
  return until.length === 10 ? Date.parse(until) + DAY : Date.parse(until);
};

const adjustedScore = (event: LeadEvent): string => {
  const score = event.properties['score'];
  return typeof score === 'string' ? score : '';
};

function manual(lead: PlainLead, now: number, score: string, key?: string): number {
  return sumOf(
    inOrder(lead.events)
      .filter((event) => event.name === 'score.adjusted' && event.suspected === undefined)
      .filter((event) => event.occurredAt <= now && now < untilOf(event))
      .filter((event) => {
        const [name, ...rest] = adjustedScore(event).split(':');
        return name === score && (key === undefined ? rest.length === 0 : rest.join(':').trim() === key);
      })
      .map((event) => Number(event.properties['points'])),
  );
}

const filesOf = (rules: PlainRules, score: string): readonly PlainRule[] =>
  rules.scores.filter((file) => file['score'] === score);

/** Rules to points, groups, limits, manual points, limits again; for one key, or for a score without keys. */
function oneScore(
  file: PlainRule,
  lead: PlainLead,
  facts: Facts,
  into: Record<string, number>,
  key?: string,
): number {
  const by = file['by'] as string | undefined;
  const ofGroups = new Map<string, number>(
    Object.keys((file['groups'] ?? {}) as object).map((name) => [name, 0]),
  );
  let free = 0;
  for (const [name, rule] of Object.entries(file['rules'] as Record<string, PlainRule>)) {
    const points = contribution(rule, facts, by && key !== undefined ? { by, key } : undefined);
    if (points !== 0) into[key === undefined ? name : `${name} ${key}`] = points;
    const group = rule['group'] as string | undefined;
    if (group === undefined) free += points;
    else ofGroups.set(group, (ofGroups.get(group) ?? 0) + points);
  }
  const groups = (file['groups'] ?? {}) as Record<string, PlainRule>;
  const inGroups = sumOf([...ofGroups].map(([name, points]) => hold(groups[name], points)));
  const limit = file['limit'] as PlainRule | undefined;
  return hold(limit, hold(limit, inGroups + free) + manual(lead, facts.now, file['score'] as string, key));
}

const single = (score: number | Record<string, number> | undefined): number =>
  typeof score === 'number' ? score : Math.max(0, ...Object.values(score ?? {}));

/** Scores and total of a lead at `now`. */
export function plainScores(rules: PlainRules, lead: PlainLead, now: number): PlainScores {
  const facts = factsAt(rules, lead, now);
  const contributions: Record<string, number> = {};
  const scores: Record<string, number | Record<string, number>> = {};
  for (const name of new Set(rules.scores.map((file) => file['score'] as string))) {
    const [file] = filesOf(rules, name);
    if (!file) continue;
    if (!file['by']) {
      scores[name] = oneScore(file, lead, facts, contributions);
      continue;
    }
    const all: Record<string, number> = {};
    for (const key of new Set([...keysNamed(file, facts), ...keysAdjusted(lead, name, now)]))
      all[key] = oneScore(file, lead, facts, contributions, key);
    scores[name] = all;
  }
  return { scores, total: totalOf(rules, scores), contributions };
}

/** A key exists once a matching event names it. */
function keysNamed(file: PlainRule, facts: Facts): readonly string[] {
  const rules = Object.values(file['rules'] as Record<string, PlainRule>);
  return facts.events
    .filter((event) => rules.some((rule) => ruleMatches(rule, event, facts)))
    .flatMap((event) => keysOf(event, file['by'] as string));
}

const keysAdjusted = (lead: PlainLead, score: string, now: number): readonly string[] =>
  lead.events
    .filter((event) => event.name === 'score.adjusted' && event.occurredAt <= now)
    .map((event) => adjustedScore(event))
    .filter((text) => text.startsWith(`${score}:`))
    .map((text) => text.slice(score.length + 1).trim());

function totalOf(rules: PlainRules, scores: PlainScores['scores']): number {
  const total = rules.bands['total'] as PlainRule | undefined;
  if (!total) return 0;
  const parts = Object.entries(total['sum'] as Record<string, number | 'max' | 'sum'>).map(
    ([name, weight]) => {
      const score = scores[name];
      if (typeof weight === 'number') return weight * single(score);
      return weight === 'max' ? single(score) : sumOf(Object.values((score ?? {}) as Record<string, number>));
    },
  );
  return hold(total['limit'] as PlainRule | undefined, sumOf(parts));
}

interface PlainBand {
  readonly name: string;
  readonly enter: number;
  readonly leave: number;
}

function bandsOf(rules: PlainRules): { of: string | undefined; bands: readonly PlainBand[] } {
  const { of, ...steps } = rules.bands['bands'] as Record<string, unknown>;
  const bands = Object.entries(steps).map(([name, step]): PlainBand => {
    const { enter, leave = enter } =
      typeof step === 'number' ? { enter: step } : (step as { enter: number; leave?: number });
    return { name, enter, leave };
  });
  return { of: of as string | undefined, bands };
}

/** Where a lead stands at `now`, coming from a band. */
export function standingFrom(rules: PlainRules, at: PlainScores, from: string): PlainStanding {
  const { of, bands } = bandsOf(rules);
  const value = whole(of === undefined || of === 'total' ? at.total : single(at.scores[of]));
  const here = Math.max(
    0,
    bands.findIndex((band) => band.name === from),
  );
  const reached = bands.findLastIndex((band) => value >= band.enter);
  const staying =
    bands[here] && value >= bands[here].leave
      ? here
      : bands.findLastIndex((band, n) => n < here && value >= band.leave);
  const band = (bands[Math.max(0, reached > here ? reached : staying)] as PlainBand).name;
  return { band, ...memoryless(rules, at, band) };
}

function memoryless(rules: PlainRules, at: PlainScores, band: string): Omit<PlainStanding, 'band'> {
  const number = (name: string): number => (name === 'total' ? at.total : single(at.scores[name]));
  let grade: string | null = null;
  if (rules.bands['grades']) {
    const { of, ...steps } = rules.bands['grades'] as Record<string, number | string>;
    const sorted = Object.entries(steps).sort((a, b) => Number(b[1]) - Number(a[1]));
    grade =
      (sorted.find(([, step]) => whole(number(String(of))) >= Number(step)) ?? sorted.at(-1))?.[0] ?? null;
  }
  let group: string | null = null;
  for (const [name, tests] of Object.entries((rules.bands['groups'] ?? {}) as Record<string, PlainRule>))
    if (
      group === null &&
      Object.entries(tests).every(([score, test]) => matches(test as PlainMatcher, [whole(number(score))]))
    )
      group = name;
  const wanted = rules.bands['qualified'] as Record<string, readonly string[]> | undefined;
  const is: Record<string, string | null> = { band, grade, group };
  const qualified =
    wanted !== undefined &&
    Object.entries(wanted).every(([what, names]) => [names].flat().includes(is[what] ?? ''));
  return { grade, group, qualified };
}

/** Every instant at which something may change by itself with a jump, and every whole hour, in (from, to]. */
function looks(rules: PlainRules, lead: PlainLead, from: number, to: number): readonly number[] {
  const found = new Set<number>();
  const add = (at: number): void => void (at > from && at <= to && found.add(at));
  for (let hour = Math.ceil(from / HOUR) * HOUR; hour <= to; hour += HOUR) add(hour);
  const spans = new Set<number>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && /^\d+[smhdw]$/.test(value)) spans.add(duration(value));
    else if (value && typeof value === 'object') Object.values(value).forEach(collect);
  };
  rules.scores.forEach((file) => collect(file['rules']));
  for (const event of lead.events) {
    add(untilOf(event));
    // Any duration of any rule, and for inactivity any number of further ones: more looks than needed change nothing.
    for (const span of spans)
      for (const more of [0, ...spans]) for (let n = 0; n < 60; n++) add(event.occurredAt + span + n * more);
  }
  return [...found].sort((a, b) => a - b);
}

const same = (a: PlainStanding, b: PlainStanding): boolean =>
  a.band === b.band && a.grade === b.grade && a.group === b.group && a.qualified === b.qualified;

/** Walks from a standing at `from` to `to` while nothing happens; tells every change and the instant, to the second. */
function* drift(rules: PlainRules, lead: PlainLead, standing: PlainStanding, from: number, to: number) {
  let now = standing;
  let last = from;
  for (const look of looks(rules, lead, from, to)) {
    const at = (instant: number): PlainStanding =>
      standingFrom(rules, plainScores(rules, lead, instant), now.band);
    // First what fades between two looks, then the jump at the look itself.
    while (last < look - 1 && !same(at(look - 1), now)) {
      let low = last;
      let high = look - 1;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (same(at(middle), now)) low = middle;
        else high = middle;
      }
      now = at(high);
      last = high;
      yield { at: high, standing: now };
    }
    const jumped = at(look);
    if (!same(jumped, now)) {
      now = jumped;
      yield { at: look, standing: now };
    }
    last = look;
  }
}

/** The standing at `now`, walked from the first message on, and since when the band holds. */
export function plainStanding(
  rules: PlainRules,
  lead: PlainLead,
  now: number,
): PlainStanding & { bandSince: number | null } {
  const instants = [...new Set(inOrder(lead.events).map((event) => event.occurredAt))].filter(
    (at) => at <= now,
  );
  const lowest = bandsOf(rules).bands[0]?.name ?? '';
  let standing: PlainStanding | undefined;
  let since: number | null = instants[0] ?? null;
  instants.forEach((instant, n) => {
    const before = standing?.band ?? lowest;
    standing = standingFrom(rules, plainScores(rules, lead, instant), before);
    if (standing.band !== before) since = instant;
    const next = instants[n + 1];
    const heard: PlainLead = { ...lead, events: lead.events.filter((event) => event.occurredAt <= instant) };
    for (const change of drift(rules, heard, standing, instant, next === undefined ? now : next - 1)) {
      if (change.standing.band !== standing.band) since = change.at;
      standing = change.standing;
    }
  });
  standing ??= standingFrom(rules, plainScores(rules, lead, now), lowest);
  return { ...standing, bandSince: since };
}

/** The first change after `now` if nothing else happens, looked for until `horizon`. */
export function plainNextChange(
  rules: PlainRules,
  lead: PlainLead,
  now: number,
  horizon: number,
): (PlainStanding & { at: number }) | null {
  const known: PlainLead = { ...lead, events: lead.events.filter((event) => event.occurredAt <= now) };
  const first = drift(rules, known, plainStanding(rules, known, now), now, horizon).next();
  return first.done ? null : { at: first.value.at, ...first.value.standing };
}
