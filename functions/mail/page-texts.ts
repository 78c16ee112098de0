import { variantFor } from '../../core/nurture/locale.ts';

/** What the pages behind our mails' links say, in one language; topics are what settings.yaml calls them. */
export interface Texts {
  /** As `lang` of a page says it. */
  readonly language: string;
  readonly stopTheseMails: string;
  readonly willStopAll: string;
  readonly willStop: (topic: string) => string;
  readonly unsubscribe: string;
  readonly stopAllMails: string;
  readonly whichMails: string;
  readonly orChoose: string;
  readonly writeToMe: string;
  readonly save: string;
  readonly noneAtAll: string;
  readonly youGetNone: string;
  readonly bounced: string;
  readonly complained: string;
  readonly changedMeanwhile: string;
  readonly nothingSaved: string;
  readonly saved: string;
  readonly savedNone: string;
  /** @param topics each in quotes */
  readonly savedTopics: (topics: string) => string;
  readonly unsubscribed: string;
  readonly stoppedAll: string;
  readonly stopped: (topic: string) => string;
  readonly brokenTitle: string;
  readonly broken: string;
  readonly nobody: string;
}

const en: Texts = {
  language: 'en',
  stopTheseMails: 'Stop these mails?',
  willStopAll: 'We will send no more mails to your address. It takes effect at once.',
  willStop: (topic) => `We will send you no more mails about “${topic}”. It takes effect at once.`,
  unsubscribe: 'Unsubscribe',
  stopAllMails: 'Stop all mails',
  whichMails: 'Which mails do you want?',
  orChoose: 'Or choose what we write to you about:',
  writeToMe: 'Write to me about:',
  save: 'Save',
  noneAtAll: 'At the moment you get no mails at all.',
  youGetNone: 'You get no mails from us',
  bounced: 'Mails to your address came back, so we stopped sending any.',
  complained: 'You told your mail program that our mails are unwanted, so we stopped sending any.',
  changedMeanwhile: 'This has changed meanwhile',
  nothingSaved:
    'Nothing was saved: the page that you sent is older than your last choice. This is what holds now.',
  saved: 'Saved',
  savedNone: 'We will not write to you about any of these topics. You can close this page.',
  savedTopics: (topics) => `We will write to you about: ${topics}. You can close this page.`,
  unsubscribed: 'You are unsubscribed',
  stoppedAll: 'We will send no more mails to your address. You can close this page.',
  stopped: (topic) => `We will send you no more mails about “${topic}”. You can close this page.`,
  brokenTitle: 'This link does not work',
  broken:
    'It is incomplete or was changed on its way. Please open it again from the mail, or use the unsubscribe button of your mail program.',
  nobody: 'We keep nothing about you any more, so we write to you no more. You can close this page.',
};

const sv: Texts = {
  language: 'sv',
  stopTheseMails: 'Vill du slippa de här mejlen?',
  willStopAll: 'Vi skickar inga fler mejl till din adress. Det gäller genast.',
  willStop: (topic) => `Vi skickar inga fler mejl till dig om ”${topic}”. Det gäller genast.`,
  unsubscribe: 'Avregistrera',
  stopAllMails: 'Stoppa alla mejl',
  whichMails: 'Vilka mejl vill du ha?',
  orChoose: 'Eller välj vad vi skriver till dig om:',
  writeToMe: 'Skriv till mig om:',
  save: 'Spara',
  noneAtAll: 'Just nu får du inga mejl alls.',
  youGetNone: 'Du får inga mejl från oss',
  bounced: 'Mejl till din adress kom tillbaka, så vi har slutat att skicka.',
  complained: 'Du har sagt till ditt mejlprogram att våra mejl är oönskade, så vi har slutat att skicka.',
  changedMeanwhile: 'Det här har ändrats under tiden',
  nothingSaved: 'Inget sparades: sidan som du skickade är äldre än ditt senaste val. Det här gäller nu.',
  saved: 'Sparat',
  savedNone: 'Vi skriver inte till dig om något av detta. Du kan stänga sidan.',
  savedTopics: (topics) => `Vi skriver till dig om: ${topics}. Du kan stänga sidan.`,
  unsubscribed: 'Du är avregistrerad',
  stoppedAll: 'Vi skickar inga fler mejl till din adress. Du kan stänga sidan.',
  stopped: (topic) => `Vi skickar inga fler mejl till dig om ”${topic}”. Du kan stänga sidan.`,
  brokenTitle: 'Länken fungerar inte',
  broken:
    'Den är ofullständig eller har ändrats på vägen. Öppna den igen från mejlet, eller använd ditt mejlprograms knapp för att avregistrera.',
  nobody: 'Vi har inga uppgifter om dig längre, så vi skriver inte till dig. Du kan stänga sidan.',
};

const TEXTS: Readonly<Record<string, Texts>> = { en, sv };

/**
 * The texts in the first of these languages that there are texts in; English where there are none.
 * @param locales the lead's, then those that its browser asks for
 * @example textsFor(['fi', 'sv-SE']).language // 'sv'
 */
export const textsFor = (locales: readonly (string | null)[]): Texts => {
  const found = locales.map((locale) => variantFor(Object.keys(TEXTS), locale)).find((each) => each !== null);
  return TEXTS[found ?? 'en'] ?? en;
};

/** What `Accept-Language` asks for, the most wanted first. @example languagesOf('da, en;q=0.5') // ['da', 'en'] */
export const languagesOf = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(',', 10)
    .map((each) => {
      const [language = '', ...rest] = each.split(';').map((part) => part.trim());
      const weight = Number(rest.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
      return { language, weight: Number.isNaN(weight) ? 0 : weight };
    })
    .filter(({ language, weight }) => language !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ language }) => language);
