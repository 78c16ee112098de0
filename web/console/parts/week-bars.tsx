const HEIGHT = 150;
const BELOW = 20;
const STEP = 56;

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
  const width = columns.length * STEP;
  const y = (share: number): number => (1 - share) * (HEIGHT - BELOW - 8) + 4;
  const line = columns
    .flatMap(({ share }, n) => (share === null ? [] : [`${n * STEP + STEP / 2},${y(share).toFixed(1)}`]))
    .join('L');
  return (
    <svg
      class="weeks"
      viewBox={`0 0 ${width} ${HEIGHT}`}
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
                  x={n * STEP + 10}
                  y={top}
                  width={STEP - 20}
                  height={bottom - top}
                />
              );
            })}
            <text x={n * STEP + STEP / 2} y={HEIGHT - 5} text-anchor="middle">
              {label}
            </text>
          </g>
        );
      })}
      {line !== '' && <path class="share" d={`M${line}`} />}
    </svg>
  );
}
