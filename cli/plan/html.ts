import { type Changed, type Thing } from '../../core/impact/difference.ts';
import { type AccountImpact, type Impact, isFelt, type Rate } from '../../core/impact/report.ts';
import { nameOf } from './personal.ts';
import { bandsDrawing, escaped } from './sankey.ts';
import { summary } from './text.ts';
import {
  alreadyWithSales,
  bandNames,
  becauseOf,
  count,
  day,
  fieldTexts,
  type Heading,
  instant,
  isRateNews,
  measures,
  number,
  placeOf,
  points,
  signed,
  thingName,
  traffic,
} from './words.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1c1b1a;--soft:#6b6660;--line:#e4dfd8;--paper:#fdfcfa;--card:#fff;--good:#1a7f4b;--bad:#b3361e;--new:#a4590a}
@media(prefers-color-scheme:dark){:root{--ink:#ece8e2;--soft:#9d968d;--line:#37332e;--paper:#191715;--card:#211e1b;--good:#58c48c;--bad:#f08a72;--new:#e0a458}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:56rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}h1{font-size:1.5rem;line-height:1.3;margin:.25rem 0 .5rem;text-wrap:balance}
h2{font-size:1.05rem;margin:2.25rem 0 .6rem}p{margin:.4rem 0}.soft,figcaption,th{color:var(--soft)}
.note{border-left:3px solid var(--new);padding:.4rem .8rem;margin:1rem 0;background:var(--card)}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);border-radius:6px;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}tr:first-child>*{border-top:0}th{font-weight:500;font-size:.85rem}
.r{text-align:right;white-space:nowrap}.add{color:var(--good)}.del{color:var(--bad)}.chg{color:var(--new)}.big{font-weight:650}
figure{margin:0 0 .75rem;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.75rem}svg{width:100%;height:auto;display:block}
svg text{font:14px system-ui,sans-serif;fill:var(--ink)}svg .n{font-weight:650}figcaption{font-size:.85rem;display:flex;justify-content:space-between;padding:0 .25rem .25rem}`;

/** A plan as one page of its own: no script, nothing from elsewhere. */
export function asHtml(impact: Impact, heading: Heading): string {
  const felt = isFelt(impact);
  const title = felt ? summary(impact).replace(/^Plan: /, '') : 'No changes to any lead';
  const { base, head, history, note } = heading;
  const body = [
    `<p class="soft">Kindling plan</p><h1>${escaped(title)}</h1>`,
    `<p class="soft">${code(base.label)} → ${code(head.label)} over ${count(impact.leads, 'lead')} and ${count(impact.events, 'event')} of ${escaped(history)}, as of ${instant(impact.at)}</p>`,
    note === null ? '' : `<p class="note">${withCode(note)}</p>`,
    rulesPart(impact),
    ...(felt
      ? [bandsPart(impact), sentPart(impact), accountsPart(impact.accounts), topPart(impact, heading.showPii)]
      : []),
    neverFiredPart(impact),
    felt ? qualityPart(impact) : '',
    `<p class="soft">Rulesets ${code(base.hash)} → ${code(head.hash)}</p>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main></body></html>
`;
}

const code = (text: string): string => `<code>${escaped(text)}</code>`;
/** What stands between backticks is what people type. */
const withCode = (text: string): string => escaped(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
const section = (title: string, body: string): string => `<h2>${escaped(title)}</h2>\n${body}`;

interface Cell {
  readonly html: string;
  readonly isRight?: boolean;
  readonly kind?: 'add' | 'del' | 'chg' | 'big';
}
const left = (html: string, kind?: Cell['kind']): Cell => ({ html, ...(kind && { kind }) });
const right = (html: string, kind?: Cell['kind']): Cell => ({ html, isRight: true, ...(kind && { kind }) });

function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[], tag: 'th' | 'td'): string =>
    `<tr>${cells
      .map(({ html, isRight, kind }) => {
        const classes = [isRight && 'r', kind].filter((name) => name).join(' ');
        return `<${tag}${classes === '' ? '' : ` class="${classes}"`}>${html}</${tag}>`;
      })
      .join('')}</tr>`;
  const top = head.length === 0 ? '' : line(head, 'th');
  return `<div class="scroll"><table>${top}${rows.map((row) => line(row, 'td')).join('')}</table></div>`;
}

function rulesPart({ rules: { added, changed, removed } }: Impact): string {
  if (added.length + changed.length + removed.length === 0) return '<p>The rules say the same.</p>';
  const row = (word: string, kind: 'add' | 'del' | 'chg', thing: Thing | Changed): Cell[] => [
    left(word, kind),
    left(code(thingName(thing))),
    left('changes' in thing ? fieldTexts(thing).map(code).join('<br>') : ''),
  ];
  return section(
    'Rules',
    table(
      [],
      [
        ...added.map((thing) => row('added', 'add', thing)),
        ...changed.map((thing) => row('changed', 'chg', thing)),
        ...removed.map((thing) => row('removed', 'del', thing)),
      ],
    ),
  );
}

function bandsPart(impact: Impact): string {
  const { bands, qualified, touched } = impact;
  const { before, after, enter, leave } = qualified;
  const turns =
    enter + leave === 0
      ? ''
      : `<p>Qualified: <span class="big">${number(before)} → ${number(after)}</span>, ${number(enter)} enter, ${number(leave)} leave${alreadyWithSales(impact)}.</p>`;
  const body =
    bands.moves.length === 0
      ? `<p>Nobody changes bands; ${count(touched, 'lead')} ${touched === 1 ? 'has' : 'have'} other points.</p>`
      : `<figure><figcaption><span>before</span><span>after</span></figcaption>${bandsDrawing(bands)}</figure>${bandTable(bands)}`;
  return section('Leads by band', body + turns);
}

const bandTable = (bands: Impact['bands']): string =>
  table(
    [left(''), right('before'), right('after'), right(''), right('enter'), right('leave')],
    bandNames(bands).map((band) => {
      const [was, is] = [bands.before[band] ?? 0, bands.after[band] ?? 0];
      const { enter, leave } = traffic(bands.moves, band);
      return [
        left(escaped(band)),
        right(number(was)),
        right(number(is), 'big'),
        right(signed(is - was)),
        right(enter ? number(enter) : ''),
        right(leave ? number(leave) : ''),
      ];
    }),
  );

function sentPart({ handoffs, mails, since, at }: Impact): string {
  const row = (what: string, { now, perWeekBefore, perWeekAfter }: Rate): Cell[] => [
    left(what),
    right(number(now), 'big'),
    right(number(perWeekBefore)),
    right(number(perWeekAfter)),
  ];
  const rows = [
    ...(isRateNews(handoffs) ? [row('handoffs', handoffs)] : []),
    ...Object.entries(mails.journeys)
      .filter(([, rate]) => isRateNews(rate))
      .map(([name, rate]) => row(`leads into ${code(name)}`, rate)),
  ];
  if (rows.length === 0) return '';
  return section(
    'Sent by deploying',
    table([left(''), right('at once'), right('a week before'), right('a week after')], rows) +
      `<p class="soft">Weeks from ${day(since)} to ${day(at)}, replayed under both rulesets.</p>`,
  );
}

function accountsPart(accounts: AccountImpact | null): string {
  if (accounts === null) return '';
  const { moves, qualified, handoffs } = accounts;
  const { enter, leave } = qualified;
  if (moves.length + enter + leave === 0) return '';
  const turns =
    enter + leave === 0
      ? ''
      : `<p>Qualified: ${number(enter)} enter, ${number(leave)} leave; ${count(handoffs.now, 'handoff')} at once.</p>`;
  return section('Accounts', (moves.length > 0 ? bandTable(accounts) : '') + turns);
}

function topPart({ top }: Impact, showPii: boolean): string {
  if (top.length === 0) return '';
  const rows = top.map((lead) => {
    const [was, is] = [placeOf(lead.before), placeOf(lead.after)];
    const place = was === is ? escaped(is) : `${escaped(was)} → ${escaped(is)}`;
    const moved = `${points(lead.before.total)} → ${points(lead.after.total)}`;
    return [left(escaped(nameOf(lead, showPii))), right(moved), left(place), left(escaped(becauseOf(lead)))];
  });
  const head = [left('lead'), right('points'), left('band'), left('by')];
  return section(top.length < 10 ? 'The leads that move' : 'The ten leads that move most', table(head, rows));
}

const neverFiredPart = ({ rules: { neverFired } }: Impact): string =>
  neverFired.length === 0
    ? ''
    : section('Rules that never fired', `<p>${neverFired.map(code).join(', ')}</p>`);

function qualityPart({ quality, bands }: Impact): string {
  if (quality === null) return '';
  const rows = measures(quality, bandNames(bands)).map(({ what, before, after, better }) => [
    left(escaped(what)),
    right(before),
    right(after, better === null ? undefined : better ? 'add' : 'del'),
  ]);
  const { decided, won } = quality.after;
  return section(
    `Judged by ${count(decided, 'outcome')}, ${number(won)} won`,
    table([left(''), right('before'), right('after')], rows),
  );
}
