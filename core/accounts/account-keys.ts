import { rolledUp, scoreOf } from './account.ts';
import { sixDecimals } from '../engine/rounding.ts';
import type { Rollup } from '../schema/accounts.ts';

/** Points of a keyed score by its keys, 6 decimals. */
export type KeyedPoints = Readonly<Record<string, number>>;

/** A person's scores, a keyed one as a map of its keys. */
export type KeyedScores = Readonly<Record<string, number | KeyedPoints>>;

/** The best keys of a keyed score, highest first; equal ones in the order of their names.
 *  @example bestKeys({ crm: 5, erp: 20, hr: 1 }, 2) // [['erp', 20], ['crm', 5]] */
export const bestKeys = (keys: KeyedPoints, most: number): (readonly [key: string, points: number])[] =>
  Object.entries(keys)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most);

/** The same as a mapping, which has its keys in whatever order. */
export const topKeys = (keys: KeyedPoints, most: number): KeyedPoints =>
  Object.fromEntries(bestKeys(keys, most));

/**
 * What a keyed score comes to for an account, key by key, each over the people who have that key; null for a score
 * without keys.
 * @example rolledUpKeys({ sum: 'product' }, [{ product: { crm: 5 } }, { product: { crm: 7, erp: 1 } }]) // { crm: 12, erp: 1 }
 */
export function rolledUpKeys(rollup: Rollup, people: readonly KeyedScores[]): KeyedPoints | null {
  const score = scoreOf(rollup);
  const byKey = new Map<string, number[]>();
  let keyed = false;
  for (const person of people) {
    const points = Object.hasOwn(person, score) ? person[score] : undefined;
    if (typeof points !== 'object') continue;
    keyed = true;
    for (const [key, value] of Object.entries(points)) byKey.set(key, [...(byKey.get(key) ?? []), value]);
  }
  if (!keyed) return null;
  const sums = [...byKey].map(([key, values]): [string, number] => [
    key,
    sixDecimals(
      rolledUp(
        rollup,
        values.map((value) => ({ scores: { [score]: value }, total: 0 })),
      ),
    ),
  ]);
  return Object.fromEntries(sums);
}
