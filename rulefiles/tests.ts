import { compile, type Engine } from '../core/engine/compile.ts';
import { type Contribution, type Evaluation } from '../core/evaluation.ts';
import { type RuleIssue } from '../core/issue.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type RuleFile } from './folder.ts';
import { accountAt, type AccountNumbers } from './test-account.ts';
import { type AccountExpectation, type Expectation, readTests, type RuleTest } from './test-file.ts';
import { historiesOf, instantOf } from './test-history.ts';
import { type Nurture, nurtureUntil } from './test-nurture.ts';

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
    const nurture =
      expected.journeys === undefined && expected.mails === undefined
        ? { journeys: [], mails: [] }
        : nurtureUntil(engine, ruleset, history, now, { colleagues, ways: [test.case.ways ?? []].flat() });
    const account =
      expected.account && ruleset.accounts
        ? accountDifferences(
            expected.account,
            accountAt(engine, ruleset.accounts, [history, ...colleagues], now),
          )
        : [];
    return [...differences(expected, got, nurture), ...account].map(([what, wanted, found]) => ({
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

function differences(expected: Expectation, got: Evaluation, nurture: Nurture): [string, string, string][] {
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
        compare(`scores.${score}.${key}`, points, whole(own(keyed, key)));
  }
  compare('total', expected.total, whole(got.total));
  for (const what of ['band', 'grade', 'group', 'qualified'] as const)
    compare(what, expected[what], got[what]);
  for (const what of ['journeys', 'mails'] as const)
    if (expected[what] !== undefined)
      compare(what, [expected[what]].flat().toSorted().join(', '), nurture[what].join(', '));
  return found;
}

function accountDifferences(
  { band, people, qualified, ...numbers }: AccountExpectation,
  got: AccountNumbers,
): [string, string, string][] {
  const points = Object.entries(numbers).flatMap(([name, wanted]): [string, Plain, Plain][] =>
    typeof wanted === 'number'
      ? [[name, wanted, whole(got.numbers[name] ?? 0)]]
      : Object.entries(wanted).map(([key, one]) => [
          `${name}.${key}`,
          one,
          whole(own(got.keys[name] ?? {}, key)),
        ]),
  );
  const others: [string, Plain | undefined, Plain][] = [
    ['band', band, got.band],
    ['people', people, got.people],
    ['qualified', qualified, got.qualified],
  ];
  return [...points, ...others]
    .filter(([, wanted, is]) => wanted !== undefined && wanted !== is)
    .map(([name, wanted, is]) => [`account.${name}`, String(wanted), String(is)]);
}

/** 0 for a key that does not exist, whatever every object has by its name. */
const own = (points: Readonly<Record<string, number>>, key: string): number =>
  Object.hasOwn(points, key) ? (points[key] ?? 0) : 0;

/** A rule of a keyed score gives to several keys; the highest counts, as it does for its score. */
const highest = (points: readonly number[]): number => (points.length === 0 ? 0 : Math.max(...points));

/** As people see them: halves away from zero. */
const whole = (points: number): number => Math.sign(points) * Math.round(Math.abs(points)) || 0;
