import { matcherProblem, type MatcherScalar } from '../engine/matcher.ts';
import { daysOf } from '../engine/period.ts';
import type { Rule, ScoreFile } from '../schema/score.ts';
import { kindOf } from './conditions.ts';
import type { Path, Report } from './issues.ts';

const COUNTS = ['once', 'at_least', 'steps', 'every', 'burst'] as const;
const DECAYS = ['within', 'half_life', 'fade'] as const;
const OF_EVENTS = [
  'distinct',
  'once_per',
  ...DECAYS,
  'once',
  'at_least',
  'steps',
  'burst',
  'active',
] as const;

const isAttribute = (key: string): boolean => /^(lead|account)\./.test(key);

/** What is wrong with a rule whose shape is right. */
export function ruleProblems(rule: Rule, file: ScoreFile, path: Path, report: Report): void {
  const kind = kindOf(rule.when);
  const has = (key: keyof Rule): boolean => rule[key] !== undefined;
  pointsProblems(rule, path, report);
  if (kind === 'event') {
    if (typeof rule.every === 'string')
      report([...path, 'every'], '`every` of an event rule is how many events: a whole number');
  } else {
    for (const key of OF_EVENTS)
      if (has(key))
        report([...path, key], `\`${key}\` is for event rules; this rule's condition is true or false`);
    if (kind === 'inactive' && typeof rule.every === 'number')
      report([...path, 'every'], '`every` of an inactivity rule is a duration such as 7d');
    if (kind !== 'inactive' && has('every'))
      report([...path, 'every'], '`every` is for event rules and inactivity');
    if (file.by !== undefined) report([...path, 'when'], 'a keyed score takes event rules only');
  }
  const counts = COUNTS.filter((key) => has(key) && (key !== 'every' || kind === 'event'));
  for (const key of counts.slice(1))
    report([...path, key], `a rule counts in one way: \`${counts[0]}\` or \`${key}\``);
  const decays = DECAYS.filter(has);
  for (const key of decays.slice(1))
    report(
      [...path, key],
      `a rule has at most one of within, half_life and fade; this has \`${decays[0]}\` too`,
    );
  if (has('distinct'))
    for (const key of ['every', 'burst'] as const)
      if (has(key)) report([...path, key], `\`${key}\` needs every event, \`distinct\` drops some: not both`);
  if (rule.cap === 0) report([...path, 'cap'], 'a cap of 0 leaves nothing of the rule');
  if (rule.group !== undefined && !Object.hasOwn(file.groups ?? {}, rule.group))
    report(
      [...path, 'group'],
      `there is no group \`${rule.group}\` in this file`,
      rule.group,
      Object.keys(file.groups ?? {}),
    );
  if (rule.active !== undefined && daysOf(rule.active) === null)
    report([...path, 'active'], `\`${rule.active}\` is not a range of days such as 2026-01-01..2026-03-31`);
  if (rule.steps && Object.keys(rule.steps).length === 0) report([...path, 'steps'], 'must not be empty');
}

function pointsProblems(rule: Rule, path: Path, report: Report): void {
  const given = (['points', 'points_by', 'steps'] as const).filter((key) => rule[key] !== undefined);
  if (given.length === 0) report(path, 'a rule needs `points`, `points_by` or `steps`');
  for (const key of given.slice(1))
    report([...path, key], `\`${given[0]}\` and \`${key}\` exclude each other`);
  if (rule.points_by) {
    const tables = Object.entries(rule.points_by);
    if (tables.length !== 1) report([...path, 'points_by'], '`points_by` has exactly one key');
    for (const [key, table] of tables) {
      if (!isAttribute(key) && kindOf(rule.when) !== 'event')
        report(
          [...path, 'points_by', key],
          `\`${key}\` is no \`lead.\` or \`account.\` attribute, and this rule has no event`,
        );
      const lines = Array.isArray(table) ? table : Object.entries(table);
      if (lines.length === 0) report([...path, 'points_by', key], 'must not be empty');
      for (const [line] of lines as [MatcherScalar, number][]) {
        const problem = matcherProblem(line);
        if (problem !== null) report([...path, 'points_by', key, String(line)], problem);
      }
    }
  } else if (rule.when === undefined) report(path, '`when` is missing');
}
