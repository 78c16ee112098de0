import { accountsProblems, bandsProblems, type ScoreNames } from './bands.ts';
import { conditionProblems } from './conditions.ts';
import { type CheckIssue, type Report, reporter } from './issues.ts';
import { ordered, plain } from './plain.ts';
import { ruleProblems } from './rules.ts';
import { shapeProblems } from './shape.ts';
import type { Scoring } from '../ruleset.ts';
import { Accounts } from '../schema/accounts.ts';
import { Bands } from '../schema/bands.ts';
import { ScoreFile } from '../schema/score.ts';
import { Settings } from '../schema/settings.ts';

/** A rules file as its YAML says. */
export interface RuleFile {
  /** Relative to the rules folder: `scores/fit.yaml`. */
  readonly file: string;
  /** Mappings are plain objects, or Maps, which keep the order of keys that look like numbers (as `points_by` may have). */
  readonly data: unknown;
}

export interface CheckResult {
  readonly issues: readonly CheckIssue[];
  /** Only where there are no issues. */
  readonly ruleset?: Scoring;
}

interface Given {
  readonly file: string;
  readonly data: unknown;
  readonly value: unknown;
  readonly report: Report;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Everything that is wrong with the files that scoring is made of: `settings.yaml`, `scores/*.yaml`, `bands.yaml`,
 * `accounts.yaml`; other files are passed over. All issues at once, in the order of the files.
 */
export function checkRules(files: readonly RuleFile[]): CheckResult {
  const issues: CheckIssue[] = [];
  const given = files.map(({ file, data }): Given => ({
    file,
    data,
    value: plain(data) ?? {},
    report: reporter(file, issues),
  }));
  const only = (file: string): Given | undefined => given.find((one) => one.file === file);
  const scoreFiles = given.filter(
    ({ file }) => /^scores\/[^/]+\.ya?ml$/.test(file) && !/\.test\.ya?ml$/.test(file),
  );

  const settings = only('settings.yaml');
  if (settings) settingsProblems(settings);
  const scores = scoreFiles.map((one): [string, ScoreFile | undefined] => [nameOf(one.file), scoreFile(one)]);
  acrossFiles(scoreFiles, scores);
  const names: ScoreNames = new Map(
    scoreFiles.flatMap(({ value }) =>
      isMapping(value) && typeof value.score === 'string' ? [[value.score, value.by !== undefined]] : [],
    ),
  );

  const bands = only('bands.yaml');
  if (!bands)
    issues.push({
      file: 'bands.yaml',
      path: [],
      message: 'there is no bands.yaml: it says what points lead to',
    });
  else if (bands.data === null)
    bands.report([], 'this file is empty: it says what points lead to, from `bands` on');
  else if (fits(Bands, bands)) bandsProblems(bands.value as Bands, bands.data, names, bands.report);
  const accounts = only('accounts.yaml');
  if (accounts && fits(Accounts, accounts))
    accountsProblems(accounts.value as Accounts, accounts.data, names, accounts.report);

  if (scoreFiles.length === 0)
    issues.push({ file: 'scores', path: [], message: 'there is no score: add a file to scores/' });
  if (issues.length > 0 || !bands) return { issues };
  const ruleset: Scoring = {
    settings: settings?.value ?? {},
    scores: Object.fromEntries(scores as [string, ScoreFile][]),
    bands: withOrder(bands.value as Bands, bands.data),
    ...(accounts && { accounts: accounts.value as Accounts }),
  };
  return { issues, ruleset };
}

function settingsProblems({ value, report }: Given): void {
  shapeProblems(Settings, value, report);
  const activity = isMapping(value) ? value.activity : undefined;
  (Array.isArray(activity) ? activity : [activity]).forEach((one: unknown, n) => {
    for (const key of isMapping(one) ? Object.keys(one) : [])
      if (/^(lead|account)\./.test(key) || key === 'at_least' || key === 'within')
        report(
          ['activity', ...(Array.isArray(activity) ? [n] : []), key],
          'activity is told by an event and its properties alone',
        );
  });
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');

function fits(schema: typeof Bands | typeof Accounts | typeof ScoreFile, { value, report }: Given): boolean {
  let right = true;
  shapeProblems(schema, value, (...issue) => {
    right = false;
    report(...issue);
  });
  return right;
}

/** A checked score file, or undefined; each of its rules is checked even where another is malformed. */
function scoreFile(given: Given): ScoreFile | undefined {
  const { value, report } = given;
  if (given.data === null || !isMapping(value)) {
    report(
      [],
      `${given.data === null ? 'this file is empty: ' : ''}a score file is a mapping with \`score\` and \`rules\``,
    );
    return undefined;
  }
  if (value.score === 'total')
    report(['score'], '`total` is what scores add up to; call this score something else');
  const rules = isMapping(value.rules) ? value.rules : {};
  const told = new Set<string>();
  for (const [name, rule] of Object.entries(rules))
    if (isMapping(rule) && conditionProblems(rule.when, ['rules', name, 'when'], report)) told.add(name);
  const broken = new Set<string>();
  shapeProblems(ScoreFile, value, (path, ...rest) => {
    const rule = path[0] === 'rules' ? String(path[1]) : undefined;
    if (rule !== undefined) broken.add(rule);
    if (rule !== undefined && told.has(rule) && path[2] === 'when') return;
    report(path, ...rest);
  });
  const file = value as ScoreFile;
  for (const [name, rule] of Object.entries(rules))
    if (!broken.has(name) && isMapping(rule))
      ruleProblems(rule as ScoreFile['rules'][string], file, ['rules', name], report);
  return ordered(given.data, value) as ScoreFile;
}

/** Rule names are unique over all scores; files that feed one score agree on `by` and on `limit`. */
function acrossFiles(
  given: readonly Given[],
  scores: readonly (readonly [string, ScoreFile | undefined])[],
): void {
  const rules = new Map<string, string>();
  const first = new Map<string, [string, ScoreFile]>();
  scores.forEach(([, score], n) => {
    const one = given[n];
    if (!one || !score) return;
    for (const name of Object.keys(score.rules)) {
      const other = rules.get(name);
      if (other !== undefined) one.report(['rules', name], `there is a rule \`${name}\` in ${other} already`);
      rules.set(name, one.file);
    }
    const [file, same] = first.get(score.score) ?? [];
    if (file === undefined || !same) {
      first.set(score.score, [one.file, score]);
      return;
    }
    if (same.by !== score.by)
      one.report(['score'], `\`${score.score}\` is keyed differently in ${file}: \`by\` must be the same`);
    if (score.limit && JSON.stringify(score.limit) !== JSON.stringify(same.limit))
      one.report(['limit'], `\`${score.score}\` has its \`limit\` in ${file}`);
  });
}

/** The groups of `bands.yaml` as a list, since they are tried in order. */
function withOrder(bands: Bands, data: unknown): Bands {
  const groups =
    data instanceof Map ? (data.get('groups') as unknown) : (data as Record<string, unknown>).groups;
  if (groups === undefined || Array.isArray(groups)) return bands;
  const order = (groups instanceof Map ? [...groups.keys()] : Object.keys(groups as object)).map(String);
  const tests = bands.groups as Record<string, Record<string, string | number>>;
  return {
    ...bands,
    groups: order.map((name): [string, Record<string, string | number>] => [name, tests[name] ?? {}]),
  };
}
export type { CheckIssue } from './issues.ts';
