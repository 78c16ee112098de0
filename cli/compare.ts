import { existsSync } from 'node:fs';

import { defineCommand } from 'citty';

import { DURATION, durationMs } from '../core/duration.ts';
import type { Interval } from '../core/impact/certainty.ts';
import { contest, type Contested } from '../core/impact/contest.ts';
import { createJudgement } from '../core/impact/judge.ts';
import type { HashedRuleset } from '../core/impact/replays.ts';
import type { Impact, Rate } from '../core/impact/report.ts';
import type { Listed, Read } from '../core/publish/request.ts';
import { instant } from './arguments.ts';
import { type Io, Refusal, styled } from './io.ts';
import { historyOf } from './plan/plan.ts';
import { namedRuleset } from './plan/rulesets.ts';
import { replayPlan } from './plan/run.ts';
import { count, day, number } from './plan/words.ts';
import { steps } from './progress.ts';
import { duration } from './publish/follow.ts';
import { publisherOf, TARGET } from './publish/publisher.ts';
import { table } from './table.ts';

export const compare = defineCommand({
  meta: {
    name: 'compare',
    description: 'Hold the challenger against what is live: by what sales decided since it scores',
  },
  args: {
    since: {
      type: 'string',
      valueHint: '28d',
      description: 'How far back outcomes are counted (default: since the challenger was set)',
    },
    rules: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Take what is live from this folder, and the challenger from DIR.next: asks no product',
    },
    history: {
      type: 'string',
      valueHint: 'FILE|DIR|table',
      description: 'As for kindling plan (default: .kindling/history, else the sample)',
    },
    table: { type: 'string', valueHint: 'NAME', description: 'With --history table: a table in AWS' },
    data: { type: 'string', default: '.kindling', valueHint: 'DIR', description: 'As for kindling plan' },
    at: { type: 'string', valueHint: 'ISO', description: 'As of this instant (default: now)' },
    ...TARGET,
    json: { type: 'boolean', default: false, description: 'Print one JSON object' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    if (args.since !== undefined && !DURATION.test(args.since))
      throw new Refusal(`"${args.since}" is no duration; write it as 28d or 4w`);
    const progress = steps(io);
    progress.step('Reading rules');
    const both = args.rules === undefined ? await published(args) : await folders(args.rules, io);
    const at = args.at === undefined ? (both.now ?? io.now()) : instant(args.at);
    const since = args.since === undefined ? (both.since ?? at - 28 * DAY) : at - durationMs(args.since);
    progress.step('Reading history');
    const history = await historyOf(args.history, at, args, io);
    const judgement = createJudgement();
    const impact = await replayPlan(
      history,
      { base: both.live, head: both.challenger, at, since, judgement },
      (leads) => progress.step(`Replaying: ${leads.toLocaleString('en')} leads`),
    );
    progress.step('Drawing samples');
    const measures = contest(judgement.decided());
    progress.done();
    const { hash: live } = both.live;
    const { hash: challenger } = both.challenger;
    if (args.json) io.out(`${JSON.stringify({ live, challenger, at, since, ...brief(impact), measures })}\n`);
    else io.out(told({ live, challenger, at, since, history: history.name }, impact, measures, io));
    return 0;
  },
});

const DAY = 86_400_000;
const WEEK = 7 * DAY;

interface Both {
  readonly live: HashedRuleset;
  readonly challenger: HashedRuleset;
  /** Since when the challenger scores, UTC milliseconds. */
  readonly since?: number;
  readonly now?: number;
}

/** What is live in the product, and its challenger. */
async function published(args: { url?: string | undefined; stack?: string | undefined }): Promise<Both> {
  const publisher = publisherOf({ url: args.url, stack: args.stack });
  const { live, shadow, now } = await publisher.ask<Listed>({ op: 'list' });
  if (live === null) throw new Refusal('nothing is published');
  if (shadow === null)
    throw new Refusal('there is no challenger; set one with kindling deploy --shadow rules.next');
  const read = async (hash: string): Promise<HashedRuleset> => ({
    ...(await publisher.ask<Read>({ op: 'read', hash })).ruleset,
    hash,
  });
  return { live: await read(live.hash), challenger: await read(shadow.hash), since: shadow.at, now };
}

async function folders(rules: string, io: Io): Promise<Both> {
  const next = `${rules.replace(/\/$/, '')}.next`;
  if (!existsSync(next)) throw new Refusal(`there is no challenger: ${next} is not there`);
  const [live, challenger] = [
    await namedRuleset(rules, undefined, io),
    await namedRuleset(next, undefined, io),
  ];
  return { live: live.ruleset, challenger: challenger.ruleset };
}

const brief = ({ leads, bands, qualified, handoffs, mails, accounts }: Impact) => ({
  ...{ leads, bands, qualified, handoffs, mails, accounts },
});

function told(
  {
    live,
    challenger,
    at,
    since,
    history,
  }: Record<'live' | 'challenger' | 'history', string> & Record<'at' | 'since', number>,
  impact: Impact,
  measures: readonly Contested[],
  io: Io,
): string {
  const { leads, bands, qualified } = impact;
  const names = Object.keys({ ...bands.before, ...bands.after });
  const now = [
    ...names.map((band) => [band, bands.before[band] ?? 0, bands.after[band] ?? 0]),
    ['qualified', qualified.before, qualified.after],
  ];
  return [
    `${styled(io, 'bold', `What is live (${live}) and its challenger (${challenger})`)}, ${day(since)} to ${day(at)}`,
    `${count(leads, 'lead')} of ${history}\n`,
    table(['leads now', 'live', 'challenger'], now),
    weeks(impact, at - since),
    ...(measures.length === 0 || judged(impact) === 0
      ? ['Sales has decided on none of these leads yet: there is nothing to judge by.\n']
      : [judgedBy(impact), measuresTable(measures), verdict(measures), SMALL_PRINT]),
    'To make the challenger live, merge it into rules/.\n',
  ].join('\n');
}

/** What each would have sent; what is younger than a week is told as it is. */
const weeks = ({ handoffs, mails, accounts }: Impact, ms: number): string => {
  const row = (what: string, { perWeekBefore, perWeekAfter }: Rate): (string | number)[] => [
    what,
    perWeekBefore,
    perWeekAfter,
  ];
  const rows = [
    row('handoffs', handoffs),
    ...(accounts ? [row('handoffs of accounts', accounts.handoffs)] : []),
    row('journeys begun', mails.begin),
    row('mails', mails),
  ];
  const young = `Counted over ${duration(ms)}: --since 28d looks further back.\n`;
  return `${table([ms < WEEK ? 'so far' : 'a week', 'live', 'challenger'], rows)}${ms < WEEK ? `\n${young}` : ''}`;
};

const judged = ({ quality }: Impact): number => quality?.after.decided ?? 0;

const judgedBy = ({ quality }: Impact): string =>
  quality === null
    ? ''
    : `Judged by ${count(quality.after.decided, 'outcome')}, ${number(quality.after.won)} won`;

const measuresTable = (measures: readonly Contested[]): string =>
  table(
    ['', 'live', 'challenger', 'difference', ''],
    measures.map((each) => [
      each.what,
      valueOf(each, each.live, each.liveWithin),
      valueOf(each, each.challenger, each.challengerWithin),
      within(each, each.difference, ' to '),
      each.verdict ?? '',
    ]),
  );

/** Shares as people say them; all else as it is. */
const rounded = ({ isShare }: Contested, value: number): string =>
  number(isShare ? Math.round(value * 100) : Math.round(value * 100) / 100).replace('-', '−');
const valueOf = (each: Contested, value: number | null, interval: Interval | null): string => {
  if (value === null) return '–';
  const around = interval === null ? '' : ` (${within(each, interval, '–')})`;
  return `${rounded(each, value)}${each.isShare ? ' %' : ''}${around}`;
};
const within = (each: Contested, interval: Interval | null, to: string): string =>
  interval === null ? '' : interval.map((value) => rounded(each, value)).join(to);

/** The sentence that a person goes home with. */
const verdict = (measures: readonly Contested[]): string => {
  const of = (verdict: Contested['verdict']): string[] =>
    measures.filter((each) => each.verdict === verdict).map(({ what }) => what);
  const [better, worse] = [of('better'), of('worse')];
  if (better.length + worse.length === 0)
    return 'No difference is larger than chance; wait for more outcomes.\n';
  return [
    ...(better.length > 0 ? [`The challenger is better by ${better.join(', ')}.`] : []),
    ...(worse.length > 0 ? [`It is worse by ${worse.join(', ')}.`] : []),
  ]
    .join(' ')
    .concat('\n');
};

const SMALL_PRINT =
  'In brackets: where it lies in 95 of 100 samples like this one; of shares by\n' +
  'Wilson, of all else by bootstrap, of differences (of shares: percentage points)\n' +
  'in pairs. Both were replayed over the whole log, as if each had been there all\n' +
  'along; outcomes count from the day above. Whom sales called was decided by what\n' +
  'is live: leads that only the challenger would have handed over had less of a\n' +
  'chance to be won.\n';
