import { plain } from '../core/check/plain.ts';
import { z } from 'zod';

import { shapeProblems } from '../core/check/shape.ts';
import { type RuleIssue } from '../core/issue.ts';
import { type JsonObject } from '../core/json.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type Accounts } from '../core/schema/accounts.ts';
import { Duration } from '../core/schema/scalar.ts';
import { type RuleFile } from './folder.ts';
import { nearest } from '../core/nearest.ts';
import { placed, reportInto } from './place.ts';
import { type Path, readYaml, type Source } from './source.ts';

const Json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const Day = z.number().min(-36_500).max(36_500);
const Names = z.union([z.string(), z.array(z.string())]);
const Points = z.record(z.string(), z.number());

/** What happens on a day; every key but these five is a property of the event. */
const Happening = z
  .object({
    day: Day.describe('Counted from day 0, a Monday; may be a fraction.'),
    event: z
      .string()
      .min(1)
      .describe('The name of the event, or `page`, `screen`; other keys are its properties.'),
    at: Duration.optional().describe('How far into the day: `6h`.'),
    times: z.int().min(1).max(10_000).optional().describe('How often it happens.'),
    every: Duration.optional().describe('How much time lies between two of them.'),
  })
  .catchall(z.json());
export type Happening = z.infer<typeof Happening>;

/** Where the lead's account stands; every other key is a number of its `rollup`, in whole points, or of a keyed score by key. */
const AccountExpectation = z
  .object({
    band: z.string().nullable().optional().describe('One of the bands of accounts.yaml.'),
    people: z.int().min(0).optional().describe('How many people have more than 0 of what the bands measure.'),
    qualified: z.boolean().optional().describe('Whether the account is for sales.'),
  })
  .catchall(z.union([z.number(), Points]));
export type AccountExpectation = z.infer<typeof AccountExpectation>;

/** Where the lead stands at an instant; whole points. */
const Expectation = z.strictObject({
  day: Day.describe('When it is looked at, counted from day 0; after all that happens at that instant.'),
  at: Duration.optional().describe('How far into the day: `6h`.'),
  scores: z
    .record(z.string(), z.union([z.number(), Points]))
    .optional()
    .describe('Whole points by score; of a keyed score, points by key.'),
  total: z.number().optional().describe('Whole points.'),
  rules: z
    .record(z.string(), z.number())
    .optional()
    .describe('Whole points by rule, before groups and limits.'),
  band: z.string().optional().describe('One of the bands of bands.yaml.'),
  grade: z.string().nullable().optional().describe('One of the grades of bands.yaml.'),
  group: z.string().nullable().optional().describe('One of the groups of bands.yaml.'),
  qualified: z.boolean().optional().describe('Whether the lead is for sales.'),
  journeys: Names.optional().describe('Every journey that has started by then, and no other.'),
  mails: Names.optional().describe(
    'Every mail that would have been sent by then, and no other; `handoff` is the one to sales.',
  ),
  account: AccountExpectation.optional().describe(
    "Where the lead's account stands: numbers of `rollup` in whole points (of a keyed score also by key), `band`, `people`, `qualified`.",
  ),
});
export type Expectation = z.infer<typeof Expectation>;

/** Somebody else of the lead's account. */
const Colleague = z.strictObject({
  lead: Json.optional().describe('Attributes, known from the start.'),
  events: z.array(Happening).optional().describe('What they do.'),
});
export type Colleague = z.infer<typeof Colleague>;

/** One item of a `*.test.yaml`: a lead, what it does, and where it then stands. */
const Case = z.strictObject({
  name: z.string().min(1).describe('What the rules are to do, as a sentence.'),
  lead: Json.optional().describe('Attributes of the lead, known from the start: `{ title: CTO }`.'),
  account: Json.optional().describe('Attributes of its account, known from the start: `{ employees: 120 }`.'),
  events: z.array(Happening).optional().describe('What the lead does.'),
  colleagues: z
    .array(Colleague)
    .optional()
    .describe('Other people of its account, for what `account` expects.'),
  ways: Names.optional().describe(
    'Which ways the lead goes at a `split` of a journey: their names; the first one, where none is named.',
  ),
  expect: z.array(Expectation).min(1).describe('Where the lead then stands.'),
});
export type Case = z.infer<typeof Case>;

/** `*.test.yaml`. */
export const TestFile = z.array(Case);

/** A test, and where its expectations stand. */
export interface RuleTest {
  readonly file: string;
  readonly case: Case;
  /** Line of the expectation with this index. */
  lineOf(expectation: number): number;
}

/** Reads a `*.test.yaml`. @param ruleset whose names an expectation may use */
export function readTests(
  rule: RuleFile,
  ruleset: Ruleset,
): { tests: readonly RuleTest[]; issues: readonly RuleIssue[] } {
  const { source, issues: broken } = readYaml(rule.file, rule.text);
  if (broken.length > 0) return { tests: [], issues: broken };
  const parsed = TestFile.safeParse(plain(source.value));
  const issues = parsed.success ? unknownNames(source, parsed.data, ruleset) : slips(source);
  // a test that asks for what does not exist says nothing
  if (!parsed.success || issues.length > 0) return { tests: [], issues };
  const tests = parsed.data.map((test, index) => ({
    file: rule.file,
    case: test,
    lineOf: (expectation: number) => source.at([index, 'expect', expectation]).line,
  }));
  return { tests, issues };
}

function slips(source: Source): RuleIssue[] {
  const issues: RuleIssue[] = [];
  const report = reportInto(source, issues);
  shapeProblems(TestFile, plain(source.value), report);
  return issues;
}

/** An expectation of a name that does not exist would only ever fail, or worse, hold. */
function unknownNames(
  source: Source,
  cases: readonly Case[],
  { scores, bands, accounts, journeys, emails }: Ruleset,
): RuleIssue[] {
  const files = Object.values(scores);
  const known = {
    rules: files.flatMap(({ rules }) => Object.keys(rules)),
    scores: files.map(({ score }) => score),
    band: Object.keys(bands.bands).filter((name) => name !== 'of'),
    grade: Object.keys(bands.grades ?? {}).filter((name) => name !== 'of'),
    group: Array.isArray(bands.groups) ? bands.groups.map(([name]) => name) : Object.keys(bands.groups ?? {}),
    journeys: Object.keys(journeys),
    mails: Object.keys(emails),
  };
  const issues: RuleIssue[] = [];
  const test = (kind: keyof typeof known, name: string, path: Path): void => {
    if (known[kind].includes(name)) return;
    const word = kind.replace(/s$/, '');
    issues.push(named(source, path, `there is no ${word} \`${name}\``, name, known[kind]));
  };
  cases.forEach((item, index) =>
    item.expect.forEach((expected, at) => {
      const path = [index, 'expect', at];
      for (const kind of ['rules', 'scores'] as const)
        for (const name of Object.keys(expected[kind] ?? {})) test(kind, name, [...path, kind, name]);
      for (const kind of ['band', 'grade', 'group'] as const) {
        const name = expected[kind];
        if (typeof name === 'string') test(kind, name, [...path, kind]);
      }
      for (const kind of ['journeys', 'mails'] as const)
        for (const name of [expected[kind] ?? []].flat()) test(kind, name, [...path, kind]);
      issues.push(...unknownAccountNames(source, expected.account, accounts?.account, [...path, 'account']));
    }),
  );
  return issues;
}

function unknownAccountNames(
  source: Source,
  expected: AccountExpectation | undefined,
  account: Accounts['account'] | undefined,
  path: Path,
): RuleIssue[] {
  if (expected === undefined) return [];
  if (!account)
    return [placed(source, { path, message: 'there is no accounts.yaml that says what an account is' })];
  const { band, people: _, qualified: __, ...numbers } = expected;
  const rollups = Object.keys(account.rollup);
  const bands = Object.keys(account.bands ?? {}).filter((name) => name !== 'of');
  return [
    ...Object.keys(numbers)
      .filter((name) => !rollups.includes(name))
      .map((name) =>
        named(source, [...path, name], `there is no \`${name}\` in \`rollup\``, name, [
          ...rollups,
          'band',
          'people',
          'qualified',
        ]),
      ),
    ...(typeof band === 'string' && !bands.includes(band)
      ? [named(source, [...path, 'band'], `there is no band \`${band}\` of accounts`, band, bands)]
      : []),
  ];
}

function named(
  source: Source,
  path: Path,
  message: string,
  name: string,
  known: readonly string[],
): RuleIssue {
  const suggestion = nearest(name, known);
  return placed(source, { path, message, ...(suggestion !== undefined && { suggestion }) });
}
