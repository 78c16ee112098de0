import { fc } from '@fast-check/vitest';
import type { PlainRules } from '../plain/facts.ts';
import { rulesets } from '../plain/rulesets.ts';

/** Values that break naive code, put anywhere into rules and messages that are right. */

const LONG = 'ab'.repeat(5_000);
const TEXTS = [
  ...['', ' ', '*', '**', '.', '..', '...', '1..', '..1', '5..1', '>=', '<=5', '> -0', '1e308', '0x10'],
  ...['__proto__', 'constructor', 'toString', 'prototype', 'hasOwnProperty', 'valueOf', 'of', 'total'],
  ...[
    '2026-02-30',
    '0000-01-01',
    '9999-12-31',
    '9999-12-31..',
    '2026-03-01..2026-03-01',
    'missing',
    'exists',
  ],
  ...[
    '0d',
    '1m',
    '999999999w',
    '15m',
    '-1d',
    '50%',
    '0%',
    '999.999999%',
    'İ',
    'ΟΔΟΣ',
    '\u0000',
    '\uD800',
    '💥',
  ],
  ...['lead.', 'lead.a', 'account.b.c', 'a..b', 'page', 'fit', 'crm', LONG],
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e-300,
  1e-7,
  1e9,
  -1e9,
  1e15,
  2 ** 53,
  1e308,
  -1e308,
  5e-324,
  NaN,
  Infinity,
];
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...TEXTS) },
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...NUMBERS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(true, false, null, [], {}, [[]], [null], [''], [{ a: [1] }]),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({ event: '*' }, { constructor: 1 }, { min: 5, max: 1 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** One slip: where, what, and whether it is a value, the name of a key, or a key too many. */
export type Slip = readonly [where: number, how: 'value' | 'name' | 'more', what: unknown];
const slip = fc.tuple(fc.nat(), fc.constantFrom('value', 'value', 'value', 'name', 'more'), hostile);
export const slips = fc.array(slip, { minLength: 1, maxLength: 2 });

type Mapping = Record<string, unknown>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place of a value: the mapping or list that it is in, and its key. */
function places(value: unknown, into: [Mapping, string][] = []): [Mapping, string][] {
  if (typeof value !== 'object' || value === null) return into;
  for (const key of Object.keys(value)) {
    into.push([value as Mapping, key]);
    places((value as Mapping)[key], into);
  }
  return into;
}

/** A copy of a value with slips in it. */
export function spoiled(value: unknown, made: readonly Slip[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const [where, how, what] of made) {
    const all = places(copy);
    const [inside, key] = all[where % Math.max(1, all.length)] ?? [];
    if (!inside || key === undefined) continue;
    // As the reader of YAML and JSON does, whatever the name: an own key.
    const set = (name: string, to: unknown): void =>
      void Object.defineProperty(inside, name, {
        value: to,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    if (how === 'value') set(key, structuredClone(what));
    else if (isMapping(inside)) {
      const name = typeof what === 'string' ? what : JSON.stringify(what);
      const was = structuredClone(inside[key]);
      if (how === 'name') Reflect.deleteProperty(inside, key);
      set(name, was);
    }
  }
  return copy;
}

/** Rules with slips: some that the check finds, and some that it takes. */
export const spoiledRules: fc.Arbitrary<PlainRules> = fc
  .tuple(rulesets, slips)
  .map(([rules, made]) => spoiled(rules, made) as PlainRules);
