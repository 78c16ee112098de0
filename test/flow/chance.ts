import { uniform } from '../../core/uniform.ts';

/** Random numbers that a seed repeats (mulberry32). */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  one<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
}

export const chanceOf = (seed: number): Chance => {
  const next = uniform(seed);
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    one: (list) => list[between(0, list.length - 1)]!,
    shuffled: (list) => {
      const all = [...list];
      for (let at = all.length - 1; at > 0; at -= 1) {
        const other = between(0, at);
        [all[at], all[other]] = [all[other]!, all[at]!];
      }
      return all;
    },
  };
};
