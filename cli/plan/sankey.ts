import { sankey, sankeyLinkHorizontal } from 'd3-sankey';

import type { Flow } from './page.ts';
import { bandNames, number } from './words.ts';

const WIDTH = 640;
const HEIGHT = 260;
/** Left and right of the drawing, for names. */
const MARGIN = 130;

interface Node {
  readonly side: 'before' | 'after';
  readonly band: string;
  readonly order: number;
}
interface Link {
  readonly moves: boolean;
}

/** From cold to hot, by way of sand: red, green, blue. */
const SHADES = [
  [74, 124, 186],
  [214, 165, 74],
  [201, 74, 48],
] as const;

const colour = (place: number, last: number): string => {
  const way = last === 0 ? 0 : (2 * place) / last;
  const [from, to] = way < 1 ? [SHADES[0], SHADES[1]] : [SHADES[1], SHADES[2]];
  const part = way < 1 ? way : way - 1;
  return `rgb(${from.map((value, n) => Math.round(value + part * ((to[n] ?? value) - value))).join(' ')})`;
};

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Where leads were and where they are, as a drawing; bands from hot at the top to cold. */
export function bandsDrawing(bands: Flow): string {
  const names = bandNames(bands);
  const nodes: Node[] = (['before', 'after'] as const).flatMap((side) =>
    names
      .filter((band) => (bands[side][band] ?? 0) > 0)
      .map((band) => ({ side, band, order: -names.indexOf(band) })),
  );
  if (nodes.length === 0) return '';
  const indexOf = (side: Node['side'], band: string): number =>
    nodes.findIndex((node) => node.side === side && node.band === band);
  const stays = names.map((band) => {
    const left = bands.moves.reduce((sum, { from, count }) => (from === band ? sum + count : sum), 0);
    return { from: band, to: band, count: (bands.before[band] ?? 0) - left };
  });
  const links = [...stays, ...bands.moves]
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => ({
      source: indexOf('before', from),
      target: indexOf('after', to),
      value: count,
      moves: from !== to,
    }));
  const graph = sankey<Node, Link>()
    .nodeWidth(12)
    .nodePadding(16)
    .nodeSort((a, b) => a.order - b.order)
    .linkSort((a, b) => (a.target as Node).order - (b.target as Node).order)
    .extent([
      [MARGIN, 12],
      [WIDTH - MARGIN, HEIGHT - 12],
    ])({ nodes, links });
  const path = sankeyLinkHorizontal<Node, Link>();
  const shade = (band: string): string => colour(names.indexOf(band), names.length - 1);
  const flows = graph.links.map((link) => {
    const [from, to] = [(link.source as Node).band, (link.target as Node).band];
    const told =
      from === to ? `${from}: ${number(link.value)} stay` : `${from} → ${to}: ${number(link.value)}`;
    return (
      `<path d="${path(link) ?? ''}" fill="none" stroke="${shade(to)}" stroke-opacity="${link.moves ? 0.75 : 0.22}" ` +
      `stroke-width="${Math.max(1.5, link.width ?? 0).toFixed(1)}"><title>${escaped(told)}</title></path>`
    );
  });
  const boxes = graph.nodes.map((node) => {
    const { x0 = 0, x1 = 0, y0 = 0, y1 = 0, band, side } = node;
    const isLeft = side === 'before';
    return (
      `<rect x="${x0.toFixed(1)}" y="${y0.toFixed(1)}" width="${(x1 - x0).toFixed(1)}" height="${Math.max(1.5, y1 - y0).toFixed(1)}" rx="2" fill="${shade(band)}"/>` +
      `<text x="${(isLeft ? x0 - 10 : x1 + 10).toFixed(1)}" y="${((y0 + y1) / 2).toFixed(1)}" dy="0.35em" text-anchor="${isLeft ? 'end' : 'start'}">` +
      `${escaped(band)} <tspan class="n">${number(bands[side][band] ?? 0)}</tspan></text>`
    );
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Leads by band, before on the left and after on the right">` +
    `${flows.join('')}${boxes.join('')}</svg>`
  );
}
