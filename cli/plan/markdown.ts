import { type Thing } from '../../core/impact/difference.ts';
import { isFelt, type Impact, type Rate } from '../../core/impact/report.ts';
import { nameOf } from './personal.ts';
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

/** A plan as GitHub and GitLab show it; what does not change is left out, what is long is folded. */
export function asMarkdown(impact: Impact, heading: Heading): string {
  const { base, head, history, note } = heading;
  const felt = isFelt(impact);
  return [
    `## ${felt ? 'Kindling plan' : 'Kindling plan: no changes to any lead'}`,
    felt ? `**${summary(impact).replace(/^Plan: /, '')}**` : 'No changes to any lead.',
    `${code(base.label)} → ${code(head.label)} over ${count(impact.leads, 'lead')} and ${count(impact.events, 'event')} of ${plain(history)}, as of ${instant(impact.at)}.`,
    note === null ? '' : `> [!NOTE]\n> ${plain(note)}`,
    rulesPart(impact),
    ...(felt
      ? [bandsPart(impact), sentPart(impact), accountsPart(impact), topPart(impact, heading.showPii)]
      : []),
    neverFiredPart(impact),
    felt ? qualityPart(impact) : '',
    `<sub>Rulesets ${code(base.hash)} → ${code(head.hash)}</sub>`,
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

/** Text from rules and refs, as it is: no markup, no mention of anybody, no end of a table's cell. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replaceAll(/\s+/gu, ' ').replaceAll('|', '\\|')}${pad}${fence}`;
}

/** Words of ours, in which names of files may stand. */
const plain = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[<>|*_[\]@]/g, '\\$&')))
    .join('');

const table = (
  head: readonly string[],
  right: readonly boolean[],
  rows: readonly (readonly string[])[],
): string =>
  [head, right.map((isRight) => (isRight ? '--:' : '---')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const folded = (title: string, body: string): string =>
  `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;

function rulesPart({ rules: { added, changed, removed } }: Impact): string {
  if (added.length + changed.length + removed.length === 0) return 'The rules say the same.';
  const name = (thing: Thing): string => code(thingName(thing));
  const rows = [
    ...added.map((thing) => ['added', name(thing), '']),
    ...changed.map((thing) => ['changed', name(thing), fieldTexts(thing).map(code).join('<br>')]),
    ...removed.map((thing) => ['removed', name(thing), '']),
  ];
  return `### Rules\n\n${table(['', '', ''], [false, false, false], rows)}`;
}

function bandsPart(impact: Impact): string {
  const { bands, qualified, touched } = impact;
  const { before, after, enter, leave } = qualified;
  const turns =
    enter + leave === 0
      ? ''
      : `\n\nQualified: **${number(before)} → ${number(after)}**, ${number(enter)} enter, ${number(leave)} leave${alreadyWithSales(impact)}.`;
  const body =
    bands.moves.length === 0
      ? `Nobody changes bands; ${count(touched, 'lead')} ${touched === 1 ? 'has' : 'have'} other points.`
      : bandTable(bands);
  return `### Leads by band\n\n${body}${turns}`;
}

function bandTable(bands: Impact['bands']): string {
  const rows = bandNames(bands).map((band) => {
    const [was, is] = [bands.before[band] ?? 0, bands.after[band] ?? 0];
    const { enter, leave } = traffic(bands.moves, band);
    return [
      code(band),
      number(was),
      number(is),
      signed(is - was),
      enter ? number(enter) : '',
      leave ? number(leave) : '',
    ];
  });
  const moves = bands.moves
    .map(({ from, to, count: leads }) => `${code(from)} → ${code(to)} ${number(leads)}`)
    .join(', ');
  const head = ['', 'before', 'after', '', 'enter', 'leave'];
  return `${table(head, [false, true, true, true, true, true], rows)}\n\n${moves}`;
}

function sentPart({ handoffs, mails, since, at }: Impact): string {
  const row = (what: string, { now, perWeekBefore, perWeekAfter }: Rate): string[] => [
    what,
    `**${number(now)}**`,
    number(perWeekBefore),
    number(perWeekAfter),
  ];
  const rows = [
    ...(isRateNews(handoffs) ? [row('handoffs', handoffs)] : []),
    ...Object.entries(mails.journeys)
      .filter(([, rate]) => isRateNews(rate))
      .map(([name, rate]) => row(`leads into ${code(name)}`, rate)),
  ];
  if (rows.length === 0) return '';
  const head = ['', 'at once', 'a week before', 'a week after'];
  return (
    `### Sent by deploying\n\n${table(head, [false, true, true, true], rows)}\n\n` +
    `<sub>Weeks from ${day(since)} to ${day(at)}, replayed under both rulesets.</sub>`
  );
}

function accountsPart({ accounts }: Impact): string {
  if (accounts === null) return '';
  const { moves, qualified, handoffs } = accounts;
  const { enter, leave } = qualified;
  if (moves.length + enter + leave === 0) return '';
  const turns =
    enter + leave === 0
      ? ''
      : `Qualified: ${number(enter)} enter, ${number(leave)} leave; ${count(handoffs.now, 'handoff')} at once.`;
  return `### Accounts\n\n${[moves.length > 0 ? bandTable(accounts) : '', turns].filter((part) => part).join('\n\n')}`;
}

function topPart({ top }: Impact, showPii: boolean): string {
  if (top.length === 0) return '';
  const rows = top.map((lead) => {
    const { before, after } = lead;
    const [was, is] = [placeOf(before), placeOf(after)];
    return [
      code(nameOf(lead, showPii)),
      `${points(before.total)} → ${points(after.total)}`,
      was === is ? is : `${was} → ${is}`,
      becauseOf(lead),
    ];
  });
  const title = top.length < 10 ? 'The leads that move' : 'The ten leads that move most';
  return folded(title, table(['lead', 'points', 'band', 'by'], [false, true, false, false], rows));
}

const neverFiredPart = ({ rules: { neverFired } }: Impact): string =>
  neverFired.length === 0
    ? ''
    : folded(`${count(neverFired.length, 'rule')} never fired`, neverFired.map(code).join(', '));

function qualityPart({ quality, bands }: Impact): string {
  if (quality === null) return '';
  const rows = measures(quality, bandNames(bands)).map(({ what, before, after, better }) => [
    what,
    before,
    better === null ? after : `${after} ${better ? '▲' : '▼'}`,
  ]);
  const { decided, won } = quality.after;
  return (
    `### Judged by ${count(decided, 'outcome')}, ${number(won)} won\n\n` +
    table(['', 'before', 'after'], [false, true, true], rows)
  );
}
