import dagre from '@dagrejs/dagre';

import { journeyGraph, type JourneyNode } from '../core/nurture/graph.ts';
import { type Journey } from '../core/schema/journey.ts';

/** What is used of the layout: its own types are written for another way of resolving modules. */
interface LaidOut {
  setGraph(label: object): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(id: string, label: object): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  graph(): { readonly width?: number; readonly height?: number };
  node(id: string): Box;
  edges(): readonly object[];
  edge(edge: object): Line;
}
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Line {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly text?: string;
  readonly x?: number;
  readonly y?: number;
}
const { graphlib, layout } = dagre as unknown as {
  readonly graphlib: { readonly Graph: new (options: { readonly multigraph: boolean }) => LaidOut };
  readonly layout: (graph: LaidOut) => void;
};

const WIDTH = 220;
/** Of a letter and of a line, px; a text breaks by them. */
const LETTER = 7;
const LINE = 17;
const PADDING = 18;

/** One stroke for what waits and chooses, one for what is done; both are read on light and on dark ground. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1d2733; }
  .box { fill: #fff; stroke: #7b8794; stroke-width: 1.25; }
  .send, .tell, .set, .handoff { fill: #e8f1fd; stroke: #2563ab; }
  .start, .end, .exit { fill: #eef1f4; stroke: #7b8794; }
  .way { fill: none; stroke: #7b8794; stroke-width: 1.25; }
  .label { fill: #5a6673; font-size: 12px; paint-order: stroke; stroke: #fff; stroke-width: 4px; }
  #head { fill: #7b8794; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6ebf0; }
    .box { fill: #1c232b; stroke: #8b98a6; }
    .send, .tell, .set, .handoff { fill: #16304d; stroke: #6aa8ec; }
    .start, .end, .exit { fill: #2a323b; stroke: #8b98a6; }
    .way { stroke: #8b98a6; }
    .label { fill: #aab5c0; stroke: #12171c; }
    #head { fill: #8b98a6; }
  }`;

/** A journey as one SVG picture, from the start at the top down; the same for the same journey. */
export function journeySvg(journey: Journey): string {
  const { nodes, edges } = journeyGraph(journey);
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, text } of nodes)
    graph.setNode(id, { width: WIDTH, height: linesOf(text).length * LINE + PADDING });
  edges.forEach(({ from, to, text = '' }, n) => {
    const size = { width: text.length * LETTER, height: text === '' ? 0 : LINE, labelpos: 'c' };
    graph.setEdge(from, to, { text, ...size }, String(n));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const lines = graph.edges().map((edge) => graph.edge(edge));
  const size = `width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="Journey ${escaped(journey.journey)}">`,
    `<title>Journey ${escaped(journey.journey)}</title><style>${STYLE}\n</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path id="head" d="M0 0L8 4L0 8z"/></marker></defs>',
    ...lines.map(wayOf),
    ...nodes.map((node) => boxOf(node, graph.node(node.id))),
    ...lines.map(labelOf),
    '</svg>\n',
  ].join('\n');
}

const wayOf = ({ points }: Line): string =>
  `<path class="way" marker-end="url(#arrow)" d="M${points.map(({ x, y }) => `${px(x)} ${px(y)}`).join('L')}"/>`;

const labelOf = ({ text = '', x = 0, y = 0 }: Line): string =>
  text === ''
    ? ''
    : `<text class="label" x="${px(x)}" y="${px(y + 4)}" text-anchor="middle">${escaped(text)}</text>`;

/** A choice has cut corners, a step is a box, and both ends are round. */
function boxOf({ kind, text }: JourneyNode, { x, y, width, height }: Box): string {
  const round = kind === 'start' || kind === 'end' || kind === 'exit' ? height / 2 : 5;
  const [left, top] = [x - width / 2, y - height / 2];
  const cut = 12;
  const shape =
    kind === 'if' || kind === 'split'
      ? `<path class="box ${kind}" d="M${px(left + cut)} ${px(top)}H${px(left + width - cut)}L${px(left + width)} ${px(y)}L${px(left + width - cut)} ${px(top + height)}H${px(left + cut)}L${px(left)} ${px(y)}Z"/>`
      : `<rect class="box ${kind}" x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}" rx="${px(round)}"/>`;
  const lines = linesOf(text);
  const first = y - ((lines.length - 1) * LINE) / 2 + 4;
  const words = lines.map(
    (line, n) => `<tspan x="${px(x)}" y="${px(first + n * LINE)}">${escaped(line)}</tspan>`,
  );
  return `${shape}<text text-anchor="middle">${words.join('')}</text>`;
}

/** A text as lines that fit into a box. */
function linesOf(text: string): readonly string[] {
  const most = Math.floor((WIDTH - 2 * PADDING) / LETTER);
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length > most ? `${word.slice(0, most - 1)}…` : word);
  }
  return lines.length > 5 ? [...lines.slice(0, 4), '…'] : lines;
}

const px = (value: number): string => String(Math.round(value * 10) / 10);
const escaped = (text: string): string => text.replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
