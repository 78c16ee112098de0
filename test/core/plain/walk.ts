import { type PlainLead, type PlainRules, inOrder } from './facts.ts';
import { plainScores, type PlainScores, single } from './interpreter.ts';
import { endings } from './manual.ts';
import { matches, type PlainMatcher } from './matching.ts';
import { duration, type PlainRule } from './points.ts';

/** Bands and all that follows from them, walked through time as the page says. */
export interface PlainStanding {
  readonly band: string;
  readonly grade: string | null;
  readonly group: string | null;
  readonly qualified: boolean;
}

export const HOUR = 3_600_000;
export const sixDecimals = (value: number): number => Number(value.toFixed(6)) + 0;
export const whole = (value: number): number => Math.sign(value) * Math.round(Math.abs(sixDecimals(value)));

interface PlainBand {
  readonly name: string;
  readonly enter: number;
  readonly leave: number;
}

/** What the bands of leads, or of accounts, are steps of, and these lowest first. */
export function bandsOf(said: unknown): { of: string | undefined; bands: readonly PlainBand[] } {
  const { of, ...steps } = said as Record<string, unknown>;
  const bands = Object.entries(steps).map(([name, step]): PlainBand => {
    const { enter, leave = enter } =
      typeof step === 'number' ? { enter: step } : (step as { enter: number; leave?: number });
    return { name, enter, leave };
  });
  return { of: of as string | undefined, bands: bands.sort((a, b) => a.enter - b.enter) };
}

/** The band of a number, coming from a band. */
export function bandFrom(bands: readonly PlainBand[], points: number, from: string): string {
  const value = whole(points);
  const here = Math.max(
    0,
    bands.findIndex((band) => band.name === from),
  );
  const reached = bands.findLastIndex((band) => value >= band.enter);
  const staying =
    bands[here] && value >= bands[here].leave
      ? here
      : bands.findLastIndex((band, n) => n < here && value >= band.leave);
  return (bands[Math.max(0, reached > here ? reached : staying)] as PlainBand).name;
}

/** Where a lead stands at `now`, coming from a band. */
export function standingFrom(rules: PlainRules, at: PlainScores, from: string): PlainStanding {
  const { of, bands } = bandsOf(rules.bands['bands']);
  const band = bandFrom(bands, of === undefined || of === 'total' ? at.total : single(at.scores[of]), from);
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
  endings(lead).forEach(add);
  for (const event of lead.colleagues) add(event.occurredAt);
  const spans = new Set<number>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && /^\d+[mhdw]$/.test(value)) spans.add(duration(value));
    else if (value && typeof value === 'object') Object.values(value).forEach(collect);
  };
  for (const rule of rules.scores.flatMap((file) =>
    Object.values(file['rules'] as Record<string, PlainRule>),
  )) {
    collect(rule);
    const quiet = (rule['when'] as PlainRule | undefined)?.['inactive'] as string | undefined;
    if (quiet !== undefined && typeof rule['every'] === 'string')
      for (const { occurredAt } of lead.events)
        for (let at = occurredAt + duration(quiet); at <= to; at += duration(rule['every'])) add(at);
  }
  for (const { occurredAt } of lead.events) for (const span of spans) add(occurredAt + span);
  return [...found].sort((a, b) => a - b);
}

const same = (a: PlainStanding, b: PlainStanding): boolean =>
  a.band === b.band && a.grade === b.grade && a.group === b.group && a.qualified === b.qualified;

/** Walks from a standing at `from` to `to` while nothing happens; tells every change and the instant, to the second. */
function* drift(rules: PlainRules, lead: PlainLead, standing: PlainStanding, from: number, to: number) {
  let now = standing;
  let last = from;
  // What fades is looked at on the whole hour after the end, too: what it crosses before the end, it has crossed.
  for (const look of looks(rules, lead, from, to + HOUR)) {
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
      if (high > to) return;
      now = at(high);
      last = high;
      yield { at: high, standing: now };
    }
    if (look > to) return;
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
  const lowest = bandsOf(rules.bands['bands']).bands[0]?.name ?? '';
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
