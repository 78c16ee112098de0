import { cut, field, LONGEST_HEADER, section, slackText, type SlackMessage } from './slack.ts';
import type { Note } from './teams-card.ts';

/** What a journey tells a team of a lead, in Slack. @param page the lead's */
export const noteMessage = ({ text, name, email, company, band }: Note, page: string): SlackMessage => {
  const who = name ?? email ?? 'A lead';
  const fields = [
    ...field('Company', company),
    ...(name === null ? [] : field('E-mail', email)),
    ...field('Stands at', band),
  ];
  return {
    text: cut(slackText(`${who}: ${text}`), 2_900),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(who, LONGEST_HEADER), emoji: true } },
      section(slackText(text)),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            text: { type: 'plain_text', text: 'Open the lead' },
            url: page,
            action_id: 'open',
          },
        ],
      },
    ],
  };
};
