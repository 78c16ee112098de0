import type { Preferences } from '../../core/nurture/suppression.ts';
import type { Topics } from '../../core/schema/mail-settings.ts';
import type { Texts } from './page-texts.ts';

/** The pages behind the links in our mails: plain, without scripts, readable on a phone and without sight. */

const page = ({ language }: Texts, title: string, body: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; box-sizing: border-box;
    font: 1rem/1.6 system-ui, sans-serif; background: #f6f5f3; color: #24211e; }
  main { max-width: 28rem; background: #fff; padding: 2rem; border-radius: .75rem; border: 1px solid #e4e0da; }
  h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .75rem; }
  p { margin: 0 0 1rem; }
  main > :last-child, main > :last-child > :last-child { margin-bottom: 0; }
  fieldset { border: 0; margin: 0 0 1.25rem; padding: 0; }
  legend { padding: 0; margin-bottom: .5rem; }
  label { display: flex; gap: .75rem; align-items: baseline; padding: .5rem 0; cursor: pointer; }
  input[type=checkbox] { inline-size: 1.125rem; block-size: 1.125rem; accent-color: #b5440f; flex: none; }
  button { font: inherit; font-weight: 600; padding: .625rem 1.25rem; border: 0; border-radius: .5rem;
    background: #b5440f; color: #fff; cursor: pointer; }
  button.quiet { background: none; color: inherit; font-weight: 400; padding: .625rem 0; text-decoration: underline; }
  button:focus-visible, input:focus-visible { outline: 3px solid #e9a07c; outline-offset: 2px; }
  form + form { margin-top: .75rem; border-top: 1px solid #e4e0da; padding-top: .75rem; }
  @media (prefers-color-scheme: dark) {
    body { background: #1b1917; color: #efece8; }
    main { background: #262320; border-color: #3a3632; }
    form + form { border-color: #3a3632; }
    input[type=checkbox] { accent-color: #e9a07c; }
  }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

const button = (confirm: string, label: string, quiet = false): string =>
  `<form method="post"><input type="hidden" name="confirm" value="${confirm}"><button type="submit"${quiet ? ' class="quiet"' : ''}>${label}</button></form>`;

const paragraph = (text: string): string => `<p>${escape(text)}</p>`;

/** Asks; only its button acts. @param topic what the mail was about, as people read it; null: everything */
export const askPage = (texts: Texts, topic: string | null): string =>
  page(
    texts,
    texts.stopTheseMails,
    topic === null
      ? `${paragraph(texts.willStopAll)}
${button('unsubscribe', texts.unsubscribe)}`
      : `${paragraph(texts.willStop(topic))}
${button('unsubscribe', texts.unsubscribe)}
${button('all', texts.stopAllMails, true)}`,
  );

export interface Choice {
  readonly topics: Topics;
  readonly preferences: Preferences;
  /** Of what the form was made from. */
  readonly stamp: string;
  /** The topic that the person came to call off; null: they came to choose. */
  readonly about: string | null;
}

/** What mails are about, each to be kept or called off; only its buttons act. */
export const choicePage = (texts: Texts, choice: Choice): string => {
  const { about, topics, preferences } = choice;
  if (preferences.all !== null && preferences.all !== 'unsubscribed')
    return page(
      texts,
      texts.youGetNone,
      paragraph(preferences.all === 'bounced' ? texts.bounced : texts.complained),
    );
  if (about === null) return page(texts, texts.whichMails, formOf(texts, choice));
  return page(
    texts,
    texts.stopTheseMails,
    `${paragraph(texts.willStop(topics[about] ?? about))}
${button('unsubscribe', texts.unsubscribe)}
${formOf(texts, choice, texts.orChoose)}`,
  );
};

const formOf = (texts: Texts, { topics, preferences, stamp }: Choice, legend = texts.writeToMe): string => {
  const none = preferences.all === 'unsubscribed';
  const boxes = Object.entries(topics).map(
    ([topic, label]) =>
      `<label><input type="checkbox" name="topic" value="${escape(topic)}"${none || preferences.off.includes(topic) ? '' : ' checked'}> ${escape(label)}</label>`,
  );
  return `<form method="post"><input type="hidden" name="confirm" value="topics"><input type="hidden" name="stamp" value="${stamp}">
<fieldset><legend>${legend}</legend>
${boxes.join('\n')}
</fieldset>
<button type="submit">${texts.save}</button></form>
${none ? paragraph(texts.noneAtAll) : button('all', texts.stopAllMails, true)}`;
};

/** An old form, sent again: it changed nothing. */
export const stalePage = (texts: Texts, choice: Choice): string =>
  page(texts, texts.changedMeanwhile, `${paragraph(texts.nothingSaved)}\n${formOf(texts, choice)}`);

/** @param labels of the topics that stay */
export const savedPage = (texts: Texts, labels: readonly string[]): string =>
  page(
    texts,
    texts.saved,
    paragraph(
      labels.length === 0
        ? texts.savedNone
        : texts.savedTopics(labels.map((label) => `“${label}”`).join(', ')),
    ),
  );

/** @param topic what was called off, as people read it; null: everything */
export const donePage = (texts: Texts, topic: string | null): string =>
  page(texts, texts.unsubscribed, paragraph(topic === null ? texts.stoppedAll : texts.stopped(topic)));

/** For a person whose data was erased. */
export const nobodyPage = (texts: Texts): string => page(texts, texts.youGetNone, paragraph(texts.nobody));

export const brokenPage = (texts: Texts): string => page(texts, texts.brokenTitle, paragraph(texts.broken));
