import type { Publication } from './origin.ts';

/**
 * What a rollback goes back to. Whoever goes back leaves behind what came since, so that going back twice goes back
 * twice, and never forth again to what was left. Null where nothing is before.
 * @param publications oldest first; the last one is live
 * @example A, B, A, C: before C was A, and before that nothing
 */
export const wentBefore = (publications: readonly Pick<Publication, 'hash'>[]): string | null => {
  const line: string[] = [];
  for (const { hash } of publications) {
    const known = line.indexOf(hash);
    if (known >= 0) line.length = known;
    line.push(hash);
  }
  return line.at(-2) ?? null;
};
