const WIDTH = 560;
const HEIGHT = 150;
const BELOW = 20;
/** Room for how many they are, above a full bar. */
const ABOVE = 14;
/** Labels that fit below, on a desk and on a phone. */
const MOST = { wide: 12, narrow: 4 };
/** Bars that are wide enough for a number above. */
const COUNTED = 26;

/** A week's column: parts of it from below, and what the whole is called. */
export interface Column {
  readonly label: string;
  readonly told: string;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
  /** From 0 to 1; null where there is none. */
  readonly share: number | null;
}

/** Weeks side by side: how many, in parts, and a share of them as a line. */
export function WeekBars({ columns, title }: { columns: readonly Column[]; title: string }) {
  const most = Math.max(1, ...columns.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)));
  const step = WIDTH / columns.length;
  const gap = step * 0.18;
  const y = (share: number): number => (1 - share) * (HEIGHT - BELOW - ABOVE - 4) + ABOVE;
  /** Counted from the newest, so that it always has its label. */
  const isLabelled = (n: number, most: number): boolean =>
    (columns.length - 1 - n) % Math.ceil(columns.length / most) === 0;
  const line = columns
    .flatMap(({ share }, n) =>
      share === null ? [] : [`${(n * step + step / 2).toFixed(1)},${y(share).toFixed(1)}`],
    )
    .join('L');
  return (
    <svg
      class="weeks"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${title}. ${columns.map(({ label, told }) => `${label}: ${told}`).join('; ')}.`}
    >
      {columns.map(({ label, told, parts }, n) => {
        let from = 0;
        return (
          <g key={label}>
            <title>
              {label}: {told}
            </title>
            {parts.map(({ name, value }) => {
              const bottom = y(from / most);
              from += value;
              const top = y(from / most);
              return (
                <rect
                  key={name}
                  class={name}
                  x={n * step + gap}
                  y={top}
                  width={step - 2 * gap}
                  height={bottom - top}
                />
              );
            })}
            {from > 0 && columns.length <= COUNTED && (
              <text class="count" x={n * step + step / 2} y={y(from / most) - 4} text-anchor="middle">
                {from}
              </text>
            )}
            {isLabelled(n, MOST.wide) && (
              <text
                class={isLabelled(n, MOST.narrow) ? undefined : 'minor'}
                x={n * step + step / 2}
                y={HEIGHT - 5}
                text-anchor="middle"
              >
                {label}
              </text>
            )}
          </g>
        );
      })}
      {line !== '' && <path class="share" d={`M${line}`} />}
      {columns.map(
        ({ label, share }, n) =>
          share !== null && <circle key={label} cx={n * step + step / 2} cy={y(share)} r={2.5} />,
      )}
    </svg>
  );
}
