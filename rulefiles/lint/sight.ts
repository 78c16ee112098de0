import { type CheckIssue } from '../../core/check/check.ts';
import { type LeadEvent } from '../../core/event.ts';
import { attributeReader, eventTest, isRuleEvent } from '../../core/engine/match.ts';
import { matcher, type MatcherInput } from '../../core/engine/matcher.ts';
import { periodOf } from '../../core/engine/period.ts';
import { type Clause } from '../../core/schema/condition.ts';
import { type Rule } from '../../core/schema/score.ts';

/** What was never seen. */
export interface Blind {
  /** Below the rule. */
  readonly path: CheckIssue['path'];
  readonly what: string;
  /** The name of an event that was waited for, where it is one. */
  readonly name?: string;
}

/** What one rule waits for in a history. */
export interface Sight {
  see(event: LeadEvent): void;
  /** The first thing that the rule needs and that was never seen, or null. */
  blind(): Blind | null;
}

type Mapping = Readonly<Record<string, unknown>>;
type Path = CheckIssue['path'];
type Listener = (event: LeadEvent) => void;

const ATTRIBUTE = /^(lead|account)\./;
const NOTHING = { blind: () => null } as const;

/** @param by the property that names the keys of the rule's score */
export function createSight(rule: Rule, by: string | undefined, timeZone: string): Sight {
  const listeners: Listener[] = [];
  const parts = [
    rule.when === undefined ? NOTHING : clauseSight(rule.when, ['when'], listeners, rule, timeZone),
    ...Object.keys(rule.points_by ?? {})
      .filter((key) => ATTRIBUTE.test(key))
      .map((key) => attributeSight(key, 'exists', ['points_by', key], listeners)),
    ...needed(rule, by, timeZone, listeners),
  ];
  return {
    see: (event) => {
      for (const listen of listeners) listen(event);
    },
    blind: () => all(parts),
  };
}

type Part = Pick<Sight, 'blind'>;
const all = (parts: readonly Part[]): Blind | null => {
  for (const part of parts) {
    const blind = part.blind();
    if (blind) return blind;
  }
  return null;
};

/** The properties that matching events must have: `distinct`, the key of a score, `points_by`. */
function needed(rule: Rule, by: string | undefined, timeZone: string, listeners: Listener[]): Part[] {
  if (!rule.when || !('event' in rule.when)) return [];
  const when = rule.when as Mapping;
  const table = Object.keys(rule.points_by ?? {}).find((key) => !ATTRIBUTE.test(key));
  const asked: [string | undefined, Path, string][] = [
    [rule.distinct, ['distinct'], 'distinct'],
    [table, ['points_by', table ?? ''], 'points_by'],
    [by, ['when'], 'by'],
  ];
  return asked.flatMap(([property, path, key]) =>
    property === undefined
      ? []
      : [
          eventSight(
            { ...when, [property]: when[property] ?? 'exists' },
            path,
            `no event that matches has \`${property}\`, which \`${key}\` asks for`,
            listeners,
            periodOfRule(rule, timeZone),
          ),
        ],
  );
}

const periodOfRule = ({ active }: Rule, timeZone: string): readonly [number, number] =>
  active === undefined ? [-Infinity, Infinity] : periodOf(active, timeZone);

/** Whatever stands below `not`, and inactivity, is true of nothing, too. */
function clauseSight(clause: Clause, path: Path, listeners: Listener[], rule: Rule, timeZone: string): Part {
  const inside = (inner: unknown, ...step: Path): Part =>
    clauseSight(inner as Clause, [...path, ...step], listeners, rule, timeZone);
  if ('all' in clause) {
    const parts = (clause.all as unknown[]).map((inner, n) => inside(inner, 'all', n));
    return { blind: () => all(parts) };
  }
  if ('any' in clause) {
    const parts = (clause.any as unknown[]).map((inner, n) => inside(inner, 'any', n));
    return {
      blind: () => (parts.some((part) => part.blind() === null) ? null : (parts[0]?.blind() ?? null)),
    };
  }
  if ('not' in clause || 'inactive' in clause || 'active_within' in clause) return NOTHING;
  if ('rate' in clause) {
    const rate = clause.rate as Mapping;
    const parts = ['of', 'out_of'].map((part) => {
      const of = rate[part];
      const event = typeof of === 'object' && of !== null && !Array.isArray(of) ? of : { event: of };
      return inside(event, 'rate', part);
    });
    return { blind: () => all(parts) };
  }
  const attributes = Object.entries(clause as Mapping)
    .filter(([key]) => ATTRIBUTE.test(key))
    .map(([key, wanted]) => attributeSight(key, wanted as MatcherInput, [...path, key], listeners));
  if (!('event' in clause)) return { blind: () => all(attributes) };
  const event = eventSight(clause, path, 'no event matches this', listeners, periodOfRule(rule, timeZone));
  return { blind: () => all([event, ...attributes]) };
}

function eventSight(
  condition: Mapping,
  path: Path,
  what: string,
  listeners: Listener[],
  [from, until]: readonly [number, number],
): Part {
  const test = eventTest(condition);
  const name =
    typeof condition.event === 'string' && !condition.event.includes('*') ? condition.event : undefined;
  let isSeen = false;
  listeners.push((event) => {
    if (isSeen || !isRuleEvent(event) || event.occurredAt < from || event.occurredAt >= until) return;
    isSeen = test.name(event.name) && test.properties(event);
  });
  return { blind: () => (isSeen ? null : { path, what, ...(name !== undefined && { name }) }) };
}

/** Attributes are looked at as each message tells them, which is enough to see that nobody ever had one. */
function attributeSight(key: string, wanted: MatcherInput, path: Path, listeners: Listener[]): Part {
  const isAccount = key.startsWith('account.');
  const read = attributeReader(key);
  const holds = matcher(wanted);
  let isSeen = false;
  listeners.push((event) => {
    if (isSeen || event.type !== (isAccount ? 'group' : 'identify')) return;
    const traits = event.traits ?? {};
    isSeen = holds(read({ lead: traits, account: traits }));
  });
  const what = `no ${isAccount ? 'account' : 'lead'} has such a value of \`${key}\``;
  return { blind: () => (isSeen ? null : { path, what }) };
}
