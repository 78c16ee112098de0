import { uniform } from '../../core/uniform.ts';

/** A repeatable source of chance: the same seed gives the same sample, byte for byte. */
export interface Chance {
  /** From 0 up to but not including 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(min: number, max: number): number;
  /** True in `share` of cases (0 to 1). */
  yes(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different members, fewer if the list is shorter. */
  some<T>(list: readonly T[], count: number): T[];
}

/** @example seeded(7).int(1, 6) */
export function seeded(seed: number): Chance {
  const next = uniform(seed);
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[int(0, list.length - 1)];
    if (chosen === undefined) throw new RangeError('cannot pick from an empty list');
    return chosen;
  };
  const some = <T>(list: readonly T[], count: number): T[] => {
    const rest = [...list];
    const chosen: T[] = [];
    while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(int(0, rest.length - 1), 1));
    return chosen;
  };
  return { next, int, pick, some, yes: (share) => next() < share };
}
