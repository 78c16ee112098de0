/**
 * The valid name that somebody most likely meant, or undefined where none is near.
 * @example nearest('engagment', ['fit', 'engagement']) // 'engagement'
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong: further away it is a guess, not a slip.
  let closest = Math.max(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of names) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (steps < closest) [best, closest] = [candidate, steps];
  }
  return best;
}

/** Letters to add, drop, change or swap with their neighbour, to make one text the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const steps = [
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      ];
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        steps.push((before[column - 2] ?? 0) + 1);
      current.push(Math.min(...steps));
    }
    [before, above] = [above, current];
  }
  return above[b.length] ?? 0;
}
