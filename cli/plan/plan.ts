import { existsSync, statSync } from 'node:fs';

import { defineCommand } from 'citty';

import { durationMs, DURATION } from '../../core/duration.ts';
import { isFelt } from '../../core/impact/report.ts';
import { instant } from '../arguments.ts';
import { eventsHistory } from '../history/events-history.ts';
import { HISTORY, pullHistory } from '../history/history.ts';
import { sampleHistory } from '../history/sample-history.ts';
import { type HistorySource } from '../history/source.ts';
import { isStore } from '../history/store.ts';
import { storeHistory } from '../history/store-history.ts';
import { type Asked } from '../history/table.ts';
import { type Io, Refusal } from '../io.ts';
import { steps } from '../progress.ts';
import { rulesFolder } from '../rules.ts';
import { asHtml } from './html.ts';
import { asJson } from './json.ts';
import { asMarkdown } from './markdown.ts';
import { namedRuleset } from './rulesets.ts';
import { replayPlan } from './run.ts';
import { pageOf } from './sections.ts';
import { asText } from './text.ts';
import { type Heading } from './words.ts';

const FORMATS = ['text', 'markdown', 'json', 'html'] as const;
type Format = (typeof FORMATS)[number];

export const plan = defineCommand({
  meta: {
    name: 'plan',
    description: 'Replay history under old and new rules, and say what a change does to leads',
  },
  args: {
    base: {
      type: 'string',
      valueHint: 'DIR|REF',
      default: 'HEAD',
      description: 'The rules as they are: a folder or a git ref',
    },
    head: {
      type: 'string',
      valueHint: 'DIR|REF',
      description: 'The rules as they will be (default: the rules folder)',
    },
    history: {
      type: 'string',
      valueHint: 'FILE|DIR|table',
      description:
        'Events, one a line; or a pulled history; or the table itself (default: .kindling/history, else the sample)',
    },
    table: {
      type: 'string',
      valueHint: 'NAME',
      description: 'With --history table: which of the AWS account that you are signed in to',
    },
    data: {
      type: 'string',
      default: '.kindling',
      valueHint: 'DIR',
      description: 'With --history table: else the state of a local product',
    },
    url: {
      type: 'string',
      valueHint: 'URL',
      description: 'With --history table: or where a local product runs',
    },
    since: {
      type: 'string',
      valueHint: '90d',
      default: '90d',
      description: 'How far back weeks and outcomes are counted',
    },
    format: { type: 'string', valueHint: FORMATS.join('|'), default: 'text', description: 'How to say it' },
    at: { type: 'string', valueHint: 'ISO', description: 'As of this instant (default: now)' },
    'show-pii': { type: 'boolean', default: false, description: 'Name leads by their addresses' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const format = formatOf(args.format);
    if (!DURATION.test(args.since))
      throw new Refusal(`"${args.since}" is no duration; write it as 90d or 12w`);
    const at = args.at === undefined ? io.now() : instant(args.at);
    const progress = steps(io);
    progress.step('Reading rules');
    const headName = rulesFolder(args.head);
    const head = await namedRuleset(headName, existsSync(args.base) ? args.base : undefined, io);
    const base = await namedRuleset(args.base, headName, io);
    progress.step('Reading history');
    const history = await historyOf(
      args.history,
      at,
      { table: args.table, url: args.url, data: args.data },
      io,
    );
    const impact = await replayPlan(
      history,
      { base: base.ruleset, head: head.ruleset, at, since: at - durationMs(args.since) },
      (leads) => progress.step(`Replaying: ${leads.toLocaleString('en')} leads`),
    );
    progress.done();
    const heading: Heading = {
      base: { label: base.label, hash: base.ruleset.hash },
      head: { label: head.label, hash: head.ruleset.hash },
      history: history.name,
      note: history.note,
      showPii: args['show-pii'],
    };
    const say: Readonly<Record<Format, () => string>> = {
      text: () => asText(pageOf(impact, heading), io),
      markdown: () => asMarkdown(pageOf(impact, heading)),
      json: () => asJson(impact, heading),
      html: () => asHtml(pageOf(impact, heading)),
    };
    io.out(say[format]());
    return isFelt(impact) ? 2 : 0;
  },
});

function formatOf(text: string): Format {
  const found = FORMATS.find((format) => format === text);
  if (!found) throw new Refusal(`there is no format "${text}"; there are ${FORMATS.join(', ')}`);
  return found;
}

/** What was asked for; else what was pulled; else the sample. */
export async function historyOf(
  asked: string | undefined,
  at: number,
  args: Asked,
  io: Io,
): Promise<HistorySource> {
  if (asked === 'table') {
    await pullHistory(
      args,
      { into: HISTORY, sample: 1, segments: 4, fresh: false },
      { ...io, out: () => {} },
    );
    return storeHistory(HISTORY, io.now());
  }
  if (asked !== undefined)
    return existsSync(asked) && statSync(asked).isDirectory()
      ? storeHistory(asked, io.now())
      : eventsHistory(asked, at, io);
  return isStore(HISTORY) ? storeHistory(HISTORY, io.now()) : sampleHistory(at, io);
}
