import { Edges } from './edges.ts';
import type { LeadEvent } from '../event.ts';
import type { Json } from '../json.ts';
import type { EventTest, PropertyTest } from './match.ts';
import { folded, meaning, numberOf } from './matcher.ts';
import { type NumberRange, Ranges } from './ranges.ts';

/** Somebody who listens, found by one of the tests; the others must hold too. */
interface Entry<L> {
  readonly listener: L;
  readonly others: readonly PropertyTest[];
}

/** Somebody who listens, and the test under which to find them. */
interface Filed<L> {
  readonly test: PropertyTest;
  readonly entry: Entry<L>;
}

/** Who is told of those who are found. */
export interface Told<L> {
  tell(listener: L): void;
}

/** Tells of somebody whose first test holds if the others do, too. */
function ask<L>({ listener, others }: Entry<L>, event: LeadEvent, told: Told<L>): void {
  for (const other of others) if (!other.holds(other.read(event))) return;
  told.tell(listener);
}

/** Who listens for what in one property. */
class Property<L> {
  readonly #read: PropertyTest['read'];
  readonly #texts = new Map<string, Entry<L>[]>();
  readonly #numbers = new Map<number, Entry<L>[]>();
  readonly #beginnings: Edges<Entry<L>> | null;
  readonly #ends: Edges<Entry<L>> | null;
  readonly #ranges: Ranges<Entry<L>> | null;
  readonly #all: readonly Filed<L>[];

  constructor(read: PropertyTest['read'], all: readonly Filed<L>[]) {
    this.#read = read;
    this.#all = all;
    const beginnings = new Map<string, Entry<L>[]>();
    const ends = new Map<string, Entry<L>[]>();
    const ranges: { range: NumberRange; entry: Entry<L> }[] = [];
    for (const { test, entry } of all) {
      const range = rangeOf(test);
      if (range) ranges.push({ range, entry });
      else
        for (const key of keysOf(test) ?? []) {
          if (typeof key === 'number') put(this.#numbers, key, entry);
          else if (key.endsWith('*')) put(beginnings, key.slice(0, -1), entry);
          else if (key.startsWith('*')) put(ends, key.slice(1), entry);
          else put(this.#texts, key, entry);
        }
    }
    this.#beginnings = beginnings.size === 0 ? null : new Edges(beginnings, false);
    this.#ends = ends.size === 0 ? null : new Edges(ends, true);
    this.#ranges = ranges.length === 0 ? null : new Ranges(ranges);
  }

  visit(event: LeadEvent, told: Told<L>): void {
    const value: Json | undefined = this.#read(event);
    if (typeof value === 'object') {
      // Of a list any member may match: each is asked for itself, so that nobody is told twice.
      if (value !== null)
        for (const { test, entry } of this.#all) if (test.holds(value)) ask(entry, event, told);
      return;
    }
    if (value === undefined || value === '') return;
    const visit = (entry: Entry<L>): void => ask(entry, event, told);
    const text = typeof value === 'string' ? folded(value) : String(value);
    this.#texts.get(text)?.forEach(visit);
    this.#beginnings?.visit(text, visit);
    this.#ends?.visit(text, visit);
    if (this.#numbers.size === 0 && this.#ranges === null) return;
    const number = typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : null;
    if (number === null) return;
    this.#numbers.get(number)?.forEach(visit);
    this.#ranges?.visit(number, visit);
  }
}

const put = <K, E>(map: Map<K, E[]>, key: K, entry: E): void => {
  const entries = map.get(key);
  if (entries) entries.push(entry);
  else map.set(key, [entry]);
};

/** Texts, numbers, a beginning `a*` or an end `*a` under which a test can be looked up; null if it is of another kind. */
function keysOf({ wanted }: PropertyTest): readonly (string | number)[] | null {
  const keys = new Set<string | number>();
  const list = typeof wanted === 'object' ? wanted : [wanted];
  for (const one of list) {
    const means = meaning(one);
    if (means.kind === 'number') keys.add(means.number);
    else if (means.kind === 'text') keys.add(folded(means.text));
    else return null;
  }
  const found = [...keys];
  const stars = found.filter((key) => typeof key === 'string' && key.includes('*'));
  if (stars.length === 0) return found.every((key) => typeof key === typeof found[0]) ? found : null;
  // A text may both begin and end as wanted: only one star alone is sure to find it once.
  const [only = ''] = stars as string[];
  return found.length === 1 &&
    only.length > 1 &&
    only.indexOf('*', 1) !== 0 &&
    /^(\*[^*]+|[^*]+\*)$/.test(only)
    ? found
    : null;
}

/** The numbers that a test wants, where it wants one range of them. */
function rangeOf({ wanted }: PropertyTest): NumberRange | null {
  if (typeof wanted === 'object') return null;
  const means = meaning(wanted);
  return means.kind === 'numbers' ? means : null;
}

/** Those who listen to events of one name: an event asks only whom its properties may concern. */
export class Lookup<L extends EventTest> {
  readonly #properties: Property<L>[] = [];
  /** Those who cannot be looked up. */
  readonly #rest: L[] = [];

  constructor(listeners: readonly L[]) {
    const byKey = new Map<string, Filed<L>[]>();
    for (const listener of listeners) {
      const test = bestOf(listener.tests);
      if (test)
        put(byKey, test.key, {
          test,
          entry: { listener, others: listener.tests.filter((other) => other !== test) },
        });
      else this.#rest.push(listener);
    }
    for (const filed of byKey.values())
      if (filed[0]) this.#properties.push(new Property(filed[0].test.read, filed));
  }

  /** Tells of everyone whose tests the event satisfies, each once. */
  visit(event: LeadEvent, told: Told<L>): void {
    for (const listener of this.#rest) if (listener.properties(event)) told.tell(listener);
    for (const property of this.#properties) property.visit(event, told);
  }
}

/** The test that leaves the fewest: one of whole texts or numbers, else one of beginnings or ends, else a range. */
function bestOf(tests: readonly PropertyTest[]): PropertyTest | undefined {
  const found = tests.filter((test) => keysOf(test) !== null);
  return (
    found.find((test) => keysOf(test)?.every((key) => !String(key).includes('*'))) ??
    found[0] ??
    tests.find((test) => rangeOf(test) !== null)
  );
}
