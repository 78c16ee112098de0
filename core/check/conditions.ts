import type { Condition } from '../schema/condition.ts';
import type { Path, Report } from './issues.ts';
import { LONE_KEYS } from './shape.ts';

/** What a rule's condition makes of the rule; an `event` rule has awards, the others are true or false. */
export type RuleKind = 'event' | 'attributes' | 'inactive' | 'active_within' | 'rate' | 'combined';

/** @example kindOf({ event: 'page' }) // 'event' */
export function kindOf(when: Condition | undefined): RuleKind {
  if (when === undefined) return 'attributes';
  if ('all' in when || 'any' in when || 'not' in when) return 'combined';
  if ('inactive' in when) return 'inactive';
  if ('active_within' in when) return 'active_within';
  if ('rate' in when) return 'rate';
  return 'event' in when ? 'event' : 'attributes';
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Slips in a condition that its shape cannot tell; told before the shape, which would tell them less well. */
export function conditionProblems(when: unknown, path: Path, report: Report, top = true): boolean {
  if (Array.isArray(when)) report(path, 'several conditions go into `all: [...]` or `any: [...]`');
  else if (typeof when === 'string') report(path, `a condition is a mapping, such as \`{ event: ${when} }\``);
  if (!isMapping(when)) return Array.isArray(when) || typeof when === 'string';
  const nested = ['lead', 'account'].find((key) => isMapping(when[key]));
  if (nested !== undefined) {
    const [inside = 'title'] = Object.keys(when[nested] as object);
    report([...path, nested], `attributes are written with a dot: \`${nested}.${inside}\``);
    return true;
  }
  const keys = Object.keys(when);
  const lone = keys.find((key) => LONE_KEYS.includes(key));
  if (lone !== undefined) {
    const others = keys.filter((key) => key !== lone);
    for (const key of others)
      report(
        [...path, key],
        `\`${lone}\` stands alone in its mapping; combine it with \`all\`, \`any\` or \`not\``,
      );
    const inner = when[lone];
    if (lone === 'rate' && isMapping(inner))
      return (
        ['of', 'out_of'].some((part) => countingProblems(inner[part], [...path, 'rate', part], report)) ||
        others.length > 0
      );
    const clauses = Array.isArray(inner)
      ? inner.map((item, n): [unknown, Path] => [item, [...path, lone, n]])
      : [];
    if (lone === 'not') clauses.push([inner, [...path, 'not']]);
    return (
      clauses.filter(([item, at]) => conditionProblems(item, at, report, false)).length > 0 ||
      others.length > 0
    );
  }
  if ('event' in when) return top && countingProblems(when, path, report);
  const plain = keys.filter((key) => !/^(lead|account)\./.test(key));
  const first = plain[0];
  if (keys.length === 0)
    report(path, 'a condition needs `event`, `lead.` or `account.` attributes, or `all`, `any`, `not`');
  else if (first !== undefined)
    report(
      [...path, first],
      `without \`event\` a condition has \`lead.\` or \`account.\` keys only, or one of ${LONE_KEYS.join(', ')}`,
      first,
      first.includes('.')
        ? ['lead', 'account'].map((who) => `${who}${first.slice(first.indexOf('.'))}`)
        : ['event', ...LONE_KEYS, 'lead.', 'account.'],
    );
  return keys.length === 0 || first !== undefined;
}

function countingProblems(when: unknown, path: Path, report: Report): boolean {
  const found = isMapping(when) ? ['at_least', 'within'].filter((key) => key in when) : [];
  for (const key of found) report([...path, key], `\`${key}\` belongs beside \`when\`, not inside it`);
  return found.length > 0;
}
