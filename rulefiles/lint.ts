import { type CheckIssue } from '../core/check.ts';
import { parseInstant } from '../core/instant.ts';
import { type Scoring } from '../core/ruleset.ts';
import { type BandSteps } from '../core/schema/bands.ts';
import { type Rule, type ScoreFile } from '../core/schema/score.ts';

/** What is allowed and most likely not meant. @param now UTC milliseconds; without it no date is looked at */
export function lint({ scores, bands }: Scoring, now?: number): CheckIssue[] {
  const found: CheckIssue[] = [];
  for (const [name, file] of Object.entries(scores)) {
    const warn = (path: CheckIssue['path'], message: string): void => {
      found.push({ file: `scores/${name}.yaml`, path, message });
    };
    for (const [rule, said] of Object.entries(file.rules))
      ruleWarnings(said, file, ['rules', rule], now, warn);
    sameConditions(file, warn);
  }
  const warn = (path: CheckIssue['path'], message: string): void => {
    found.push({ file: 'bands.yaml', path, message });
  };
  unreachable(Object.values(scores), bands, warn);
  return found;
}

type Warn = (path: CheckIssue['path'], message: string) => void;

function ruleWarnings(
  rule: Rule,
  file: ScoreFile,
  path: CheckIssue['path'],
  now: number | undefined,
  warn: Warn,
): void {
  const { points = 0, cap, group, review_by: review } = rule;
  if (cap !== undefined && points * cap > 0 && Math.abs(points) > Math.abs(cap))
    warn([...path, 'points'], `${points} points are more than the rule's cap of ${cap}`);
  const { min, max } = (group !== undefined && file.groups?.[group]) || {};
  if ((max !== undefined && points > max) || (min !== undefined && points < min))
    warn([...path, 'points'], `${points} points are more than the group \`${group}\` lets through`);
  if (cap !== undefined && points * cap < 0)
    warn([...path, 'cap'], `a cap of ${cap} never holds a rule that gives ${points}`);
  if (review !== undefined && now !== undefined && (parseInstant(review) ?? now) < now)
    warn([...path, 'review_by'], `was to be reviewed by ${review}`);
}

/** Two rules that ask the same, in the same way, count one thing twice. */
function sameConditions({ rules }: ScoreFile, warn: Warn): void {
  const seen = new Map<string, string>();
  for (const [name, rule] of Object.entries(rules)) {
    const { when, distinct, once_per, once, at_least, steps, every, burst } = rule;
    if (when === undefined) continue;
    const asked = JSON.stringify([when, distinct, once_per, once, at_least, steps, every, burst]);
    const other = seen.get(asked);
    if (other !== undefined) warn(['rules', name], `\`${name}\` has the same condition as \`${other}\``);
    else seen.set(asked, name);
  }
}

function unreachable(
  files: readonly ScoreFile[],
  { total, bands, qualified }: Scoring['bands'],
  warn: Warn,
): void {
  const highest = (score: string): number => {
    const feeding = files.filter((file) => file.score === score);
    const sum = feeding.reduce((all, file) => all + highestOf(file), 0);
    return Math.min(feeding[0]?.limit?.max ?? Infinity, sum);
  };
  const { of } = bands;
  const weighted = Object.entries(total?.sum ?? {}).reduce(
    (sum, [score, weight]) =>
      sum + (typeof weight === 'number' ? (weight > 0 ? weight * highest(score) : 0) : Infinity),
    0,
  );
  const top = of === undefined ? Math.min(total?.limit?.max ?? Infinity, weighted) : highest(of);
  const beyond = steps(bands).filter(([, enter]) => enter > Math.round(top));
  for (const [band, enter] of beyond)
    warn(
      ['bands', band],
      `no lead can reach \`${band}\`: it begins at ${enter}, and the rules add up to ${Math.round(top)}`,
    );
  const wanted = qualified?.band === undefined ? [] : [qualified.band].flat();
  if (wanted.length > 0 && wanted.every((band) => beyond.some(([name]) => name === band)))
    warn(['qualified'], 'no lead can qualify: none of its bands can be reached');
}

function steps({ of: _, ...bands }: BandSteps): [string, number][] {
  return Object.entries(bands).map(([name, step]) => {
    const enter = typeof step === 'number' ? step : typeof step === 'object' ? step.enter : 0;
    return [name, enter];
  });
}

/** The most that the rules of a file can add up to; a rule without a cap has no end. */
function highestOf({ rules, groups = {} }: ScoreFile): number {
  const sums = new Map<string | undefined, number>();
  for (const {
    points = 0,
    cap,
    group,
    once,
    at_least,
    when = {},
    points_by,
    steps: counted,
  } of Object.values(rules)) {
    const repeats = 'event' in when && !once && at_least === undefined;
    const most = points_by || counted ? Infinity : repeats && points > 0 ? Infinity : Math.max(0, points);
    const held = cap !== undefined && cap > 0 ? Math.min(cap, most) : most;
    sums.set(group, (sums.get(group) ?? 0) + held);
  }
  return [...sums].reduce(
    (sum, [group, points]) => sum + Math.min(points, (group !== undefined && groups[group]?.max) || Infinity),
    0,
  );
}
