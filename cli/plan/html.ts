import type { Line, Page, Part, Piece, Section, Table, Turn } from './page.ts';
import { bandsDrawing, escaped } from './sankey.ts';
import { STYLE } from './style.ts';

/** A plan as one page of its own: no script, nothing from elsewhere. */
export function asHtml({ base, head, over, note, sections, summary }: Page): string {
  const body = [
    `<p class="soft">Kindling plan</p><h1>${escaped(summary)}</h1>`,
    `<p class="soft">${code(base.label)} → ${code(head.label)} over ${escaped(over)}</p>`,
    note === null ? '' : `<p class="note">${withCode(note)}</p>`,
    ...sections.map(sectionText),
    `<p class="soft">Rulesets ${code(base.hash)} → ${code(head.hash)}</p>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(summary)}</title><style>${STYLE}</style></head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main></body></html>
`;
}

const code = (text: string): string => `<code>${escaped(text)}</code>`;
/** What stands between backticks is what people type. */
const withCode = (text: string): string => escaped(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');

const pieceText = (piece: Piece): string => {
  if (typeof piece === 'string') return escaped(piece);
  if (piece.kind === 'code') return code(piece.text);
  return piece.text === '' ? '' : `<span class="${piece.kind}">${escaped(piece.text)}</span>`;
};
const lineText = (line: Line): string => line.map(pieceText).join('');

const sectionText = ({ title, parts }: Section): string =>
  `<section><h2>${escaped(title)}</h2>\n${parts.map(partText).join('\n')}</section>`;

function partText(part: Part): string {
  if ('line' in part) return `<p>${lineText(part.line)}</p>`;
  if ('note' in part) return `<p class="soft small">${escaped(part.note)}</p>`;
  if ('table' in part) return tableText(part.table);
  if ('turns' in part) return tableText({ columns: [], rows: [] }, part.turns.map(turnRow).join(''));
  return `<figure><figcaption><span>before</span><span>after</span></figcaption>${bandsDrawing(part.flow)}</figure>`;
}

const KINDS = { added: 'good', changed: 'new', removed: 'bad' } as const;

const turnRow = ({ what, thing, fields }: Turn): string =>
  `<tr><td class="${KINDS[what]}">${what}</td><td>${code(thing)}</td><td>${fields.map(code).join('<br>')}</td></tr>`;

/** @param more rows that are written already */
function tableText({ columns, rows }: Table, more = ''): string {
  const cell = (tag: 'th' | 'td', n: number, html: string): string =>
    `<${tag}${columns[n]?.isNumber ? ' class="number"' : ''}>${html}</${tag}>`;
  const hasTitles = columns.some(({ title }) => title !== '');
  const top = hasTitles
    ? `<thead><tr>${columns.map(({ title }, n) => cell('th', n, escaped(title))).join('')}</tr></thead>`
    : '';
  const body = rows
    .map((row) => `<tr>${row.map((line, n) => cell('td', n, lineText(line))).join('')}</tr>`)
    .join('');
  return `<div class="scroll"><table>${top}<tbody>${body}${more}</tbody></table></div>`;
}
