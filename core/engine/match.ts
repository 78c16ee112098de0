import type { LeadEvent } from '../event.ts';
import type { Attributes } from '../history.ts';
import type { Json } from '../json.ts';
import { matcher, type MatcherInput } from './matcher.ts';
import { reach } from './reach.ts';
import type { EventReference } from '../schema/condition.ts';

/** Keys of a condition that say how often and when, not what. */
const COUNTING: readonly string[] = ['event', 'at_least', 'within'];
const ATTRIBUTE = /^(lead|account)\./;

/** The attributes that conditions read, as of one instant. */
export interface AttributeView {
  readonly lead: Attributes;
  readonly account: Attributes;
}
export type AttributeTest = (view: AttributeView) => boolean;

/** The attribute that a key such as `lead.address.city` names. */
export function attributeReader(key: string): (view: AttributeView) => ReturnType<typeof reach> {
  const [who, ...path] = key.split('.');
  return who === 'lead' ? (view) => reach(view.lead, path) : (view) => reach(view.account, path);
}

/** The `lead.` and `account.` keys of a condition as one test, or null where it has none. */
export function attributeTest(condition: Readonly<Record<string, unknown>>): AttributeTest | null {
  const tests = Object.entries(condition)
    .filter(([key]) => ATTRIBUTE.test(key))
    .map(([key, wanted]): AttributeTest => {
      const read = attributeReader(key);
      const holds = matcher(wanted as MatcherInput);
      return (view) => holds(read(view));
    });
  if (tests.length === 0) return null;
  return (view) => tests.every((test) => test(view));
}

/** What a condition wants of one property. */
export interface PropertyTest {
  /** As it is written, with dots. */
  readonly key: string;
  readonly wanted: MatcherInput;
  readonly read: (event: LeadEvent) => Json | undefined;
  readonly holds: (value: Json | undefined) => boolean;
}

/** The property that a key such as `products.category` names. */
function propertyReader(key: string): PropertyTest['read'] {
  const path = key.split('.');
  // A plain name can be read at once, unless every object has something of this name.
  return path.length > 1 || key in Object.prototype
    ? ({ properties }) => reach(properties, path)
    : ({ properties }) => properties[key];
}

/** An event condition without its attributes, in two parts: the name can be looked up once for many events. */
export interface EventTest {
  readonly name: (name: string) => boolean;
  /** Of properties, each for itself. */
  readonly tests: readonly PropertyTest[];
  readonly properties: (event: LeadEvent) => boolean;
}

/** The event part of a condition, or of a name alone. */
export function eventTest(condition: EventReference | Readonly<Record<string, unknown>>): EventTest {
  if (typeof condition !== 'object' || Array.isArray(condition))
    return { name: matcher(condition), tests: [], properties: () => true };
  const mapping = condition as Readonly<Record<string, unknown>>;
  const tests = Object.entries(mapping)
    .filter(([key]) => !COUNTING.includes(key) && !ATTRIBUTE.test(key))
    .map(([key, wanted]): PropertyTest => ({
      key,
      wanted: wanted as MatcherInput,
      read: propertyReader(key),
      holds: matcher(wanted as MatcherInput),
    }));
  return {
    name: matcher(mapping.event as MatcherInput),
    tests,
    properties: (event) => {
      for (const { holds, read } of tests) if (!holds(read(event))) return false;
      return true;
    },
  };
}

/** Whether rules see this event at all: `identify`, `group` and `alias` are none, and manual points are matched by no rule. */
export const isRuleEvent = (event: LeadEvent): boolean =>
  (event.type === 'track' || event.type === 'page' || event.type === 'screen') &&
  event.name !== '' &&
  event.name !== 'score.adjusted';

/** Whether an event satisfies an event condition, its attributes left aside: what a journey asks of an event. */
export function eventMatches(condition: Readonly<Record<string, unknown>>, event: LeadEvent): boolean {
  const test = eventTest(condition);
  return isRuleEvent(event) && test.name(event.name) && test.properties(event);
}
