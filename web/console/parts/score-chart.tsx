import { useEffect, useRef, useState } from 'preact/hooks';
import type { TracePoint } from '../../../core/view/lead.ts';
import { date, dateTime, wholePoints } from '../words.ts';
import { bandClass, bands } from './band.tsx';

const HEIGHT = 200;
const LEFT = 34;
const BELOW = 22;
const ABOVE = 8;

/** How wide an element is, as it changes. */
function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const box = host.current;
    if (!box) return undefined;
    setWidth(box.clientWidth);
    const resize = new ResizeObserver(() => setWidth(box.clientWidth));
    resize.observe(box);
    return () => resize.disconnect();
  }, []);
  return [host, width];
}

/** The total over time, through the bands. @param value what is drawn: the total, or one score */
export function ScoreChart({
  points,
  value = (point) => point.total,
}: {
  points: readonly TracePoint[];
  value?: (point: TracePoint) => number;
}) {
  const [host, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return <p class="muted">Nothing happened yet.</p>;
  const values = points.map(value);
  const low = Math.min(0, ...values);
  const high = Math.max(...values, ...bands.value.map((band) => band.enter), 1) * 1.08;
  const x = (instant: number): number =>
    LEFT + ((instant - first.at) / Math.max(1, last.at - first.at)) * (width - LEFT - 4);
  const y = (amount: number): number =>
    ABOVE + (1 - (amount - low) / (high - low)) * (HEIGHT - ABOVE - BELOW);
  const line = points.map((point) => `${x(point.at).toFixed(1)},${y(value(point)).toFixed(1)}`).join('L');
  const nearest = (clientX: number): void => {
    const left = host.current?.getBoundingClientRect().left ?? 0;
    let best = 0;
    points.forEach((point, n) => {
      const distance = (each: TracePoint): number => Math.abs(x(each.at) - (clientX - left));
      if (distance(point) <= distance(points[best] ?? first)) best = n;
    });
    setAt(best);
  };
  const shown = at === null ? undefined : points[at];
  const told = `From ${wholePoints(value(first))} points on ${date(first.at)} to ${wholePoints(value(last))} on ${date(last.at)}; the most was ${wholePoints(Math.max(...values))}.`;
  return (
    <div class="chart" ref={host}>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={told}
          onPointerMove={(event) => nearest(event.clientX)}
          onPointerLeave={() => setAt(null)}
        >
          {bands.value.map((band, n) => {
            const top = y(Math.min(high, bands.value[n + 1]?.enter ?? high));
            const bottom = n === 0 ? y(low) : y(band.enter);
            return (
              <g key={band.name} class={bandClass(band.name)}>
                <rect class="zone" x={LEFT} y={top} width={width - LEFT} height={Math.max(0, bottom - top)} />
                <text x={LEFT + 6} y={bottom - 5}>
                  {band.name}
                </text>
                <text class="tick" x={LEFT - 6} y={bottom + 4} text-anchor="end">
                  {n === 0 ? wholePoints(low) : band.enter}
                </text>
              </g>
            );
          })}
          <path class="area" d={`M${x(first.at)},${y(low)}L${line}L${x(last.at)},${y(low)}Z`} />
          <path class="line" d={`M${line}`} />
          <text class="tick" x={LEFT} y={HEIGHT - 6}>
            {date(first.at)}
          </text>
          <text class="tick" x={width - 4} y={HEIGHT - 6} text-anchor="end">
            {date(last.at)}
          </text>
          {shown && (
            <g class="pointer">
              <line x1={x(shown.at)} x2={x(shown.at)} y1={ABOVE} y2={HEIGHT - BELOW} />
              <circle cx={x(shown.at)} cy={y(value(shown))} r="4" />
            </g>
          )}
        </svg>
      )}
      <p class="told">
        {shown
          ? `${dateTime(shown.at)}: ${wholePoints(value(shown))} points, ${shown.band}`
          : `Now ${wholePoints(value(last))} points, ${last.band}`}
      </p>
    </div>
  );
}
