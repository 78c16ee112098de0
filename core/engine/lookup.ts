import type { LeadEvent } from '../event.ts';
import type { Json } from '../json.ts';
import type { EventTest, PropertyTest } from './match.ts';
import { folded, meaning, numberOf } from './matcher.ts';

/** Somebody who listens, found by one of the tests; the others must hold too. */
interface Entry<L> {
  readonly listener: L;
  readonly others: readonly PropertyTest[];
}

/** Beginnings and ends of texts are looked up by their first or last so many characters. */
const LENGTHS: readonly number[] = [32, 16, 8, 4, 2, 1];

/** Texts that begin or end with something. */
class Edges<L> {
  readonly #end: boolean;
  readonly #lengths: number[] = [];
  readonly #entries = new Map<string, { readonly edge: string; readonly entry: Entry<L> }[]>();

  constructor(end: boolean) {
    this.#end = end;
  }

  get some(): boolean {
    return this.#lengths.length > 0;
  }

  add(edge: string, entry: Entry<L>): void {
    const length = LENGTHS.find((each) => each <= edge.length) ?? 1;
    if (!this.#lengths.includes(length)) this.#lengths.push(length);
    const key = this.#cut(edge, length);
    this.#entries.set(key, [...(this.#entries.get(key) ?? []), { edge, entry }]);
  }

  visit(text: string, visit: (entry: Entry<L>) => void): void {
    for (const length of this.#lengths) {
      if (text.length < length) continue;
      const entries = this.#entries.get(this.#cut(text, length));
      if (!entries) continue;
      for (const { edge, entry } of entries)
        if (this.#end ? text.endsWith(edge) : text.startsWith(edge)) visit(entry);
    }
  }

  #cut(text: string, length: number): string {
    return this.#end ? text.slice(text.length - length) : text.slice(0, length);
  }
}

/** Who listens for what in one property. */
class Property<L> {
  readonly test: PropertyTest;
  readonly #texts = new Map<string, Entry<L>[]>();
  readonly #numbers = new Map<number, Entry<L>[]>();
  readonly #beginnings = new Edges<L>(false);
  readonly #ends = new Edges<L>(true);
  readonly #all: { readonly test: PropertyTest; readonly entry: Entry<L> }[] = [];

  constructor(test: PropertyTest) {
    this.test = test;
  }

  /** Files somebody under a test, if it is one of those that can be looked up. */
  add(test: PropertyTest, entry: Entry<L>): void {
    this.#all.push({ test, entry });
    for (const key of keysOf(test) ?? []) {
      if (typeof key === 'number') put(this.#numbers, key, entry);
      else if (key.endsWith('*')) this.#beginnings.add(key.slice(0, -1), entry);
      else if (key.startsWith('*')) this.#ends.add(key.slice(1), entry);
      else put(this.#texts, key, entry);
    }
  }

  visit(event: LeadEvent, visit: (entry: Entry<L>) => void): void {
    const value: Json | undefined = this.test.read(event);
    if (typeof value === 'object') {
      // Of a list any member may match: each is asked for itself, so that nobody is told twice.
      if (value !== null) for (const { test, entry } of this.#all) if (test.holds(value)) visit(entry);
      return;
    }
    if (value === undefined || value === '') return;
    const text = typeof value === 'string' ? folded(value) : String(value);
    const whole = this.#texts.get(text);
    if (whole) for (const entry of whole) visit(entry);
    if (this.#beginnings.some) this.#beginnings.visit(text, visit);
    if (this.#ends.some) this.#ends.visit(text, visit);
    if (this.#numbers.size === 0) return;
    const number = typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : null;
    if (number !== null) this.#numbers.get(number)?.forEach(visit);
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

/** Those who listen to events of one name: an event asks only whom its properties may concern. */
export class Lookup<L extends EventTest> {
  readonly #properties: Property<L>[] = [];
  /** Those who cannot be looked up. */
  readonly #rest: L[] = [];

  constructor(listeners: readonly L[]) {
    const byKey = new Map<string, Property<L>>();
    for (const listener of listeners) {
      const test = bestOf(listener.tests);
      if (!test) {
        this.#rest.push(listener);
        continue;
      }
      const property = byKey.get(test.key) ?? new Property<L>(test);
      if (!byKey.has(test.key)) this.#properties.push(property);
      byKey.set(test.key, property);
      property.add(test, { listener, others: listener.tests.filter((other) => other !== test) });
    }
  }

  /** Tells everyone whose tests the event satisfies, each once. */
  visit(event: LeadEvent, tell: (listener: L) => void): void {
    for (const listener of this.#rest) if (listener.properties(event)) tell(listener);
    if (this.#properties.length === 0) return;
    const visit = ({ listener, others }: Entry<L>): void => {
      for (const other of others) if (!other.holds(other.read(event))) return;
      tell(listener);
    };
    for (const property of this.#properties) property.visit(event, visit);
  }
}

/** The test that leaves the fewest: one of whole texts or numbers, else one of beginnings or ends. */
function bestOf(tests: readonly PropertyTest[]): PropertyTest | undefined {
  const found = tests.filter((test) => keysOf(test) !== null);
  return found.find((test) => keysOf(test)?.every((key) => !String(key).includes('*'))) ?? found[0];
}
