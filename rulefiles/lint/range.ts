import { type Rule, type ScoreFile } from '../../core/schema/score.ts';

/** The least and the most that something can come to; ±Infinity where nothing holds it. */
export interface Range {
  readonly least: number;
  readonly most: number;
}
export const NOTHING: Range = { least: 0, most: 0 };

export const plus = (a: Range, b: Range): Range => ({ least: a.least + b.least, most: a.most + b.most });

export const held = (
  { least, most }: Range,
  { min = -Infinity, max = Infinity }: { min?: number | undefined; max?: number | undefined } = {},
): Range => ({
  least: Math.max(min, Math.min(max, least)),
  most: Math.max(min, Math.min(max, most)),
});

/** Nothing times infinity is nothing. */
const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

/** Both ends times a weight, which may be below 0. */
export function times({ least, most }: Range, weight: number): Range {
  const [a, b] = [product(least, weight), product(most, weight)];
  return { least: Math.min(a, b), most: Math.max(a, b) };
}

/** Every number of points that a rule names, and where it does. */
export function pointsOf(rule: Rule): { points: number; path: (string | number)[] }[] {
  if (rule.points !== undefined) return [{ points: rule.points, path: ['points'] }];
  if (rule.steps)
    return Object.entries(rule.steps).map(([step, points]) => ({ points, path: ['steps', step] }));
  return Object.entries(rule.points_by ?? {}).flatMap(([key, table]) =>
    (Array.isArray(table) ? table : Object.entries(table)).map(([line, points]) => ({
      points,
      path: ['points_by', key, String(line)],
    })),
  );
}

/** What a rule can give. Steps add up; what awards again and again has no end, but for its cap. */
export function rangeOfRule(rule: Rule): Range {
  const { when, once, at_least, steps, every, cap } = rule;
  const all = pointsOf(rule).map(({ points }) => points);
  const repeats = when !== undefined && 'event' in when && !once && at_least === undefined && !steps;
  const again = repeats || (every !== undefined && when !== undefined && 'inactive' in when);
  const end = (worth: readonly number[]): number =>
    again && worth.length > 0
      ? Infinity
      : worth.reduce((most, one) => (steps ? most + one : Math.max(most, one)), 0);
  const most = end(all.filter((points) => points > 0));
  const least = end(all.filter((points) => points < 0).map((points) => -points));
  const range = { least: least === 0 ? 0 : -least, most };
  return cap === undefined ? range : held(range, cap > 0 ? { max: cap } : { min: cap });
}

/** What the files that feed one score can add up to: rules, groups, limit. */
export function rangeOfScore(files: readonly ScoreFile[]): Range {
  const limit = files.find((file) => file.limit)?.limit;
  const sum = files.reduce((total, file) => plus(total, rangeOfFile(file)), NOTHING);
  return held(sum, limit);
}

function rangeOfFile({ rules, groups = {} }: ScoreFile): Range {
  const inGroup = (group: string | undefined): Range =>
    Object.values(rules)
      .filter((rule) => rule.group === group)
      .reduce((sum, rule) => plus(sum, rangeOfRule(rule)), NOTHING);
  return Object.entries(groups).reduce(
    (sum, [group, limit]) => plus(sum, held(inGroup(group), limit)),
    inGroup(undefined),
  );
}
