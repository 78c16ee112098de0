import type { HandoffTexts } from './page-texts.ts';

/** The pages behind the buttons in messages to sales: plain, without scripts, readable on a phone. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text as text, in elements and in quoted attributes. */
const text = (value: string): string => value.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);

const page = (language: string, title: string, body: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; --line: #e4e0da; --quiet: #6b645c; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; box-sizing: border-box;
    font: 1rem/1.6 system-ui, sans-serif; background: #f6f5f3; color: #24211e; }
  main { inline-size: min(26rem, 100%); box-sizing: border-box; background: #fff; padding: 2rem; border-radius: .75rem;
    border: 1px solid var(--line); overflow-wrap: anywhere; }
  h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .25rem; }
  p { margin: 0 0 1rem; }
  .about, .hint { color: var(--quiet); }
  .about { margin-bottom: .25rem; }
  .standing { font-weight: 600; color: #b5440f; margin-bottom: 1.5rem; }
  .said { border-left: 3px solid #e9c3ae; padding-left: .75rem; margin-bottom: 0; }
  form { margin: 0 0 .75rem; }
  form:last-child { margin-bottom: 0; }
  form.reason { border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 1rem; }
  form.wanted button { outline: 3px solid #e9a07c; outline-offset: 2px; }
  label { display: block; font-size: .875rem; color: var(--quiet); margin-bottom: .375rem; }
  select, input { font: inherit; inline-size: 100%; box-sizing: border-box; padding: .625rem; margin-bottom: .75rem;
    border: 1px solid #b9b2a8; border-radius: .5rem; background: inherit; color: inherit; }
  button { font: inherit; font-weight: 600; inline-size: 100%; padding: .75rem 1.25rem; border-radius: .5rem;
    border: 1px solid #b5440f; background: none; color: inherit; cursor: pointer; }
  button.main { background: #b5440f; color: #fff; }
  button:focus-visible, select:focus-visible, input:focus-visible { outline: 3px solid #e9a07c; outline-offset: 2px; }
  @media (prefers-color-scheme: dark) {
    :root { --line: #3a3632; --quiet: #a8a098; }
    body { background: #1b1917; color: #efece8; }
    main { background: #262320; }
    .standing { color: #e9a07c; }
  }
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

/** What the page says and asks. */
export interface Confirm {
  readonly name: string;
  readonly about: string;
  readonly standing: string;
  readonly state: 'open' | 'accepted' | 'closed';
  /** Whether it is known how the deal ended. */
  readonly ended: boolean;
  /** What became of it, in words. */
  readonly said: string;
  /** By key, as people read them. */
  readonly reasons: Readonly<Record<string, string>>;
  /** The button that brought somebody here. */
  readonly wanted: string;
}

const button = (answer: string, label: string, isMain: boolean, wanted: string): string =>
  `<form method="post"${answer === wanted ? ' class="wanted"' : ''}><input type="hidden" name="answer" value="${answer}"><button type="submit"${isMain ? ' class="main"' : ''}>${label}</button></form>`;

/** Who it is, what became of it, and what can be answered still. */
export const confirmPage = (
  texts: HandoffTexts,
  { name, about, standing, state, ended, said, reasons, wanted }: Confirm,
): string => {
  const head = `<h1>${text(name)}</h1>
${about === '' ? '' : `<p class="about">${text(about)}</p>\n`}<p class="standing">${text(standing)}</p>`;
  const options = Object.entries(reasons)
    .map(([key, label]) => `<option value="${text(key)}">${text(label)}</option>`)
    .join('');
  const ask = `${button('accepted', texts.take, true, wanted)}
${button('not-now', texts.notNow, false, wanted)}
<form method="post" class="reason${wanted === 'not-a-fit' ? ' wanted' : ''}"><input type="hidden" name="answer" value="not-a-fit"><label for="reason">${texts.whyNot}</label><select id="reason" name="reason">${options}</select><button type="submit">${texts.notAFit}</button></form>`;
  const outcome = `<p class="said">${text(said)}</p>`;
  const close = `<p></p>
${button('won', texts.won, true, wanted)}
<form method="post" class="reason"><input type="hidden" name="answer" value="lost"><label for="reason">${texts.lostFor}</label><input id="reason" name="reason" maxlength="200" autocomplete="off"><button type="submit">${texts.lost}</button></form>`;
  const body = state === 'open' ? ask : state === 'accepted' && !ended ? `${outcome}\n${close}` : outcome;
  return page(texts.language, text(name), `${head}\n${body}`);
};

const only = (language: string, title: string, what: string): string =>
  page(language, title, `<h1>${title}</h1>\n<p>${what}</p>`);

export const brokenPage = ({ language, brokenTitle, broken }: HandoffTexts): string =>
  only(language, brokenTitle, broken);
export const expiredPage = ({ language, expiredTitle, expired }: HandoffTexts): string =>
  only(language, expiredTitle, expired);
export const gonePage = ({ language, goneTitle, gone }: HandoffTexts): string =>
  only(language, goneTitle, gone);
