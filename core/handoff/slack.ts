import type { Ask } from './answer-link.ts';
import type { ScoreInBrief } from './brief.ts';
import { askedInWords } from './asked-in-words.ts';
import {
  cutEscaped,
  field,
  header,
  lines,
  LONGEST_SECTION,
  LONGEST_TEXT,
  mrkdwn,
  plain,
  section,
  slackText,
} from './slack-text.ts';
import { answerInWords } from './in-words.ts';
import type { HandoffRecord, HandoffRef } from './handoff.ts';

/** A Slack message: Block Kit, and the text that notifications show. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly object[];
}

/** How a message in Slack is answered. */
export interface SlackLinks {
  readonly ref: HandoffRef;
  /** The page of the lead or the account. */
  readonly page: string;
  /** By key, as people read them. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Where it is answered on a page; null where Slack's own buttons are heard. */
  readonly answer: ((ask: Ask) => string) | null;
  /** How to write an instant. */
  readonly at: (instant: number) => string;
}

/** What Slack calls our buttons when one is pressed. */
export const SLACK_ACTIONS = {
  accept: 'handoff.accept',
  notNow: 'handoff.not-now',
  notAFit: 'handoff.not-a-fit',
} as const;

const open = (text: string, url: string): object => ({
  type: 'button',
  text: plain(text),
  url,
  action_id: 'open',
});

/** The buttons of an open handoff; of one that was answered, who answered what. */
export const footer = (
  record: Pick<HandoffRecord, 'state' | 'answer' | 'deal' | 'merged'>,
  { ref, page, reasons, answer: answerAt, at }: SlackLinks,
  openText: string,
): object[] => {
  if (record.state !== 'open') {
    const words = answerInWords(record, reasons, at);
    return [
      { type: 'context', elements: [mrkdwn(slackText(words), LONGEST_SECTION)] },
      { type: 'actions', elements: [open(openText, page)] },
    ];
  }
  const value = JSON.stringify(ref);
  const elements =
    answerAt === null
      ? [
          {
            type: 'button',
            style: 'primary',
            text: plain('Accept'),
            action_id: SLACK_ACTIONS.accept,
            value,
          },
          { type: 'button', text: plain('Not now'), action_id: SLACK_ACTIONS.notNow, value },
          {
            type: 'static_select',
            placeholder: plain('Not a fit …'),
            action_id: SLACK_ACTIONS.notAFit,
            options: Object.entries(reasons).map(([key, text]) => ({ text: plain(text), value: key })),
          },
        ]
      : [
          {
            type: 'button',
            style: 'primary',
            text: plain('Accept'),
            action_id: 'open-accept',
            url: answerAt('accepted'),
          },
          { type: 'button', text: plain('Not now'), action_id: 'open-not-now', url: answerAt('not-now') },
          {
            type: 'button',
            text: plain('Not a fit …'),
            action_id: 'open-not-a-fit',
            url: answerAt('not-a-fit'),
          },
        ];
  return [{ type: 'actions', elements: [...elements, open(openText, page)] }];
};

/** A handoff as sales reads it in Slack. */
export const handoffMessage = (record: HandoffRecord, links: SlackLinks): SlackMessage => {
  const { brief, owner } = record;
  const who = brief.name ?? brief.email ?? 'A lead';
  const standing = `${brief.band}, ${brief.total} points`;
  const fields = [
    ...field('Company', brief.company),
    ...field('Title', brief.title),
    ...field('E-mail', brief.email),
    ...field('Phone', brief.phone),
    ...field('Country', brief.country),
    ...field('Interested in', brief.products.length === 0 ? null : brief.products.join(', ')),
    ...field('For', owner.name),
  ];
  const reasons = lines(brief.reasons.map(({ sentence }) => slackText(sentence)));
  const timeline = lines(brief.timeline.map((line) => `${links.at(line.at)}: ${slackText(line.text)}`));
  return {
    text: cutEscaped(slackText(`${prefixOf(record)}${who} is ready for sales: ${standing}`), LONGEST_TEXT),
    blocks: [
      header(`🔥 ${prefixOf(record)}${who}`),
      ...why(record),
      section(`*${slackText(brief.band)}*, ${brief.total} points. ${scoresInWords(brief.scores)}`),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields: fields.slice(0, 10) }]),
      ...(reasons === '' ? [] : [{ type: 'divider' }, section(`*Why now*\n${reasons}`)]),
      ...(timeline === '' ? [] : [section(`*What they did*\n${timeline}`)]),
      ...footer(record, links, 'Open the lead'),
    ],
  };
};

/** Why this one is asked, where somebody was before them. */
export const why = (record: Pick<HandoffRecord, 'asked' | 'state'>): object[] => {
  const words = askedInWords(record);
  return words === null ? [] : [section(slackText(words))];
};

/** What comes before the name where this is not the first time that somebody is asked. */
export const prefixOf = ({ asked = [], state }: Pick<HandoffRecord, 'asked' | 'state'>): string => {
  if (state !== 'open') return '';
  switch (asked.at(-1)?.why) {
    case 'reminder':
      return 'Still waiting: ';
    case 'next':
      return 'Passed on: ';
    case 'manager':
      return 'Nobody has answered: ';
    default:
      return '';
  }
};

/** @example 'fit 20 · product 24 (planner 24, insights 10)' */
export const scoresInWords = (scores: readonly ScoreInBrief[]): string =>
  scores
    .map(({ name, points, keys = [] }) => {
      const of = keys.map((key) => `${slackText(key.name)} ${key.points}`).join(', ');
      return `${slackText(name)} ${points}${of === '' ? '' : ` (${of})`}`;
    })
    .join(' · ');
