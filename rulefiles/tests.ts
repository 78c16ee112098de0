import { type AccountStanding } from '../core/account.ts';
import { compile, type Engine } from '../core/compile.ts';
import { type Contribution, type Evaluation } from '../core/evaluation.ts';
import { type History } from '../core/history.ts';
import { type RuleIssue } from '../core/issue.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type Journey } from '../core/schema/journey.ts';
import { type RuleFile } from './folder.ts';
import { accountAt } from './test-account.ts';
import { type AccountExpectation, type Expectation, readTests, type RuleTest } from './test-file.ts';
import { historiesOf, instantOf } from './test-history.ts';

/** An expectation that does not hold. */
export interface TestFailure {
  readonly file: string;
  readonly line: number;
  readonly test: string;
  /** Where in time, as the test says it: `day 15 at 6h`. */
  readonly when: string;
  /** What differs: `band`, `rules.pricing-page`. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** What led to it. */
  readonly contributions: readonly Contribution[];
}

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly TestFailure[];
  /** What is wrong with the test files themselves. */
  readonly issues: readonly RuleIssue[];
}

/** Runs every `*.test.yaml` among `files` against a ruleset. */
export function runTests(
  files: readonly RuleFile[],
  ruleset: Ruleset & { readonly hash: string },
): TestReport {
  const engine = compile(ruleset);
  const read = files.filter(({ kind }) => kind === 'test').map((file) => readTests(file, ruleset));
  const issues = read.flatMap((file) => file.issues);
  const results = read.flatMap(({ tests }) => tests).map((test) => run(test, engine, ruleset));
  const failed = results.filter((failures) => failures.length > 0);
  return { passed: results.length - failed.length, failed: failed.length, failures: failed.flat(), issues };
}

function run(test: RuleTest, engine: Engine, ruleset: Ruleset): TestFailure[] {
  const [history, ...colleagues] = historiesOf(test.case);
  return test.case.expect.flatMap((expected, index) => {
    const now = instantOf(expected);
    const got = engine.evaluate(history, now);
    const started =
      expected.journeys === undefined ? [] : journeysStarted(engine, history, now, ruleset.journeys);
    const account =
      expected.account && ruleset.accounts
        ? accountDifferences(
            expected.account,
            accountAt(engine, ruleset.accounts, [history, ...colleagues], now),
          )
        : [];
    return [...differences(expected, got, started), ...account].map(([what, wanted, found]) => ({
      file: test.file,
      line: test.lineOf(index),
      test: test.case.name,
      when: `day ${expected.day}${expected.at ? ` at ${expected.at}` : ''}`,
      what,
      expected: wanted,
      got: found,
      contributions: got.contributions,
    }));
  });
}

type Plain = string | number | boolean | null;

function differences(
  expected: Expectation,
  got: Evaluation,
  started: readonly string[],
): [string, string, string][] {
  const found: [string, string, string][] = [];
  const compare = (what: string, wanted: Plain | undefined, is: Plain): void => {
    if (wanted !== undefined && wanted !== is) found.push([what, String(wanted), String(is)]);
  };
  for (const [rule, points] of Object.entries(expected.rules ?? {}))
    compare(
      `rules.${rule}`,
      points,
      whole(highest(got.contributions.filter((given) => given.rule === rule).map((given) => given.points))),
    );
  for (const [score, wanted] of Object.entries(expected.scores ?? {})) {
    const is = got.scores[score] ?? 0;
    const keyed = typeof is === 'number' ? {} : is;
    if (typeof wanted === 'number')
      compare(
        `scores.${score}`,
        wanted,
        whole(typeof is === 'number' ? is : Math.max(0, ...Object.values(keyed))),
      );
    else
      for (const [key, points] of Object.entries(wanted))
        compare(`scores.${score}.${key}`, points, whole(keyed[key] ?? 0));
  }
  compare('total', expected.total, whole(got.total));
  for (const what of ['band', 'grade', 'group', 'qualified'] as const)
    compare(what, expected[what], got[what]);
  if (expected.journeys !== undefined)
    compare('journeys', [expected.journeys].flat().toSorted().join(', '), started.toSorted().join(', '));
  return found;
}

function accountDifferences(
  { band, people, qualified, ...numbers }: AccountExpectation,
  got: AccountStanding,
): [string, string, string][] {
  const wanted: Readonly<Record<string, Plain | undefined>> = { ...numbers, band, people, qualified };
  const is: Readonly<Record<string, Plain>> = {
    ...Object.fromEntries(Object.entries(got.numbers).map(([name, points]) => [name, whole(points)])),
    band: got.band,
    people: got.people,
    qualified: got.qualified,
  };
  return Object.entries(wanted)
    .filter(([name, one]) => one !== undefined && one !== is[name])
    .map(([name, one]) => [`account.${name}`, String(one), String(is[name])]);
}

/** A rule of a keyed score gives to several keys; the highest counts, as it does for its score. */
const highest = (points: readonly number[]): number => (points.length === 0 ? 0 : Math.max(...points));

/** As people see them: halves away from zero. */
const whole = (points: number): number => Math.sign(points) * Math.round(Math.abs(points)) || 0;

/** Walks through the lead's bands: a journey starts when the lead enters one of its bands. */
function journeysStarted(
  engine: Engine,
  history: History,
  now: number,
  journeys: Readonly<Record<string, Journey>>,
): string[] {
  const instants = [...new Set(history.events.map(({ occurredAt }) => occurredAt))].sort((a, b) => a - b);
  const started = new Set<string>();
  // a new lead starts in the lowest band, so that the first message too may take it into another
  let before = engine.bands[0]?.name;
  for (let at = instants[0]; at !== undefined && at <= now;) {
    const { band, nextChange }: Evaluation = engine.evaluate(history, at);
    if (band !== before)
      for (const { journey, start } of Object.values(journeys))
        if ([start.band].flat().includes(band)) started.add(journey);
    before = band;
    const since: number = at;
    const event = instants.find((instant) => instant > since);
    at = Math.min(event ?? Infinity, nextChange?.at ?? Infinity);
  }
  return [...started];
}
