/** A figure that something was promised of. */
export interface Claim {
  readonly bench: string;
  readonly claim: string;
  /** @example 'at least 5' */
  readonly asked: string;
  readonly measured: number;
  readonly met: boolean;
}

const ASKED = / \((?:(at least|at most|under|below) )?([\d,.]+)( times)?\)$/;

/** What is promised of figures whose names say it, as `events/s (at least 5)`, `ratio (at most 2.5)` or `writes (0)` do. */
export const claimsOf = (results: Readonly<Record<string, Readonly<Record<string, number>>>>): Claim[] =>
  Object.entries(results).flatMap(([bench, figures]) =>
    Object.entries(figures).flatMap(([name, measured]): Claim[] => {
      const [all, how = 'exactly', number = ''] = ASKED.exec(name) ?? [];
      if (all === undefined) return [];
      const bound = Number(number.replaceAll(',', ''));
      return [
        {
          bench,
          claim: name.slice(0, -all.length),
          asked: `${how} ${number}`,
          measured,
          met: holds(how, measured, bound),
        },
      ];
    }),
  );

function holds(how: string, measured: number, bound: number): boolean {
  if (how === 'at least') return measured >= bound;
  if (how === 'at most') return measured <= bound;
  return how === 'exactly' ? measured === bound : measured < bound;
}

const shown = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });

/** A table of claims: what was asked, what was measured, whether it is met. */
export function claimsTable(claims: readonly Claim[]): string {
  const rows = [
    ['', 'claim', 'asked', 'measured', 'met'],
    ...claims.map(({ bench, claim, asked, measured, met }) => [
      bench,
      claim,
      asked,
      shown(measured),
      met ? 'yes' : 'NO',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, n) => (n === 3 ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
