import type { Ask } from './answer-link.ts';
import type { ScoreInBrief } from './brief.ts';
import { answerInWords } from './in-words.ts';
import type { HandoffRecord, HandoffRef } from './handoff.ts';

/** A Slack message: Block Kit, and the text that notifications show. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly object[];
}

/** Slack refuses a section's text above 3,000 characters and a header's above 150. */
const LONGEST_SECTION = 2_900;
export const LONGEST_HEADER = 150;

/**
 * Text as text: `&`, `<` and `>` are all that Slack asks to be escaped, which takes the sense from links, channels and
 * mentions (`<!channel>`). The marks of mrkdwn that would only change the look are parted from what they mark.
 */
export const slackText = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (mark) => `${mark}\u200B`);

export const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/&[a-z]*$/, '')}…`;

export const section = (text: string): object => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text, LONGEST_SECTION) },
});

export const field = (label: string, value: string | null): object[] =>
  value === null ? [] : [{ type: 'mrkdwn', text: cut(`*${label}*\n${slackText(value)}`, 1_900) }];

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

const plain = (text: string): object => ({ type: 'plain_text', text: cut(text, 75) });
const open = (text: string, url: string): object => ({
  type: 'button',
  text: plain(text),
  url,
  action_id: 'open',
});

/** The buttons of an open handoff; of one that was answered, who answered what. */
export const footer = (
  record: Pick<HandoffRecord, 'state' | 'answer' | 'deal'>,
  { ref, page, reasons, answer: answerAt, at }: SlackLinks,
  openText: string,
): object[] => {
  if (record.state !== 'open') {
    const words = answerInWords(record, reasons, at);
    return [
      { type: 'context', elements: [{ type: 'mrkdwn', text: cut(slackText(words), LONGEST_SECTION) }] },
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
  const reasons = brief.reasons.map(({ sentence }) => `• ${slackText(sentence)}`).join('\n');
  const timeline = brief.timeline.map((line) => `• ${links.at(line.at)}: ${slackText(line.text)}`).join('\n');
  return {
    text: slackText(`${prefixOf(record)}${who} is ready for sales: ${standing}`),
    blocks: [
      // plain_text: nothing in it is markup.
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(`🔥 ${prefixOf(record)}${who}`, LONGEST_HEADER), emoji: true },
      },
      section(`*${slackText(brief.band)}*, ${brief.total} points. ${scoresInWords(brief.scores)}`),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields: fields.slice(0, 10) }]),
      ...(reasons === '' ? [] : [{ type: 'divider' }, section(`*Why now*\n${reasons}`)]),
      ...(timeline === '' ? [] : [section(`*What they did*\n${timeline}`)]),
      ...footer(record, links, 'Open the lead'),
    ],
  };
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
