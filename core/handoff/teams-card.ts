import type { AccountHandoff } from '../accounts/account-handoff.ts';
import type { Ask } from './answer-link.ts';
import type { ScoreInBrief } from './brief.ts';
import type { HandoffRecord } from './handoff.ts';
import { askedInWords } from './asked-in-words.ts';
import { cut, shown } from './shown.ts';
import { prefixOf } from './slack.ts';

/** What a Workflows address of Microsoft Teams takes: one Adaptive Card. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly object[];
}

/** Where the card's buttons lead. */
export interface TeamsLinks {
  readonly page: string;
  /** Where it is answered on a page. */
  readonly answer: (ask: Ask) => string;
  /** How to write an instant. */
  readonly at: (instant: number) => string;
}

/** Teams refuses messages above 28 kB. */
const LONGEST = 300;

/** One line, of a length that a card bears, with the space that parts it from its neighbours; `{{DATE(…)}}` is all that a text run would take for more than text. */
const line = (text: string): string => {
  const [before, after] = [/^ ?/.exec(text)?.[0] ?? '', / ?$/.exec(text)?.[0] ?? ''];
  return `${before}${cut(shown(text), LONGEST).replaceAll('{{', '{\u200B{')}${after}`;
};

/** A text run knows no Markdown, unlike a text block and a fact: what strangers wrote stays text. */
const run = (text: string, more: object = {}): object => ({ type: 'TextRun', text: line(text), ...more });
const rich = (runs: readonly object[], more: object = {}): object => ({
  type: 'RichTextBlock',
  inlines: runs,
  ...more,
});
const fact = (label: string, value: string | null): object[] =>
  value === null || value === ''
    ? []
    : [rich([run(`${label}: `, { isSubtle: true }), run(value)], { spacing: 'None' })];
const heading = (text: string): object => rich([run(text, { weight: 'Bolder' })], { spacing: 'Medium' });

const why = (record: Pick<HandoffRecord, 'asked' | 'state'>): object[] => {
  const words = askedInWords(record);
  return words === null ? [] : [rich([run(words, { weight: 'Bolder' })], { spacing: 'Small' })];
};

const scores = (all: readonly ScoreInBrief[]): string =>
  all.map(({ name, points }) => `${name} ${points}`).join(' · ');

const card = (body: readonly object[], actions: readonly object[]): TeamsMessage => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        msteams: { width: 'Full' },
        body,
        actions,
      },
    },
  ],
});

const open = (title: string, url: string): object => ({ type: 'Action.OpenUrl', title, url });
const buttons = ({ page, answer }: TeamsLinks, openText: string): object[] => [
  open('Accept', answer('accepted')),
  open('Not now', answer('not-now')),
  open('Not a fit', answer('not-a-fit')),
  open(openText, page),
];

/** A handoff as sales reads it in Microsoft Teams; its buttons are links to the page that asks again. */
export const handoffCard = (record: HandoffRecord, links: TeamsLinks): TeamsMessage => {
  const { brief, owner } = record;
  const who = brief.name ?? brief.email ?? 'A lead';
  return card(
    [
      rich([run(`${prefixOf(record)}${who}`, { size: 'Large', weight: 'Bolder' })]),
      ...why(record),
      rich([run(`${brief.band}, ${brief.total} points. ${scores(brief.scores)}`)], { spacing: 'Small' }),
      ...fact('Company', brief.company),
      ...fact('Title', brief.title),
      ...fact('E-mail', brief.email),
      ...fact('Phone', brief.phone),
      ...fact('Country', brief.country),
      ...fact('Interested in', brief.products.join(', ')),
      ...fact('For', owner.name),
      ...(brief.reasons.length === 0 ? [] : [heading('Why now')]),
      ...brief.reasons.map(({ sentence }) => rich([run(`• ${sentence}`)], { spacing: 'None' })),
      ...(brief.timeline.length === 0 ? [] : [heading('What they did')]),
      ...brief.timeline.map(({ at, text }) =>
        rich([run(`${links.at(at)}: `, { isSubtle: true }), run(text)], { spacing: 'None' }),
      ),
    ],
    buttons(links, 'Open the lead'),
  );
};

/** The same for an account. */
export const accountCard = (record: AccountHandoff, links: TeamsLinks): TeamsMessage => {
  const { brief, owner } = record;
  const count = brief.people.length + brief.more;
  return card(
    [
      rich([run(`${prefixOf(record)}${brief.name}`, { size: 'Large', weight: 'Bolder' })]),
      ...why(record),
      rich([run(`${count} ${count === 1 ? 'person' : 'people'}. ${scores(brief.numbers)}`)], {
        spacing: 'Small',
      }),
      ...fact('Industry', brief.industry),
      ...fact('Employees', brief.employees),
      ...fact('Country', brief.country),
      ...fact('Interested in', brief.products.map(({ name }) => name).join(', ')),
      ...fact('For', owner.name),
      ...(brief.people.length === 0 ? [] : [heading('Who')]),
      ...brief.people.map((person) =>
        rich(
          [
            run(
              `• ${[person.name ?? person.email ?? 'Somebody without a name', person.title].filter(Boolean).join(', ')}`,
            ),
            run(` ${person.total} points${person.reason === null ? '' : `. ${person.reason}`}`, {
              isSubtle: true,
            }),
          ],
          { spacing: 'None' },
        ),
      ),
    ],
    buttons(links, 'Open the account'),
  );
};

/** What a journey tells a team of a lead. */
export const noteCard = (note: Note, page: string): TeamsMessage =>
  card(
    [
      rich([run(note.text, { weight: 'Bolder' })]),
      ...fact('Lead', note.name ?? note.email),
      ...(note.name === null ? [] : fact('E-mail', note.email)),
      ...fact('Company', note.company),
      ...fact('Stands at', note.band),
    ],
    [open('Open the lead', page)],
  );

/** What a journey tells a team of a lead. */
export interface Note {
  /** As the journey's file says it. */
  readonly text: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly company: string | null;
  readonly band: string | null;
}
