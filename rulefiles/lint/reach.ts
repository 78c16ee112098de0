import { type CheckIssue } from '../../core/check/check.ts';
import { meaning } from '../../core/engine/matcher.ts';
import { wholePoints } from '../../core/engine/rounding.ts';
import { type Scoring } from '../../core/ruleset.ts';
import { type Accounts, type Rollup } from '../../core/schema/accounts.ts';
import { type Bands, type BandSteps, type GroupTests } from '../../core/schema/bands.ts';
import { held, NOTHING, plus, type Range, rangeOfScore, times } from './range.ts';
import { type Warn, warningOf } from './warn.ts';

/** Bands, groups and grades that no sum of points can reach, and what asks for nothing else. */
export function unreachable(scoring: Scoring): { warnings: CheckIssue[]; bands: readonly string[] } {
  const warnings: CheckIssue[] = [];
  const numbers = numbersOf(scoring);
  const of = (name: string): Range => numbers.get(name) ?? NOTHING;
  const warn = warningOf('bands.yaml', warnings);
  const bands = beyond(scoring.bands.bands, of(scoring.bands.bands.of ?? 'total'), ['bands'], 'lead', warn);
  qualification(scoring.bands, bands, of, warn);
  if (scoring.accounts) accountBands(scoring.accounts, of, warningOf('accounts.yaml', warnings));
  return { warnings, bands };
}

/** What each score can come to, as the single number that it counts as; and the total. */
function numbersOf({ scores, bands: { total } }: Scoring): Map<string, Range> {
  const files = Object.values(scores);
  const numbers = new Map<string, Range>();
  let sum = NOTHING;
  for (const name of new Set(files.map(({ score }) => score))) {
    const feeding = files.filter(({ score }) => score === name);
    const range = rangeOfScore(feeding);
    const isKeyed = feeding.some(({ by }) => by !== undefined);
    // the highest of its keys, at least 0
    const single = isKeyed ? { least: 0, most: Math.max(0, range.most) } : range;
    numbers.set(name, single);
    const weight = total?.sum[name];
    if (weight === 'sum') sum = plus(sum, times(range, Infinity));
    else if (weight !== undefined) sum = plus(sum, weight === 'max' ? single : times(single, weight));
  }
  if (!numbers.has('total')) numbers.set('total', held(sum, total?.limit));
  return numbers;
}

const atMost = (points: number): string =>
  Number.isFinite(points) ? String(wholePoints(points)) : String(points);

/** The bands above what can be reached, each with a warning; the lowest is where everybody starts. */
function beyond(
  { of: _, ...steps }: BandSteps,
  { most }: Range,
  path: CheckIssue['path'],
  who: 'lead' | 'account',
  warn: Warn,
): string[] {
  const entered = Object.entries(steps as Record<string, number | { enter: number }>)
    .map(([name, step]): [string, number] => [name, typeof step === 'number' ? step : step.enter])
    .sort(([, a], [, b]) => a - b);
  const found = entered.slice(1).filter(([, enter]) => enter > wholePoints(most));
  for (const [band, enter] of found)
    warn(
      [...path, band],
      `no ${who} can reach \`${band}\`: it begins at ${enter}, and the rules add up to ${atMost(most)}`,
    );
  return found.map(([name]) => name);
}

/** `qualified` needs one of each kind that it names. */
function qualification(
  { qualified, grades, groups = {} }: Bands,
  bands: readonly string[],
  of: (name: string) => Range,
  warn: Warn,
): void {
  if (!qualified) return;
  const { of: graded = 'total', ...steps } = grades ?? {};
  const lowest = Math.min(...Object.values(steps as Record<string, number>));
  const badGrades = Object.entries(steps as Record<string, number>)
    .filter(([, from]) => from > lowest && from > wholePoints(of(graded).most))
    .map(([name]) => name);
  const listed = Array.isArray(groups) ? groups : Object.entries(groups);
  const badGroups = listed.filter(([, tests]) => !canHold(tests, of)).map(([name]) => name);
  const kinds = { band: bands, group: badGroups, grade: badGrades };
  for (const [kind, bad] of Object.entries(kinds) as [keyof typeof kinds, readonly string[]][]) {
    const wanted = [qualified[kind] ?? []].flat();
    if (wanted.length > 0 && wanted.every((name) => bad.includes(name)))
      warn(['qualified'], `no lead can qualify: none of its ${kind}s can be reached`);
  }
}

const canHold = (tests: GroupTests, of: (name: string) => Range): boolean =>
  Object.entries(tests).every(([score, test]) =>
    [test].flat().some((one) => {
      const means = meaning(one);
      const [least, most] = [wholePoints(of(score).least), wholePoints(of(score).most)];
      if (means.kind === 'number') return means.number >= least && means.number <= most;
      if (means.kind !== 'numbers') return true;
      const { from, to } = means;
      const isBelow = to !== null && (to.included ? to.at < least : to.at <= least);
      const isAbove = from !== null && (from.included ? from.at > most : from.at >= most);
      return !isBelow && !isAbove;
    }),
  );

function accountBands({ account }: Accounts, of: (name: string) => Range, warn: Warn): void {
  const { bands, rollup, qualified } = account;
  const measured = bands?.of === undefined ? undefined : rollup[bands.of];
  if (!bands || !measured) return;
  const found = beyond(bands, rolledUp(measured, of), ['account', 'bands'], 'account', warn);
  const wanted = [qualified?.band ?? []].flat();
  if (wanted.length > 0 && wanted.every((name) => found.includes(name)))
    warn(['account', 'qualified'], 'no account can qualify: none of its bands can be reached');
}

/** A sum without `best` grows with every person. */
function rolledUp(rollup: Rollup, of: (name: string) => Range): Range {
  if ('sum' in rollup) return times(of(rollup.sum), rollup.best ?? Infinity);
  return of('max' in rollup ? rollup.max : rollup.avg);
}
