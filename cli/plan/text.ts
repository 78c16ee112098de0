import { type Io, styled } from '../io.ts';
import {
  harmless,
  type Kind,
  type Line,
  type Page,
  type Part,
  plain,
  type Table,
  type Turn,
} from './page.ts';

/** As wide as terminals and mails are. */
const WIDTH = 80;
const INDENT = '  ';

/** A plan for a terminal. */
export function asText({ base, head, over, note, sections, isFelt, summary }: Page, io: Io): string {
  const named = ({ label, hash }: Page['base']): string =>
    `${styled(io, 'bold', harmless(label))} ${styled(io, 'dim', hash)}`;
  return [
    `${named(base)} → ${named(head)}\n`,
    wrapped(harmless(over), ''),
    note === null
      ? ''
      : wrapped(`Note: ${harmless(note)}`, '').replace('Note:', styled(io, 'yellow', 'Note:')),
    ...sections.map(
      ({ title, parts }) =>
        `\n${styled(io, 'bold', title)}\n${parts.map((part) => partText(part, io)).join('')}`,
    ),
    `\n${isFelt ? `Plan: ${summary}` : styled(io, ['bold', 'green'], summary)}\n`,
  ].join('');
}

const STYLES: Readonly<Record<Kind, Parameters<typeof styled>[1] | null>> = {
  strong: 'bold',
  code: null,
  soft: 'dim',
  good: 'green',
  bad: 'red',
  new: 'yellow',
};

const coloured = (line: Line, io: Io): string =>
  line
    .map((piece) => {
      if (typeof piece === 'string') return harmless(piece);
      const style = STYLES[piece.kind];
      return style === null ? harmless(piece.text) : styled(io, style, harmless(piece.text));
    })
    .join('');

function partText(part: Part, io: Io): string {
  if ('line' in part) {
    const text = plain(part.line);
    // Colour has no width; what must be broken goes without.
    return text.length <= WIDTH - INDENT.length
      ? `${INDENT}${coloured(part.line, io)}\n`
      : wrapped(harmless(text), INDENT);
  }
  if ('note' in part) return styledLines(wrapped(harmless(part.note), INDENT), io);
  if ('table' in part) return tableText(part.table, io);
  if ('turns' in part) return part.turns.map((turn) => turnText(turn, io)).join('');
  // What it would draw stands in the table.
  return '';
}

const styledLines = (text: string, io: Io): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `${styled(io, 'dim', line)}\n`)
    .join('');

/** Breaks between words. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${indent}${each}\n`).join('');
}

const MARKS = { added: ['+', 'green'], changed: ['~', 'yellow'], removed: ['-', 'red'] } as const;

function turnText({ what, thing, fields }: Turn, io: Io): string {
  const [mark, colour] = MARKS[what];
  const start = `${INDENT}${styled(io, colour, mark)} ${harmless(thing)}`;
  const [only] = fields;
  if (only !== undefined && fields.length === 1 && thing.length + only.length + 6 <= WIDTH)
    return `${start}: ${harmless(only)}\n`;
  const deep = `${INDENT}    `;
  // A long one goes on below itself.
  return `${start}\n${fields.map((field) => deep + wrapped(harmless(field), `${deep}  `).trimStart()).join('')}`;
}

/** Columns in line: numbers to the right, texts to the left. */
function tableText({ columns, rows }: Table, io: Io): string {
  const hasTitles = columns.some(({ title }) => title !== '');
  const head: Line[] = columns.map(({ title }) => [title]);
  const all = hasTitles ? [head, ...rows] : rows;
  const widths = columns.map((_, n) => Math.max(...all.map((row) => widthOf(row[n] ?? []))));
  return all
    .map((row, place) => {
      const cells = row.map((line, n) => {
        const gap = ' '.repeat(Math.max(0, (widths[n] ?? 0) - widthOf(line)));
        const text = hasTitles && place === 0 ? styled(io, 'dim', plain(line)) : coloured(line, io);
        if (columns[n]?.isNumber) return `${gap}${text}`;
        return n === row.length - 1 ? text : `${text}${gap}`;
      });
      return `${INDENT}${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

const widthOf = (line: Line): number => harmless(plain(line)).length;
