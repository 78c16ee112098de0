import type { HandoffRecord, ScoreInBrief } from './handoff.ts';

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

/** The one button of a handoff. */
export const openButton = (text: string, url: string): object => ({
  type: 'actions',
  elements: [
    { type: 'button', text: { type: 'plain_text', text }, url, style: 'primary', action_id: 'open' },
  ],
});

/** A handoff as sales reads it in Slack. @param leadUrl the lead's page; @param at how to write an instant */
export const handoffMessage = (
  { brief, owner }: HandoffRecord,
  leadUrl: string,
  at: (instant: number) => string,
): SlackMessage => {
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
  const timeline = brief.timeline.map((line) => `• ${at(line.at)}: ${slackText(line.text)}`).join('\n');
  return {
    text: slackText(`${who} is ready for sales: ${standing}`),
    blocks: [
      // plain_text: nothing in it is markup.
      { type: 'header', text: { type: 'plain_text', text: cut(`🔥 ${who}`, LONGEST_HEADER), emoji: true } },
      section(`*${slackText(brief.band)}*, ${brief.total} points. ${scoresInWords(brief.scores)}`),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields: fields.slice(0, 10) }]),
      ...(reasons === '' ? [] : [{ type: 'divider' }, section(`*Why now*\n${reasons}`)]),
      ...(timeline === '' ? [] : [section(`*What they did*\n${timeline}`)]),
      openButton('Open the lead', leadUrl),
    ],
  };
};

/** @example 'fit 20 · product 24 (planner 24, insights 10)' */
export const scoresInWords = (scores: readonly ScoreInBrief[]): string =>
  scores
    .map(({ name, points, keys = [] }) => {
      const of = keys.map((key) => `${slackText(key.name)} ${key.points}`).join(', ');
      return `${slackText(name)} ${points}${of === '' ? '' : ` (${of})`}`;
    })
    .join(' · ');
