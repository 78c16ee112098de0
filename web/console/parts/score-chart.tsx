import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { TracePoint } from '../../../core/view.ts';
import { bandColour, bands } from './band.tsx';

/** Draws each band's threshold behind the line, in the band's colour. */
function drawThresholds(chart: uPlot): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.lineWidth = 1;
  ctx.setLineDash([4, 4]);
  for (const band of bands.value) {
    const y = chart.valToPos(band.enter, 'y', true);
    if (band.enter <= 0 || y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = bandColour(band.name);
    ctx.fillStyle = bandColour(band.name);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px system-ui`;
    ctx.fillText(band.name, bbox.left + 4, y - 4);
  }
  ctx.restore();
}

/** The total over time, with the thresholds of the bands. */
export function ScoreChart({ points }: { points: readonly TracePoint[] }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = host.current;
    if (!box || !points.length) return undefined;
    const ink = getComputedStyle(box).color;
    const axis = { stroke: ink, grid: { stroke: 'rgb(128 128 128 / .15)' }, ticks: { show: false } };
    const highest = Math.max(...points.map((point) => point.total), ...bands.value.map((band) => band.enter));
    const chart = new uPlot(
      {
        width: box.clientWidth,
        height: 220,
        scales: {
          y: { range: [Math.min(0, ...points.map((point) => point.total)), Math.ceil(highest * 1.1)] },
        },
        axes: [axis, { ...axis, size: 36 }],
        series: [
          { label: 'When', value: '{DD} {MMM} {HH}:{mm}' },
          {
            label: 'Total',
            stroke: '#e8590c',
            width: 2,
            fill: 'rgb(232 89 12 / .12)',
            points: { show: false },
            value: (_, value) => (value === null ? '' : String(Math.round(value))),
          },
        ],
        hooks: { drawClear: [drawThresholds] },
      },
      [points.map((point) => point.at / 1000), points.map((point) => point.total)],
      box,
    );
    const resize = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: 220 }));
    resize.observe(box);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [points, bands.value]);
  return <div class="chart" ref={host} role="img" aria-label="The total over time" />;
}
