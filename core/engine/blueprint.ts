import { ACCOUNT_SOURCES, type AccountSource } from '../accounts/account-id.ts';
import { isActivity } from './activity.ts';
import { durationMs } from '../duration.ts';
import type { Award } from './hearing.ts';
import type { LeadEvent } from '../event.ts';
import { attributeTest, type AttributeTest, type AttributeView, type EventTest, eventTest } from './match.ts';
import { Lookup } from './lookup.ts';
import { periodOf } from './period.ts';
import { type Plan, planOf } from './plan.ts';
import { readsAccount } from './reads-account.ts';
import { expiryOf, type Expiry } from './retention.ts';
import type { Scoring } from '../ruleset.ts';
import type { Limit } from '../schema/scalar.ts';
import type { Rule, ScoreFile } from '../schema/score.ts';
import { Standings } from './standing.ts';
import { givesIdle } from './sum.ts';
import type { Tail } from './tail.ts';
import { type Registry, type Truth, truthOf } from './truth.ts';
import { isSteady, type Worth, worthOf } from './worth.ts';

/** One rule, compiled. */
export interface RulePlan {
  readonly name: string;
  readonly why: string;
  readonly cap: number | null;
  readonly worth: Worth;
  /** The number of its attribute worth, or -1. */
  readonly factor: number;
  /** The number of the attribute test beside its event, or -1. */
  readonly gate: number;
  /** Of event rules. */
  readonly plan: Plan | null;
  readonly distinct: readonly string[] | null;
  /** Of the others. */
  readonly truth: Truth | null;
  /** Whether all its awards have one sign. */
  readonly steady: boolean;
  /** Of inactivity that costs more and more. */
  readonly repeat: { readonly afterMs: number; readonly everyMs: number } | null;
}

export interface Group {
  readonly limit: Limit;
}

/** One score, compiled; of all the files that feed it. */
export interface ScorePlan {
  readonly name: string;
  readonly by: readonly string[] | null;
  readonly limit: Limit | undefined;
  readonly groups: readonly Group[];
  /** By number of a rule the number of its group; as many as there are groups where it is in none. */
  readonly groupOf: readonly number[];
  /** Whether a group gives something where none of its rules does. */
  readonly idle: boolean;
  /** Numbers of the rules that are no event rules, by group; of these, those that may turn by themselves or by events. */
  readonly states: readonly number[];
  readonly timed: readonly number[];
  readonly rules: readonly RulePlan[];
}

/** Who is told of an event: a rule of a score, or the tail of a condition. */
export interface Listener extends EventTest {
  readonly from: number;
  readonly until: number;
  readonly score: number;
  readonly rule: number;
  /** The number of the tail; -1 for a rule. */
  readonly tail: number;
  /** What the rule hears in every event that it matches, where that is always the same. */
  award: Award | null;
}

/** Those who listen to events of one name. */
export interface Audience {
  readonly lookup: Lookup<Listener>;
  /** Whether such an event is activity, as far as its name tells. */
  readonly active: boolean;
}

/** A term of the total. */
export interface Term {
  readonly score: number;
  readonly weight: number;
  readonly sum: boolean;
}

/** A ruleset's scoring, compiled once; leads are folded by it. */
export interface Blueprint {
  readonly hash: string;
  readonly scores: readonly ScorePlan[];
  readonly byOf: (score: string) => string | null | undefined;
  readonly terms: readonly Term[];
  readonly totalLimit: Limit | undefined;
  readonly standings: Standings;
  /** The same of bands alone, which remember: grades, groups and `qualified` are told by an instant's numbers. */
  readonly bandsAlone: Standings;
  readonly flags: readonly AttributeTest[];
  readonly factors: readonly ((view: AttributeView) => number)[];
  readonly tails: readonly (() => Tail)[];
  /** Scores with conditions that may turn by an event, beside the awards that it brings. */
  readonly watching: readonly number[];
  readonly expiry: Expiry;
  /** Whether events cease to exist. */
  readonly retained: boolean;
  /** Of activity by name which events are: null for all. */
  readonly narrowed: ((event: LeadEvent) => boolean) | null;
  /** Whether anything reads `account.*`. */
  readonly readsAccount: boolean;
  readonly accountFrom: readonly AccountSource[];
  readonly audience: (name: string) => Audience;
}

const ALWAYS: Truth = {
  timed: false,
  asksActivity: false,
  asksTails: false,
  holds: () => true,
  due: () => Infinity,
};

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
/** In the order of their names: a ruleset is the same whatever order its keys come back in. */
const sorted = <T>(mapping: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(mapping).sort(byName);

export function blueprintOf(scoring: Scoring & { readonly hash: string }): Blueprint {
  const { settings, bands } = scoring;
  const retained = settings.retention !== undefined;
  const expiry = expiryOf(settings.retention === undefined ? Infinity : durationMs(settings.retention));
  const flags: AttributeTest[] = [];
  const factors: ((view: AttributeView) => number)[] = [];
  const tails: (() => Tail)[] = [];
  const told: Listener[] = [];
  const registry: Registry = {
    expiry,
    flag: (test) => flags.push(test) - 1,
    tail: (test, create) => {
      const tail = tails.push(create) - 1;
      told.push({ ...test, from: -Infinity, until: Infinity, score: -1, rule: -1, tail, award: null });
      return tail;
    },
  };

  const files = new Map<string, ScoreFile[]>();
  for (const [, file] of sorted(scoring.scores))
    files.set(file.score, [...(files.get(file.score) ?? []), file]);
  const names = [...files.keys()].sort();
  const scores = names.map((name, score): ScorePlan => {
    const rules: RulePlan[] = [];
    const groups: Group[] = [];
    const joined: (number | null)[] = [];
    for (const file of files.get(name) ?? []) {
      const numbers = new Map<string, number>();
      for (const [group, limit] of sorted(file.groups ?? {})) numbers.set(group, groups.push({ limit }) - 1);
      for (const [ruleName, rule] of sorted(file.rules)) {
        rules.push(rulePlan(ruleName, rule, rules.length, score));
        joined.push(numbers.get(rule.group ?? '') ?? null);
      }
    }
    const given = files.get(name) ?? [];
    const groupOf = joined.map((group) => group ?? groups.length);
    const states = rules
      .flatMap(({ truth }, number) => (truth ? [number] : []))
      .sort((a, b) => (groupOf[a] ?? 0) - (groupOf[b] ?? 0) || a - b);
    return {
      name,
      by: given[0]?.by?.split('.') ?? null,
      limit: given.find(({ limit }) => limit)?.limit,
      groups,
      groupOf,
      idle: groups.some(({ limit }) => givesIdle(limit)),
      states,
      timed: states.filter((number) => rules[number]?.truth?.timed),
      rules,
    };
  });

  function rulePlan(name: string, rule: Rule, number: number, score: number): RulePlan {
    const { when } = rule;
    const worth = worthOf(rule);
    const factor = worth.kind === 'attribute' ? factors.push(worth.points) - 1 : -1;
    const common = { name, why: rule.why, cap: rule.cap ?? null, worth, factor };
    if (when && 'event' in when) {
      const test = attributeTest(when);
      const [from, until] = rule.active
        ? periodOf(rule.active, settings.time_zone ?? 'UTC')
        : [-Infinity, Infinity];
      told.push({ ...eventTest(when), from, until, score, rule: number, tail: -1, award: null });
      return {
        ...common,
        gate: test ? registry.flag(test) : -1,
        plan: planOf(rule, expiry, retained),
        distinct: rule.distinct?.split('.') ?? null,
        truth: null,
        steady: isSteady(rule),
        repeat: null,
      };
    }
    const repeat =
      when && 'inactive' in when && typeof rule.every === 'string'
        ? { afterMs: durationMs(when.inactive as string), everyMs: durationMs(rule.every) }
        : null;
    const truth = when ? truthOf(when, registry) : ALWAYS;
    return { ...common, gate: -1, plan: null, distinct: null, truth, steady: true, repeat };
  }

  const numbers = new Map(names.map((name, number) => [name, number]));
  const indexOf = (name: string): number => numbers.get(name) ?? names.length;
  const keyed = (name: string): boolean => scores[indexOf(name)]?.by !== null;
  const terms = sorted(
    bands.total?.sum ?? Object.fromEntries(names.map((name) => [name, keyed(name) ? 'max' : 1])),
  ).map(([name, weight]): Term => ({
    score: indexOf(name),
    weight: typeof weight === 'number' ? weight : 1,
    sum: weight === 'sum',
  }));
  return {
    hash: scoring.hash,
    scores,
    byOf: (name) => (numbers.has(name) ? (scores[indexOf(name)]?.by?.join('.') ?? null) : undefined),
    terms,
    totalLimit: bands.total?.limit,
    standings: new Standings(bands, indexOf),
    bandsAlone: new Standings({ bands: bands.bands }, indexOf),
    flags,
    factors,
    tails,
    watching: scores.flatMap(({ timed }, score) => (timed.length > 0 ? [score] : [])),
    expiry,
    retained,
    narrowed: narrowing(settings.activity),
    readsAccount: readsAccount(scoring),
    accountFrom: scoring.accounts?.account.from ?? ACCOUNT_SOURCES,
    audience: audiences(told),
  };
}

function narrowing(activity: Scoring['settings']['activity']): Blueprint['narrowed'] {
  if (activity === undefined) return null;
  const tests = (Array.isArray(activity) ? activity : [activity]).map((one) => eventTest(one));
  return (event) => tests.some((test) => test.name(event.name) && test.properties(event));
}

/** Names come from senders: a few are looked up again and again, the rest must not fill the memory. */
const KNOWN_NAMES = 1000;

function audiences(told: readonly Listener[]): Blueprint['audience'] {
  const known = new Map<string, Audience>();
  return (name) => {
    const found = known.get(name);
    if (found) return found;
    const lookup = new Lookup(told.filter((listener) => listener.name(name)));
    const audience = { lookup, active: isActivity(name) };
    if (known.size >= KNOWN_NAMES) known.clear();
    known.set(name, audience);
    return audience;
  };
}
