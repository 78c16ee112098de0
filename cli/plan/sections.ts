import type { Thing } from '../../core/impact/difference.ts';
import { type Impact, isFelt, isNews, type Rate } from '../../core/impact/report.ts';
import {
  type Flow,
  harmless,
  type Line,
  type Page,
  type Part,
  type Piece,
  type Section,
  type Turn,
} from './page.ts';
import { nameOf } from './personal.ts';
import { summary } from './summary.ts';
import {
  alreadyWithSales,
  bandNames,
  becauseOf,
  count,
  day,
  fieldTexts,
  type Heading,
  instant,
  measures,
  number,
  placeOf,
  points,
  signed,
  thingName,
  traffic,
} from './words.ts';

/** A plan as a page: what does not change is left out. */
export function pageOf(impact: Impact, { base, head, history, note, showPii }: Heading): Page {
  const felt = isFelt(impact);
  const sections = [
    rulesSection(impact),
    ...(felt
      ? [bandsSection(impact), sentSection(impact), accountsSection(impact), topSection(impact, showPii)]
      : []),
    impact.leads === 0 ? null : neverFiredSection(impact),
    felt ? qualitySection(impact) : null,
  ];
  return {
    ...named(impact, felt),
    isFelt: felt,
    base,
    head,
    over: `${count(impact.leads, 'lead')} and ${count(impact.events, 'event')} of ${history}, as of ${instant(impact.at)}`,
    note,
    sections: sections.filter((section) => section !== null),
  };
}

const named = (impact: Impact, felt: boolean): Pick<Page, 'title' | 'summary'> => {
  const title = 'Kindling plan';
  if (felt) return { title, summary: summary(impact) };
  if (impact.leads > 0)
    return { title: `${title}: no changes to any lead`, summary: 'No changes to any lead.' };
  return {
    title: `${title}: nothing to replay`,
    summary: 'No lead had done anything by then: this says nothing about the rules.',
  };
};

const section = (title: string, parts: readonly Part[], isFolded = false): Section | null =>
  parts.length === 0 ? null : { title, isFolded, parts };
const code = (text: string): Piece => ({ text, kind: 'code' });
const strong = (text: string): Piece => ({ text, kind: 'strong' });
const cells = (...texts: readonly (string | Piece)[]): Line[] => texts.map((text) => [text]);

/** More changes than this are folded: the reader knows what they changed, and wants to know what it does. */
const MOST_TURNS = 12;

function rulesSection({ rules: { added, changed, removed } }: Impact): Section | null {
  const bare =
    (what: Turn['what']) =>
    (thing: Thing): Turn => ({ what, thing: thingName(thing), fields: [] });
  const turns = [
    ...added.map(bare('added')),
    ...changed.map((thing): Turn => ({
      what: 'changed',
      thing: thingName(thing),
      fields: fieldTexts(thing),
    })),
    ...removed.map(bare('removed')),
  ];
  if (turns.length === 0) return section('Rules', [{ line: ['The rules say the same.'] }]);
  const isLong = turns.length > MOST_TURNS;
  return section(isLong ? `Rules: ${turns.length} changes` : 'Rules', [{ turns }], isLong);
}

function bandsSection(impact: Impact): Section | null {
  const { bands, qualified, touched } = impact;
  const { before, after, enter, leave } = qualified;
  if (touched === 0) return null;
  const parts: Part[] =
    bands.moves.length === 0
      ? [
          {
            line: [
              `Nobody changes bands; ${count(touched, 'lead')} ${touched === 1 ? 'has' : 'have'} other points.`,
            ],
          },
        ]
      : [{ flow: bands }, ...bandParts(bands)];
  if (enter + leave > 0)
    parts.push({
      line: [
        'Qualified: ',
        strong(`${number(before)} → ${number(after)}`),
        `, ${number(enter)} enter, ${number(leave)} leave${alreadyWithSales(impact)}.`,
      ],
    });
  return section('Leads by band', parts);
}

function bandParts(bands: Flow): Part[] {
  const rows = bandNames(bands).map((band) => {
    const [was, is] = [bands.before[band] ?? 0, bands.after[band] ?? 0];
    const { enter, leave } = traffic(bands.moves, band);
    return cells(
      code(band),
      number(was),
      strong(number(is)),
      signed(is - was),
      enter ? number(enter) : '',
      leave ? number(leave) : '',
    );
  });
  const title = (title: string) => ({ title, isNumber: true }) as const;
  const columns = [{ title: '' }, ...['before', 'after', '', 'enter', 'leave'].map(title)];
  const moves = bands.moves.map(({ from, to, count: leads }) => `${from} → ${to} ${number(leads)}`);
  return [{ table: { columns, rows } }, { note: moves.join(', ') }];
}

function sentSection({ handoffs, mails, accounts, since, at }: Impact): Section | null {
  const hasLater = Object.values(mails.journeys).some(({ following }) => following > 0);
  const row = (what: Line, { now, perWeekBefore, perWeekAfter }: Rate, later = ''): Line[] => [
    what,
    [now > 0 ? strong(number(now)) : number(now)],
    ...(hasLater ? [[later]] : []),
    [number(perWeekBefore)],
    [number(perWeekAfter)],
  ];
  const rows: Line[][] = isNews(handoffs) ? [row(['handoffs'], handoffs)] : [];
  if (accounts && isNews(accounts.handoffs)) rows.push(row(['handoffs of accounts'], accounts.handoffs));
  for (const [name, nurture] of Object.entries(mails.journeys)) {
    const { begin, following } = nurture;
    if (isNews(begin)) rows.push(row([code(name), ': leads that begin'], begin));
    if (isNews(nurture) || following > 0)
      rows.push(row([code(name), ': mails'], nurture, following > 0 ? number(following) : ''));
  }
  if (rows.length === 0) return null;
  const titles = ['at once', ...(hasLater ? ['later'] : []), 'a week before', 'a week after'];
  const columns = [{ title: '' }, ...titles.map((title) => ({ title, isNumber: true }) as const)];
  const told = [
    'At once: because of the change itself.',
    hasLater && 'Later, an estimate: mails that follow for those leads if they do nothing more.',
    `By week, an estimate: both rulesets replayed over ${day(since)} to ${day(at)}.`,
    Object.values(mails.journeys).some(isNews) &&
      'A mail counts when its step is reached: quiet hours and the limit of mails to one lead may put it off, and drop none.',
  ];
  return section('Sent by deploying', [
    { table: { columns, rows } },
    { note: told.filter((text) => text !== false).join(' ') },
  ]);
}

function accountsSection({ accounts }: Impact): Section | null {
  if (accounts === null) return null;
  const { moves, qualified } = accounts;
  const { enter, leave } = qualified;
  const parts = moves.length > 0 ? bandParts(accounts) : [];
  if (enter + leave > 0) parts.push({ line: [`Qualified: ${number(enter)} enter, ${number(leave)} leave.`] });
  return section('Accounts', parts);
}

function topSection({ top }: Impact, showPii: boolean): Section | null {
  if (top.length === 0) return null;
  const rows = top.map((lead) => {
    const [was, is] = [placeOf(lead.before), placeOf(lead.after)];
    return cells(
      code(harmless(nameOf(lead, showPii))),
      `${points(lead.before.total)} → ${points(lead.after.total)}`,
      was === is ? is : `${was} → ${is}`,
      becauseOf(lead),
    );
  });
  const columns = [
    { title: 'lead' },
    { title: 'points', isNumber: true },
    { title: 'band' },
    { title: 'by' },
  ] as const;
  const title = top.length < 10 ? 'The leads that move' : 'The ten leads that move most';
  return section(title, [{ table: { columns, rows } }], true);
}

function neverFiredSection({ rules: { neverFired } }: Impact): Section | null {
  if (neverFired.length === 0) return null;
  const line = neverFired.flatMap((name, n): Piece[] => (n === 0 ? [code(name)] : [', ', code(name)]));
  return section('Rules that never fired', [{ line }], true);
}

function qualitySection({ quality, bands }: Impact): Section | null {
  if (quality === null) return null;
  const rows = measures(quality, bandNames(bands)).map(({ what, before, after, better }) =>
    cells(what, before, better === null ? after : { text: after, kind: better ? 'good' : 'bad' }),
  );
  const { decided, won } = quality.after;
  const columns = [
    { title: '' },
    { title: 'before', isNumber: true },
    { title: 'after', isNumber: true },
  ] as const;
  return section(`Judged by ${count(decided, 'outcome')}, ${number(won)} won`, [
    { table: { columns, rows } },
  ]);
}
