import type { Preferences } from '../../core/nurture/suppression.ts';
import type { Topics } from '../../core/schema/mail-settings.ts';

/** The pages behind the links in our mails: plain, without scripts, readable on a phone and without sight. */

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
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

/** Asks; only its button acts. @param topic what the mail was about, as people read it; null: everything */
export const askPage = (topic: string | null): string =>
  page(
    'Stop these mails?',
    topic === null
      ? `<p>We will send no more mails to your address. It takes effect at once.</p>
${button('unsubscribe', 'Unsubscribe')}`
      : `<p>We will send you no more mails about “${escape(topic)}”. It takes effect at once.</p>
${button('unsubscribe', 'Unsubscribe')}
${button('all', 'Stop all mails', true)}`,
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
export const choicePage = (choice: Choice): string => {
  const { about, topics, preferences } = choice;
  if (preferences.all !== null && preferences.all !== 'unsubscribed')
    return page(
      'You get no mails from us',
      preferences.all === 'bounced'
        ? '<p>Mails to your address came back, so we stopped sending any.</p>'
        : '<p>You told your mail program that our mails are unwanted, so we stopped sending any.</p>',
    );
  if (about === null) return page('Which mails do you want?', formOf(choice));
  return page(
    'Stop these mails?',
    `<p>We will send you no more mails about “${escape(topics[about] ?? about)}”. It takes effect at once.</p>
${button('unsubscribe', 'Unsubscribe')}
${formOf(choice, 'Or choose what we write to you about:')}`,
  );
};

const formOf = ({ topics, preferences, stamp }: Choice, legend = 'Write to me about:'): string => {
  const none = preferences.all === 'unsubscribed';
  const boxes = Object.entries(topics).map(
    ([topic, label]) =>
      `<label><input type="checkbox" name="topic" value="${escape(topic)}"${none || preferences.off.includes(topic) ? '' : ' checked'}> ${escape(label)}</label>`,
  );
  return `<form method="post"><input type="hidden" name="confirm" value="topics"><input type="hidden" name="stamp" value="${stamp}">
<fieldset><legend>${legend}</legend>
${boxes.join('\n')}
</fieldset>
<button type="submit">Save</button></form>
${none ? '<p>At the moment you get no mails at all.</p>' : button('all', 'Stop all mails', true)}`;
};

/** An old form, sent again: it changed nothing. */
export const stalePage = (choice: Choice): string =>
  page(
    'This has changed meanwhile',
    `<p>Nothing was saved: the page that you sent is older than your last choice. This is what holds now.</p>
${formOf(choice)}`,
  );

/** @param labels of the topics that stay */
export const savedPage = (labels: readonly string[]): string =>
  page(
    'Saved',
    labels.length === 0
      ? '<p>We will not write to you about any of these topics. You can close this page.</p>'
      : `<p>We will write to you about: ${labels.map((label) => `“${escape(label)}”`).join(', ')}. You can close this page.</p>`,
  );

/** @param topic what was called off, as people read it; null: everything */
export const donePage = (topic: string | null): string =>
  page(
    'You are unsubscribed',
    topic === null
      ? '<p>We will send no more mails to your address. You can close this page.</p>'
      : `<p>We will send you no more mails about “${escape(topic)}”. You can close this page.</p>`,
  );

export const brokenPage = page(
  'This link does not work',
  '<p>It is incomplete or was changed on its way. Please open it again from the mail, or use the unsubscribe button of your mail program.</p>',
);
