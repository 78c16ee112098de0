import { factsAt, type PlainLead, type PlainRules } from './facts.ts';
import { adjustments } from './manual.ts';
import { contribution, type Facts, keysOf, type PlainRule, ruleMatches } from './points.ts';

/** The rules language, written down as its page says it, for reading and not for speed; the engine is held against it. */
export interface PlainScores {
  readonly scores: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  readonly total: number;
  /** By rule, or rule and key ("rule key"). */
  readonly contributions: Readonly<Record<string, number>>;
}

export const hold = (limit: PlainRule | undefined, value: number): number =>
  Math.max(
    (limit?.['min'] as number | undefined) ?? -Infinity,
    Math.min((limit?.['max'] as number | undefined) ?? Infinity, value),
  );
const sumOf = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

const filesOf = (rules: PlainRules, score: string): readonly PlainRule[] =>
  rules.scores.filter((file) => file['score'] === score);

/** What the rules of one file give, each group held; for one key, or for a score without keys. */
function oneFile(file: PlainRule, facts: Facts, into: Map<string, number>, key?: string): number {
  const by = file['by'] as string | undefined;
  const groups = (file['groups'] ?? {}) as Record<string, PlainRule>;
  const given = Object.entries(file['rules'] as Record<string, PlainRule>).map(([name, rule]) => {
    const points = contribution(rule, facts, by && key !== undefined ? { by, key } : undefined);
    if (points !== 0) into.set(key === undefined ? name : `${name} ${key}`, points);
    return { points, group: rule['group'] as string | undefined };
  });
  const sum = (group: string | undefined): number =>
    sumOf(given.filter((one) => one.group === group).map(({ points }) => points));
  return sumOf(Object.entries(groups).map(([name, limit]) => hold(limit, sum(name)))) + sum(undefined);
}

/** Rules to points, groups, limits, manual points, limits again. */
function oneScore(
  rules: PlainRules,
  name: string,
  lead: PlainLead,
  facts: Facts,
  into: Map<string, number>,
  key?: string,
): number {
  const files = filesOf(rules, name);
  const limit = files.find((file) => file['limit'])?.['limit'] as PlainRule | undefined;
  const earned = sumOf(files.map((file) => oneFile(file, facts, into, key)));
  const manual = sumOf(
    adjustments(rules, lead, facts.now)
      .filter((one) => one.score === name && one.key === key && facts.now < one.until)
      .map(({ points }) => points),
  );
  return hold(limit, hold(limit, earned) + manual);
}

export const single = (score: number | Readonly<Record<string, number>> | undefined): number =>
  typeof score === 'number' ? score : Math.max(0, ...Object.values(score ?? {}));

/** Scores and total of a lead at `now`. */
export function plainScores(rules: PlainRules, lead: PlainLead, now: number): PlainScores {
  const facts = factsAt(rules, lead, now);
  const contributions = new Map<string, number>();
  const scores = new Map<string, number | Record<string, number>>();
  for (const name of new Set(rules.scores.map((file) => file['score'] as string))) {
    const files = filesOf(rules, name);
    const keyed = files[0]?.['by'] !== undefined;
    const keys = new Set([
      ...files.flatMap((file) => keysNamed(file, facts)),
      ...adjustments(rules, lead, now).flatMap((one) => (one.score === name ? (one.key ?? []) : [])),
    ]);
    scores.set(
      name,
      keyed
        ? Object.fromEntries(
            [...keys].map((key) => [key, oneScore(rules, name, lead, facts, contributions, key)]),
          )
        : oneScore(rules, name, lead, facts, contributions),
    );
  }
  const all = Object.fromEntries(scores);
  return { scores: all, total: totalOf(rules, all), contributions: Object.fromEntries(contributions) };
}

/** A key exists once a matching event names it. */
function keysNamed(file: PlainRule, facts: Facts): readonly string[] {
  if (!file['by']) return [];
  const rules = Object.values(file['rules'] as Record<string, PlainRule>);
  return facts.events
    .filter((event) => rules.some((rule) => ruleMatches(rule, event, facts)))
    .flatMap((event) => keysOf(event, file['by'] as string));
}

function totalOf(rules: PlainRules, scores: PlainScores['scores']): number {
  const total = rules.bands['total'] as PlainRule;
  const parts = Object.entries(total['sum'] as Record<string, number | 'max' | 'sum'>).map(
    ([name, weight]) => {
      const score = scores[name];
      if (typeof weight === 'number') return weight * single(score);
      return weight === 'max' ? single(score) : sumOf(Object.values(score ?? {}) as number[]);
    },
  );
  return hold(total['limit'] as PlainRule | undefined, sumOf(parts));
}
