import { isFelt, type Impact } from '../../core/impact/report.ts';
import { type Io, styled } from '../io.ts';
import { nameOf } from './personal.ts';
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
  perWeek,
  placeOf,
  points,
  signed,
  thingName,
  traffic,
} from './words.ts';

/** A plan for a terminal; what does not change is left out. */
export function asText(impact: Impact, heading: Heading, io: Io): string {
  const title = (text: string): string => `\n${styled(io, 'bold', text)}\n`;
  const dim = (text: string): string => styled(io, 'dim', text);
  const { base, head, history, note } = heading;
  const parts = [
    `${styled(io, 'bold', base.label)} ${dim(base.hash)} → ${styled(io, 'bold', head.label)} ${dim(head.hash)}\n`,
    `${count(impact.leads, 'lead')} and ${count(impact.events, 'event')} of ${history}, as of ${instant(impact.at)}\n`,
    note === null ? '' : `${styled(io, 'yellow', 'Note:')} ${note}\n`,
    rulesText(impact, io, title),
  ];
  if (!isFelt(impact))
    return `${parts.join('')}${neverFiredText(impact, title)}\n${styled(io, ['bold', 'green'], 'No changes to any lead.')}\n`;
  return [
    ...parts,
    bandsText(
      impact.bands,
      `${count(impact.touched, 'lead')} ${impact.touched === 1 ? 'has' : 'have'} other points`,
      io,
      title('Leads by band'),
    ),
    qualifiedText(impact),
    sentText(impact, io, title),
    accountsText(impact, io, title),
    topText(impact, heading.showPii, io, title),
    neverFiredText(impact, title),
    qualityText(impact, io, title),
    `\n${summary(impact)}\n`,
  ].join('');
}

const MARKS = { added: ['+', 'green'], changed: ['~', 'yellow'], removed: ['-', 'red'] } as const;

function rulesText({ rules }: Impact, io: Io, title: (text: string) => string): string {
  const { added, changed, removed } = rules;
  const line = (kind: keyof typeof MARKS, text: string): string =>
    `  ${styled(io, MARKS[kind][1], MARKS[kind][0])} ${text}\n`;
  if (added.length + changed.length + removed.length === 0) return `\nThe rules say the same.\n`;
  return (
    title('Rules') +
    added.map((thing) => line('added', thingName(thing))).join('') +
    changed
      .map((thing) => {
        const texts = fieldTexts(thing);
        const [only] = texts;
        if (texts.length === 1) return line('changed', `${thingName(thing)}: ${only}`);
        return line('changed', thingName(thing)) + texts.map((text) => `      ${text}\n`).join('');
      })
      .join('') +
    removed.map((thing) => line('removed', thingName(thing))).join('')
  );
}

/** Columns: numbers to the right, the first one to the left. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, n) => Math.max(widest[n] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, n) =>
        n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0),
      );
      return `  ${cells.join('   ').trimEnd()}\n`;
    })
    .join('');
}

function bandsText(bands: Impact['bands'], touched: string, io: Io, title: string): string {
  if (bands.moves.length === 0) return `${title}  Nobody changes bands; ${touched}.\n`;
  const rows = bandNames(bands).map((band) => {
    const [was, is] = [bands.before[band] ?? 0, bands.after[band] ?? 0];
    const { enter, leave } = traffic(bands.moves, band);
    return [
      band,
      number(was),
      number(is),
      signed(is - was),
      enter ? `${number(enter)} enter` : '',
      leave ? `${number(leave)} leave` : '',
    ];
  });
  const moves = bands.moves
    .map(({ from, to, count: leads }) => `${from} → ${to} ${number(leads)}`)
    .join(', ');
  return `${title}${columns([['', 'before', 'after', '', '', ''], ...rows])}  ${styled(io, 'dim', moves)}\n`;
}

function qualifiedText(impact: Impact): string {
  const { before, after, enter, leave } = impact.qualified;
  if (enter + leave === 0) return '';
  return `  Qualified: ${number(before)} → ${number(after)}, ${number(enter)} enter, ${number(leave)} leave${alreadyWithSales(impact)}\n`;
}

function sentText({ handoffs, mails, since, at }: Impact, io: Io, title: (text: string) => string): string {
  const rows: string[] = [];
  if (isRateNews(handoffs)) rows.push(`  ${count(handoffs.now, 'handoff')} at once; ${perWeek(handoffs)}\n`);
  for (const [name, rate] of Object.entries(mails.journeys))
    if (isRateNews(rate)) rows.push(`  ${count(rate.now, 'lead')} at once into ${name}; ${perWeek(rate)}\n`);
  if (rows.length === 0) return '';
  const weeks = styled(io, 'dim', `  by the weeks from ${day(since)} to ${day(at)}, replayed under both\n`);
  return `${title('Sent by deploying')}${rows.join('')}${weeks}`;
}

function accountsText({ accounts }: Impact, io: Io, title: (text: string) => string): string {
  if (accounts === null) return '';
  const { moves, qualified, handoffs } = accounts;
  if (moves.length + qualified.enter + qualified.leave === 0) return '';
  const table = moves.length > 0 ? bandsText(accounts, '', io, '') : '';
  const turns =
    qualified.enter + qualified.leave === 0
      ? ''
      : `  Qualified: ${number(qualified.enter)} enter, ${number(qualified.leave)} leave; ${count(handoffs.now, 'handoff')} at once\n`;
  return `${title('Accounts')}${table}${turns}`;
}

function topText({ top }: Impact, showPii: boolean, io: Io, title: (text: string) => string): string {
  if (top.length === 0) return '';
  const rows = top.map((lead) => {
    const { before, after } = lead;
    const [was, is] = [placeOf(before), placeOf(after)];
    return [
      nameOf(lead, showPii),
      `${points(before.total)} → ${points(after.total)}`,
      was === is ? is : `${was} → ${is}`,
      becauseOf(lead),
    ];
  });
  const widths = [0, 1, 2].map((n) => Math.max(...rows.map((row) => (row[n] ?? '').length)));
  return (
    title(top.length < 10 ? 'The leads that move' : 'The ten leads that move most') +
    rows
      .map(
        ([name = '', moved = '', place = '', rule = '']) =>
          `  ${name.padEnd(widths[0] ?? 0)}  ${moved.padStart(widths[1] ?? 0)}  ${place.padEnd(widths[2] ?? 0)}  ${styled(io, 'cyan', rule)}\n`,
      )
      .join('')
  );
}

const neverFiredText = ({ rules: { neverFired } }: Impact, title: (text: string) => string): string =>
  neverFired.length === 0 ? '' : `${title('Rules that never fired')}  ${neverFired.join(', ')}\n`;

function qualityText({ quality, bands }: Impact, io: Io, title: (text: string) => string): string {
  if (quality === null) return '';
  const colour = (better: boolean | null, text: string): string =>
    better === null ? text : styled(io, better ? 'green' : 'red', text);
  const lines = measures(quality, bandNames(bands));
  const width = Math.max(...lines.map(({ what }) => what.length));
  const before = Math.max('before'.length, ...lines.map((line) => line.before.length));
  const after = Math.max('after'.length, ...lines.map((line) => line.after.length));
  const { decided, won } = quality.after;
  return (
    title(`Judged by ${count(decided, 'outcome')}, ${number(won)} won`) +
    `  ${''.padEnd(width)}   ${'before'.padStart(before)}   ${'after'.padStart(after)}\n` +
    lines
      .map(
        (line) =>
          `  ${line.what.padEnd(width)}   ${line.before.padStart(before)}   ${colour(line.better, line.after.padStart(after))}\n`,
      )
      .join('')
  );
}

/** `Plan: 12 leads change band, 3 qualify, 1 no longer; 3 handoffs and 5 journeys begin at once.` */
export function summary({ bands, qualified, handoffs, mails, accounts, touched }: Impact): string {
  const moved = bands.moves.reduce((sum, { count: leads }) => sum + leads, 0);
  const joint = accounts?.handoffs.now ?? 0;
  const atOnce = [
    handoffs.now > 0 && count(handoffs.now, 'handoff'),
    joint > 0 && count(joint, 'account handoff'),
    mails.now > 0 && count(mails.now, 'journey'),
  ].filter((text) => text !== false);
  const leads = [
    `${count(touched, 'lead')} ${touched === 1 ? 'changes' : 'change'}`,
    moved > 0 && `${number(moved)} of them band`,
    qualified.enter > 0 && `${number(qualified.enter)} qualify`,
    qualified.leave > 0 && `${number(qualified.leave)} no longer ${qualified.leave === 1 ? 'does' : 'do'}`,
  ].filter((text) => text !== false);
  const begins = atOnce.length === 0 ? 'nothing is sent at once' : `${atOnce.join(' and ')} at once`;
  return `Plan: ${leads.join(', ')}; ${begins}.`;
}
