import { type Bound, meaning, type MatcherScalar } from '../../core/engine/matcher.ts';

interface Span {
  readonly from: Bound | null;
  readonly to: Bound | null;
}

/**
 * The values between the lines of a `points_by` that no line is for, in words. What lies below the lowest or above the
 * highest line is no gap: a table may begin and end where it likes.
 * @example gapsOf(['<50', '100..']) // ['no line is for 50 to 99, which gives 0 points']
 */
export function gapsOf(lines: readonly MatcherScalar[]): string[] {
  const meanings = lines.map((line) => meaning(line));
  return [
    ...between(
      meanings.flatMap((means): Span[] => {
        if (means.kind === 'numbers') return [means];
        const only = means.kind === 'number' ? { at: means.number, included: true } : null;
        return only ? [{ from: only, to: only }] : [];
      }),
      (from, to) => String(from === to ? from : `${from} to ${to}`),
    ),
    ...between(
      meanings.flatMap((means): Span[] =>
        means.kind === 'dates'
          ? [
              {
                from: means.from === null ? null : { at: means.from, included: true },
                to: means.before === null ? null : { at: means.before - 1, included: true },
              },
            ]
          : [],
      ),
      (from, to) => `${day(from)}${day(from) === day(to) ? '' : ` to ${day(to)}`}`,
    ),
  ];
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Gaps between spans. Where all ends are whole, so is what is measured: between `..49` and `50..` there is nothing. */
function between(spans: readonly Span[], words: (from: number, to: number) => string): string[] {
  const ends = spans.flatMap(({ from, to }) => [from, to]);
  const isWhole = ends.every((end) => end === null || Number.isInteger(end.at));
  const sorted = spans.toSorted((a, b) => (a.from?.at ?? -Infinity) - (b.from?.at ?? -Infinity));
  const gaps: string[] = [];
  let reached: Bound | undefined;
  for (const { from, to } of sorted) {
    if (reached && from) {
      const first = isWhole && reached.included ? reached.at + 1 : reached.at;
      const last = isWhole && from.included ? from.at - 1 : from.at;
      const isGap = isWhole
        ? first <= last
        : first < last || (first === last && !reached.included && !from.included);
      if (isGap) gaps.push(`no line is for ${words(first, last)}, which gives 0 points`);
    }
    const end = to ?? { at: Infinity, included: true };
    if (!reached || end.at > reached.at || (end.at === reached.at && end.included)) reached = end;
  }
  return gaps;
}
