import * as dagre from '@dagrejs/dagre';
import { useEffect, useRef } from 'preact/hooks';
import type { JourneyView } from '../../../core/view/journey.ts';

/** What is used of the layout: its own types are written for another way of resolving modules. */
interface Layout {
  readonly Graph: new (options: { readonly multigraph: boolean }) => LaidOut;
  readonly layout: (graph: LaidOut) => void;
}
interface LaidOut {
  setGraph(label: object): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(id: string, label: object): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  graph(): object;
  node(id: string): object;
  edges(): readonly object[];
  edge(edge: object): object;
}
const { Graph, layout } = dagre as unknown as Layout;

type JourneyGraph = JourneyView['graph'];

const WIDTH = 210;
/** Of a letter and of a line, px; a text of a box breaks by them. */
const LETTER = 7;
const LINE = 17;
const PADDING = 18;

interface Box {
  readonly id: string;
  readonly kind: string;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Way {
  readonly path: string;
  readonly text: string | undefined;
  readonly x: number;
  readonly y: number;
}

/** A text as lines that fit into a box. */
function linesOf(text: string): readonly string[] {
  const most = Math.floor((WIDTH - PADDING) / LETTER);
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length > most ? `${word.slice(0, most - 1)}…` : word);
  }
  return lines.length > 4 ? [...lines.slice(0, 3), `${lines[3] ?? ''} …`] : lines;
}

/** Where everything stands, from the start at the top down. */
function placed({ nodes, edges }: JourneyGraph): {
  boxes: Box[];
  ways: Way[];
  width: number;
  height: number;
} {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, marginx: 12, marginy: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, text } of nodes)
    graph.setNode(id, { width: WIDTH, height: linesOf(text).length * LINE + PADDING });
  edges.forEach(({ from, to, text }, n) =>
    graph.setEdge(
      from,
      to,
      { text, width: (text?.length ?? 0) * LETTER, height: text === undefined ? 0 : LINE, labelpos: 'c' },
      String(n),
    ),
  );
  layout(graph);
  const boxes = nodes.map(({ id, kind, text }): Box => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(id) as Partial<Box>;
    return { id, kind, lines: linesOf(text), x, y, width, height };
  });
  const ways = graph.edges().map((edge): Way => {
    const {
      points = [],
      text,
      x = 0,
      y = 0,
    } = graph.edge(edge) as {
      points?: readonly { x: number; y: number }[];
      text?: string;
      x?: number;
      y?: number;
    };
    const path = points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join('L');
    return { path: `M${path}`, text, x, y };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { boxes, ways, width, height };
}

const inWords = ({ nodes, edges }: JourneyGraph): string =>
  nodes
    .map(({ id, text }) => {
      const ways = edges
        .filter(({ from }) => from === id)
        .map((edge) => `${edge.text ?? 'then'}: ${nodes.find((node) => node.id === edge.to)?.text ?? ''}`);
      return ways.length < 2 ? text : `${text} (${ways.join('; ')})`;
    })
    .join('. ');

const leads = (n: number): string => `${n} ${n === 1 ? 'lead' : 'leads'}`;

/** A journey, drawn. @param at how many came to each place last */
export default function Drawing({
  graph,
  name,
  at,
}: {
  graph: JourneyGraph;
  name: string;
  at: JourneyView['counts']['at'];
}) {
  const { boxes, ways, width, height } = placed(graph);
  const svg = useRef<SVGSVGElement>(null);
  // On a narrow screen the start is what is seen first.
  useEffect(() => {
    const around = svg.current?.parentElement;
    const start = boxes.find(({ kind }) => kind === 'start');
    if (around && start) around.scrollLeft = start.x - around.clientWidth / 2;
  }, [name]);
  return (
    <svg
      ref={svg}
      class="drawing"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`${name}: ${inWords(graph)}`}
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0,0L8,4L0,8Z" />
        </marker>
      </defs>
      {ways.map(({ path, text, x, y }, n) => (
        <g key={n} class="way">
          <path d={path} marker-end="url(#arrow)" />
          {text !== undefined && (
            <>
              <rect
                x={x - (text.length * LETTER) / 2 - 3}
                y={y - LINE / 2}
                width={text.length * LETTER + 6}
                height={LINE}
                rx="4"
              />
              <text x={x} y={y + 4} text-anchor="middle">
                {text}
              </text>
            </>
          )}
        </g>
      ))}
      {boxes.map((box) => (
        <g key={box.id} class={`box ${box.kind}`}>
          <rect
            x={box.x - box.width / 2}
            y={box.y - box.height / 2}
            width={box.width}
            height={box.height}
            rx={box.kind === 'start' || box.kind === 'end' ? box.height / 2 : 7}
          />
          {box.lines.map((line, n) => (
            <text
              key={n}
              x={box.x}
              y={box.y + (n - (box.lines.length - 1) / 2) * LINE + 5}
              text-anchor="middle"
            >
              {line}
            </text>
          ))}
          {at[box.id] !== undefined && (
            <g class="here">
              <title>{`${leads(at[box.id] ?? 0)} came here last`}</title>
              <rect
                x={box.x + box.width / 2 - String(at[box.id]).length * 8 - 10}
                y={box.y - box.height / 2 - 10}
                width={String(at[box.id]).length * 8 + 14}
                height="20"
                rx="10"
              />
              <text
                x={box.x + box.width / 2 - String(at[box.id]).length * 4 - 3}
                y={box.y - box.height / 2 + 4.5}
                text-anchor="middle"
              >
                {at[box.id]}
              </text>
            </g>
          )}
        </g>
      ))}
    </svg>
  );
}
