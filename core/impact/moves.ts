import type { Counts, Move } from './report.ts';

/** Counts who is where before and after, and who moves. */
export interface Moves {
  add(from: string, to: string): void;
  result(): { readonly before: Counts; readonly after: Counts; readonly moves: readonly Move[] };
}

/** @param before names in the order in which they are told; @param after the same, afterwards */
export function createMoves(before: readonly string[], after: readonly string[]): Moves {
  const counts = new Map<string, Map<string, number>>();
  return {
    add: (from, to) => {
      const row = counts.get(from) ?? new Map<string, number>();
      counts.set(from, row.set(to, (row.get(to) ?? 0) + 1));
    },
    result: () => {
      const all = [...counts].flatMap(([from, row]) =>
        [...row].map(([to, count]): Move => ({ from, to, count })),
      );
      const sum = (name: string, end: 'from' | 'to'): number =>
        all.reduce((total, move) => (move[end] === name ? total + move.count : total), 0);
      const place = ({ from, to }: Move): number => before.indexOf(from) * 1000 + after.indexOf(to);
      return {
        before: Object.fromEntries(before.map((name) => [name, sum(name, 'from')])),
        after: Object.fromEntries(after.map((name) => [name, sum(name, 'to')])),
        moves: all.filter(({ from, to }) => from !== to).sort((a, b) => place(a) - place(b)),
      };
    },
  };
}
