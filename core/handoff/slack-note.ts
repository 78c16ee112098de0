import type { SlackMessage } from './slack.ts';
import { cutEscaped, field, header, LONGEST_TEXT, plain, section, slackText } from './slack-text.ts';
import { shown } from './shown.ts';
import type { Note } from './teams-card.ts';

/** What a journey tells a team of a lead, in Slack. @param page the lead's */
export const noteMessage = ({ text, name, email, company, band }: Note, page: string): SlackMessage => {
  const who = shown(name ?? '') || shown(email ?? '') || 'A lead';
  const fields = [
    ...field('Company', company),
    ...(name === null ? [] : field('E-mail', email)),
    ...field('Stands at', band),
  ];
  return {
    text: cutEscaped(slackText(`${who}: ${text}`), LONGEST_TEXT),
    blocks: [
      header(who),
      ...(slackText(text) === '' ? [] : [section(slackText(text))]),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            text: plain('Open the lead'),
            url: page,
            action_id: 'open',
          },
        ],
      },
    ],
  };
};
