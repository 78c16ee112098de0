import type { AccountHandoff, PersonInBrief } from './account-handoff.ts';
import {
  footer,
  prefixOf,
  scoresInWords,
  type SlackLinks,
  type SlackMessage,
  why,
} from '../handoff/slack.ts';
import { cutEscaped, field, header, lines, LONGEST_TEXT, section, slackText } from '../handoff/slack-text.ts';

/** The handoff of an account as sales reads it in Slack. */
export const accountHandoffMessage = (record: AccountHandoff, links: SlackLinks): SlackMessage => {
  const { brief, owner } = record;
  const { name, band, people, more, products } = brief;
  const count = people.length + more;
  const many = `${count} ${count === 1 ? 'person' : 'people'}`;
  const ready = `${many}${band === null ? '' : `, ${band}`}`;
  const fields = [
    ...field('Industry', brief.industry),
    ...field('Employees', brief.employees),
    ...field('Country', brief.country),
    ...field(
      'Interested in',
      products.length === 0 ? null : products.map((each) => `${each.name} (${each.points})`).join(', '),
    ),
    ...field('For', owner.name),
  ];
  const rest = more === 0 ? [] : [`… and ${more} more`];
  return {
    text: cutEscaped(slackText(`${prefixOf(record)}${name} is ready for sales: ${ready}`), LONGEST_TEXT),
    blocks: [
      header(`🔥 ${prefixOf(record)}${name}`),
      ...why(record),
      section(
        [band === null ? '' : `*${slackText(band)}*`, many, scoresInWords(brief.numbers)]
          .filter((part) => part !== '')
          .join(' · '),
      ),
      { type: 'section', fields: fields.slice(0, 10) },
      ...(people.length === 0
        ? []
        : [{ type: 'divider' }, section(`*Who*\n${[lines(people.map(inLine)), ...rest].join('\n')}`)]),
      ...footer(record, links, 'Open the account'),
    ],
  };
};

/** @example 'Kim Berg, CTO (warm, 48 points: fit 20 · engagement 28). Looked at pricing 3 times: 24 points' */
const inLine = ({ name, email, title, band, total, scores, reason }: PersonInBrief): string => {
  const who = slackText([name ?? email ?? 'Somebody without a name', title].filter(Boolean).join(', '));
  const why = reason === null ? '' : `. ${slackText(reason)}`;
  return `${who} (${slackText(band)}, ${total} points: ${scoresInWords(scores)})${why}`;
};
