import { ANSWER_WORDS, type AnswerWords } from '../../core/handoff/in-words.ts';
import { variantFor } from '../../core/nurture/locale.ts';

/** What the pages behind the buttons in messages to sales say, in one language; reasons are what handoff.yaml calls them. */
export interface HandoffTexts {
  /** As `lang` of a page says it. */
  readonly language: string;
  /** In which instants are written. */
  readonly locale: string;
  readonly answers: AnswerWords;
  readonly aLead: string;
  readonly anAccount: string;
  readonly points: (band: string, points: number) => string;
  readonly people: (count: number, band: string | null) => string;
  readonly take: string;
  readonly notNow: string;
  readonly whyNot: string;
  readonly notAFit: string;
  readonly won: string;
  readonly lostFor: string;
  readonly lost: string;
  readonly brokenTitle: string;
  readonly broken: string;
  readonly expiredTitle: string;
  readonly expired: string;
  readonly goneTitle: string;
  readonly gone: string;
}

const en: HandoffTexts = {
  language: 'en',
  locale: 'en-GB',
  answers: ANSWER_WORDS,
  aLead: 'A lead without a name',
  anAccount: 'An account',
  points: (band, points) => `${band}, ${points} points`,
  people: (count, band) => `${count} ${count === 1 ? 'person' : 'people'}${band === null ? '' : `, ${band}`}`,
  take: 'I take it',
  notNow: 'Not now: back to nurture',
  whyNot: 'Why is it not a fit?',
  notAFit: 'Not a fit',
  won: 'The deal is won',
  lostFor: 'What was it lost for? (may be left empty)',
  lost: 'The deal is lost',
  brokenTitle: 'This link does not work',
  broken: 'It is incomplete or was changed on its way. Please open it again from the message.',
  expiredTitle: 'This link has expired',
  expired: 'It worked for 120 days. The handoff is in the console.',
  goneTitle: 'This handoff is gone',
  gone: 'Whoever it was about is no longer in our records.',
};

const sv: HandoffTexts = {
  language: 'sv',
  locale: 'sv-SE',
  answers: {
    won: (by, at) => `Vunnen, säger ${by}, ${at}.`,
    lost: (by, at) => `Förlorad, säger ${by}, ${at}.`,
    merged: 'Stängd: samma person har en annan överlämning.',
    open: 'Ingen har svarat än.',
    closed: 'Den stängdes.',
    took: (by, at) => `${by} tog den, ${at}.`,
    notNow: (by, at) => `Inte nu, säger ${by}, ${at}.`,
    notAFit: (why, by, at) => `Passar inte${why === '' ? '' : ` (${why})`}, säger ${by}, ${at}.`,
  },
  aLead: 'Någon utan namn',
  anAccount: 'Ett företag',
  points: (band, points) => `${band}, ${points} poäng`,
  people: (count, band) =>
    `${count} ${count === 1 ? 'person' : 'personer'}${band === null ? '' : `, ${band}`}`,
  take: 'Jag tar den',
  notNow: 'Inte nu: vi fortsätter skriva',
  whyNot: 'Varför passar det inte?',
  notAFit: 'Passar inte',
  won: 'Affären är vunnen',
  lostFor: 'Varför förlorades den? (kan lämnas tomt)',
  lost: 'Affären är förlorad',
  brokenTitle: 'Länken fungerar inte',
  broken: 'Den är ofullständig eller har ändrats på vägen. Öppna den igen från meddelandet.',
  expiredTitle: 'Länken har gått ut',
  expired: 'Den fungerade i 120 dagar. Överlämningen finns i konsolen.',
  goneTitle: 'Överlämningen finns inte längre',
  gone: 'Den som det gällde finns inte kvar hos oss.',
};

const TEXTS: Readonly<Record<string, HandoffTexts>> = { en, sv };

/**
 * The texts in the first of these languages that there are texts in; English where there are none.
 * @example handoffTextsFor(['fi', 'sv-SE']).language // 'sv'
 */
export const handoffTextsFor = (languages: readonly string[]): HandoffTexts => {
  const found = languages.map((each) => variantFor(Object.keys(TEXTS), each)).find((each) => each !== null);
  return TEXTS[found ?? 'en'] ?? en;
};
