import { inOrder, type PlainLead, type PlainRules } from './facts.ts';
import { plainScores, type PlainScores, single } from './interpreter.ts';
import type { PlainRule } from './points.ts';
import { bandFrom, bandsOf, HOUR, sixDecimals, whole } from './walk.ts';

/** Where an account stands, as accounts.yaml says. */
export interface PlainAccount {
  /** By the names of `rollup`. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Of those that roll a keyed score up: what each key comes to, over the people who have it. */
  readonly keys: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly band: string | null;
  /** How many have more than 0 of what the bands measure. */
  readonly people: number;
  readonly qualified: boolean;
}

type Rollup = Readonly<Record<string, string | number>>;
const HOW = ['sum', 'max', 'avg'] as const;
const howOf = (rollup: Rollup) => HOW.find((how) => how in rollup) ?? 'sum';
const scoreOf = (rollup: Rollup): string => String(rollup[howOf(rollup)]);

/** The n highest, or all; added up, the highest of them, or their average; 0 of nobody. */
function rolledUp(rollup: Rollup, points: readonly number[]): number {
  const best = [...points].sort((a, b) => b - a).slice(0, Number(rollup['best'] ?? points.length));
  if (best.length === 0) return 0;
  const sum = best.reduce((a, b) => a + b, 0);
  return { sum, max: Math.max(...best), avg: sum / best.length }[howOf(rollup)];
}

const pointsOf = ({ scores, total }: PlainScores, score: string): number =>
  score in scores ? single(scores[score]) : total;

/** What a keyed score comes to, key by key. */
function keysOf(rollup: Rollup, people: readonly PlainScores[]): Record<string, number> | null {
  const keyed = people
    .map(({ scores }) => scores[scoreOf(rollup)])
    .filter((score) => typeof score === 'object');
  if (keyed.length === 0) return null;
  const keys = new Set(keyed.flatMap((score) => Object.keys(score)));
  const having = (key: string): number[] =>
    keyed.flatMap((score) => (Object.hasOwn(score, key) ? [score[key] ?? 0] : []));
  return Object.fromEntries([...keys].map((key) => [key, sixDecimals(rolledUp(rollup, having(key)))]));
}

/** Where these people take their account from a band. */
export function plainAccountFrom(
  { account }: { readonly account: PlainRule },
  people: readonly PlainScores[],
  from: string | null,
): PlainAccount {
  const rollups = Object.entries(account['rollup'] as Record<string, Rollup>);
  const numbers = Object.fromEntries(
    rollups.map(([name, rollup]) => [
      name,
      sixDecimals(
        rolledUp(
          rollup,
          people.map((person) => pointsOf(person, scoreOf(rollup))),
        ),
      ),
    ]),
  );
  const keys = Object.fromEntries(
    rollups.flatMap(([name, rollup]) => {
      const found = keysOf(rollup, people);
      return found ? [[name, found]] : [];
    }),
  );
  if (!account['bands']) return { numbers, keys, band: null, people: people.length, qualified: false };
  const { of = '', bands } = bandsOf(account['bands']);
  const band = bandFrom(bands, numbers[of] ?? 0, from ?? '');
  const measured = scoreOf(rollups.find(([name]) => name === of)?.[1] ?? {});
  const active = people.filter((person) => whole(pointsOf(person, measured)) > 0).length;
  const wanted = account['qualified'] as { band?: readonly string[]; people?: number } | undefined;
  const qualified =
    wanted !== undefined &&
    (wanted.band === undefined || wanted.band.includes(band)) &&
    active >= (wanted.people ?? 0);
  return { numbers, keys, band, people: active, qualified };
}

/** Where the account of these people stands at `now`: looked at whenever somebody does something, and each hour. */
export function plainAccount(rules: PlainRules, people: readonly PlainLead[], now: number): PlainAccount {
  const accounts = rules.accounts as { account: PlainRule };
  const happened = people
    .flatMap(({ events }) => inOrder(events).map(({ occurredAt }) => occurredAt))
    .filter((at) => at <= now);
  const looks = new Set([...happened, now]);
  for (let at = Math.ceil(Math.min(now, ...happened) / HOUR) * HOUR; at < now; at += HOUR) looks.add(at);
  let standing = plainAccountFrom(accounts, [], null);
  for (const at of [...looks].sort((a, b) => a - b)) {
    // Who has done nothing yet is nobody's colleague.
    const there = people.filter(({ events }) => events.some(({ occurredAt }) => occurredAt <= at));
    const scores = there.map((lead) => plainScores(rules, lead, at));
    standing = plainAccountFrom(accounts, scores, standing.band);
  }
  return standing;
}
