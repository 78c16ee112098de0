import { defineCommand } from 'citty';

import { cut } from '../core/handoff/shown.ts';
import type { HandoffFigures, Report } from '../core/report/handoffs.ts';
import { durationInWords, effectInWords, shareInWords } from '../core/report/in-words.ts';
import { openApi, REACHED } from './api.ts';
import { type Io, Refusal, styled } from './io.ts';
import { table } from './table.ts';

export const report = defineCommand({
  meta: {
    name: 'report',
    description:
      'Say what became of handoffs (answers, their time, what was won), and what journeys are good for',
  },
  args: {
    weeks: { type: 'string', default: '12', valueHint: 'N', description: 'How many weeks back, at most 53' },
    ...REACHED,
    json: { type: 'boolean', default: false, description: 'Print the report as JSON' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const weeks = Number(args.weeks);
    if (!/^\d{1,2}$/.test(args.weeks) || weeks < 1 || weeks > 53)
      throw new Refusal(`--weeks must be 1 to 53, not ${args.weeks}`);
    const found = await (await openApi(args)).get<Report>(`/api/report?weeks=${weeks}`);
    if (found === null) throw new Refusal(`${args.url} has no report`);
    io.out(args.json ? `${JSON.stringify(found)}\n` : inWords(found, io));
    return 0;
  },
});

const HEAD = ['handoffs', 'answered', 'accepted', 'median', '90%', 'won'];
/** Left out where names are long: a line has 80 columns. */
const NINE_IN_TEN = HEAD.indexOf('90%');
const LONGEST_NAME = 32;

const cells = ({
  handoffs,
  answered,
  acceptedShare,
  answerTime,
  wonShare,
}: HandoffFigures): (string | number)[] => [
  handoffs,
  answered,
  shareInWords(acceptedShare),
  answerTime === null ? '–' : durationInWords(answerTime.median),
  answerTime === null ? '–' : durationInWords(answerTime.p90),
  shareInWords(wonShare),
];

/** The report as a person reads it in a terminal. */
export const inWords = (found: Report, io: Io): string =>
  handoffsInWords(found, io) + journeysInWords(found, io);

const journeysInWords = ({ journeys }: Report, io: Io): string =>
  journeys.length === 0
    ? ''
    : `\n${styled(io, 'bold', 'What journeys are good for')}\n` +
      journeys.map((effect) => `${effect.journey}: ${effectInWords(effect)}\n`).join('');

const handoffsInWords = (found: Report, io: Io): string => {
  const { total, weeks, byRule, byBand, reasons } = found;
  const count = weeks.length === 1 ? 'this week' : `the last ${weeks.length} weeks`;
  if (total.handoffs === 0) return `No handoffs in ${count}.\n`;
  const title = (text: string): string => `\n${styled(io, 'bold', text)}\n`;
  const part = (
    name: string,
    rows: readonly (readonly [string, HandoffFigures])[],
    columns: <Cell>(all: readonly Cell[]) => readonly Cell[] = (all) => all,
  ): string =>
    rows.length === 0
      ? ''
      : `\n${table(
          [name, ...columns(HEAD)],
          rows.map(([label, row]) => [cut(label, LONGEST_NAME), ...columns(cells(row))]),
        )}`;
  const withoutNineInTen = <Cell>(all: readonly Cell[]): readonly Cell[] =>
    all.filter((_, column) => column !== NINE_IN_TEN);
  return [
    title(`Handoffs in ${count}`),
    `${total.handoffs} handed over, ${total.answered} answered: ${total.accepted} accepted, ${total.notNow} not now, ${total.notAFit} not a fit.\n`,
    total.answerTime === null
      ? ''
      : `Half were answered within ${durationInWords(total.answerTime.median)}, nine in ten within ${durationInWords(total.answerTime.p90)}.\n`,
    total.won + total.lost === 0
      ? ''
      : `${total.won} won, ${total.lost} lost: ${shareInWords(total.wonShare)} of the deals whose end is known.\n`,
    part(
      'week of',
      weeks.map((week) => [week.week, week]),
    ),
    part(
      'rule',
      byRule.map((rule) => [rule.rule, rule]),
      withoutNineInTen,
    ),
    part(
      'band',
      byBand.map((band) => [band.band, band]),
      withoutNineInTen,
    ),
    reasons.length === 0
      ? ''
      : `\nNot a fit: ${reasons.map(({ reason, handoffs }) => `${reason} (${handoffs})`).join(', ')}.\n`,
  ].join('');
};
