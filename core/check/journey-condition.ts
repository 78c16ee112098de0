import { meaning } from '../engine/matcher.ts';
import { nearest } from '../nearest.ts';
import {
  AllOf,
  AnyOf,
  COMBINING_KEYS,
  SinceCondition,
  STANDS_KEYS,
  StandsCondition,
} from '../schema/journey-condition.ts';
import type { Path, Report } from './issues.ts';
import { shapeProblems } from './shape.ts';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAttribute = (key: string): boolean => /^(lead|account)\./.test(key);

/** A key that ends so means a path to Step Functions, and what a machine carries is written into it. */
export function pathKeyProblems(value: unknown, path: Path, report: Report): void {
  if (Array.isArray(value))
    value.forEach((item, n) => {
      pathKeyProblems(item, [...path, n], report);
    });
  else if (isMapping(value))
    for (const [key, inner] of Object.entries(value)) {
      if (key.endsWith('.$'))
        report([...path, key], 'a property that ends in `.$` means something else to Step Functions');
      pathKeyProblems(inner, [...path, key], report);
    }
}

/** What is wrong with a condition of a journey: one message about the slip, not one for each kind of condition. */
export function journeyConditionProblems(value: unknown, path: Path, report: Report): void {
  if (!isMapping(value)) {
    report(path, 'must be a mapping such as `{ band: warm }` or `{ event: Trial Started }`');
    return;
  }
  const keys = Object.keys(value);
  const lone = COMBINING_KEYS.find((key) => key in value);
  if (lone !== undefined) {
    for (const key of keys.filter((each) => each !== lone))
      report([...path, key], `\`${lone}\` stands alone in its mapping`);
    const inner = value[lone];
    if (lone === 'not') journeyConditionProblems(inner, [...path, 'not'], report);
    else if (Array.isArray(inner) && inner.length > 0)
      inner.forEach((item, n) => {
        journeyConditionProblems(item, [...path, lone, n], report);
      });
    else shapeProblems(lone === 'all' ? AllOf : AnyOf, { [lone]: inner }, report, path);
    return;
  }
  if ('event' in value) {
    shapeProblems(SinceCondition, value, report, path);
    return;
  }
  const known = [...STANDS_KEYS, 'event', ...COMBINING_KEYS];
  if (keys.length === 0) report(path, `a condition needs one of ${known.join(', ')}, or an attribute`);
  const unknown = keys.filter(
    (key) => !isAttribute(key) && !(STANDS_KEYS as readonly string[]).includes(key),
  );
  for (const key of unknown) {
    const near = nearest(key, known) ?? `lead.${key}`;
    report(
      [...path, key],
      `a condition knows no \`${key}\`; it has ${known.join(', ')}, and attributes: \`lead.…\` or \`account.…\``,
      near,
      [near],
    );
  }
  if (unknown.length > 0) return;
  if (value.score !== undefined && !isMapping(value.score)) {
    report([...path, 'score'], 'must say of which score: `{ engagement: ">=20" }`, or `{ total: ">=20" }`');
    return;
  }
  shapeProblems(StandsCondition, value, report, path);
  for (const [score, test] of Object.entries(isMapping(value.score) ? value.score : {}))
    for (const one of [test].flat()) pointsProblems(one, [...path, 'score', score], report);
}

function pointsProblems(test: unknown, path: Path, report: Report): void {
  if (typeof test !== 'string' && typeof test !== 'number') return;
  const means = meaning(test);
  if (means.kind === 'malformed') report(path, means.message);
  else if (means.kind !== 'number' && means.kind !== 'numbers')
    report(path, 'must be a number, a comparison such as ">=20" or a range such as 20..50');
}
