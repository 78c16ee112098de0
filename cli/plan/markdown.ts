import { cell, code, words } from '../markdown.ts';
import type { Line, Page, Part, Piece, Section, Table, Turn } from './page.ts';

/** A plan as GitHub and GitLab show it; what is long is folded. */
export function asMarkdown({ title, base, head, over, note, sections, isFelt, summary }: Page): string {
  return [
    `## ${title}`,
    isFelt ? `**${words(summary)}**` : words(summary),
    `${code(base.label)} → ${code(head.label)} over ${words(over)}.`,
    note === null ? '' : `> [!NOTE]\n> ${words(note)}`,
    ...sections.map(sectionText),
    `<sub>Rulesets ${code(base.hash)} → ${code(head.hash)}</sub>`,
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

const pieceText = (piece: Piece): string => {
  if (typeof piece === 'string') return words(piece);
  if (piece.text === '') return '';
  switch (piece.kind) {
    case 'code':
      return code(piece.text);
    case 'strong':
      return `**${words(piece.text)}**`;
    case 'good':
      return `${words(piece.text)} ▲`;
    case 'bad':
      return `${words(piece.text)} ▼`;
    case 'soft':
    case 'new':
      return words(piece.text);
    default:
      return piece.kind satisfies never;
  }
};
const lineText = (line: Line): string => line.map(pieceText).join('');

function sectionText({ title, isFolded, parts }: Section): string {
  const body = parts
    .map(partText)
    .filter((part) => part !== '')
    .join('\n\n');
  return isFolded
    ? `<details>\n<summary>${words(title)}</summary>\n\n${body}\n\n</details>`
    : `### ${words(title)}\n\n${body}`;
}

function partText(part: Part): string {
  if ('line' in part) return lineText(part.line);
  if ('note' in part) return `<sub>${words(part.note)}</sub>`;
  if ('table' in part) return tableText(part.table);
  if ('turns' in part)
    return tableText({
      columns: [{ title: '' }, { title: 'what' }, { title: 'how' }],
      rows: part.turns.map(turnRow),
    });
  // What it would draw stands in the table.
  return '';
}

const turnRow = ({ what, thing, fields }: Turn): Line[] => [
  [what],
  [{ text: thing, kind: 'code' }],
  fields.flatMap((field, n): Piece[] => [...(n === 0 ? [] : [BREAK]), { text: field, kind: 'code' }]),
];
/** A new line inside of a cell. */
const BREAK: Piece = { text: '\n', kind: 'soft' };

const tableText = ({ columns, rows }: Table): string =>
  [
    columns.map(({ title }) => words(title)),
    columns.map(({ isNumber }) => (isNumber ? '--:' : '---')),
    ...rows.map((row) =>
      row.map((line) => cell(line.map((piece) => (piece === BREAK ? '<br>' : pieceText(piece))).join(''))),
    ),
  ]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
