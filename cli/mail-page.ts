import type { Preview } from '../core/mail/preview.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

export interface Viewed {
  /** The person that it is filled in for. */
  readonly who: string;
  readonly view: Preview;
}

/** One page with mails as their readers get them: subject, HTML wide and narrow, plain text. Frames run no scripts. */
export const previewPage = (title: string, mails: readonly Viewed[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
  article { margin: 0 0 3rem; }
  h1 { font-size: 1.25rem; } h2 { font-size: 1.125rem; margin: 0; } p { margin: .25rem 0 1rem; opacity: .75; }
  .frames { display: flex; gap: 1.5rem; align-items: start; flex-wrap: wrap; }
  iframe { border: 1px solid #8886; border-radius: .5rem; height: 44rem; background: #fff; }
  .wide { width: 40rem; max-width: 100%; } .narrow { width: 23.5rem; max-width: 100%; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 40rem; padding: 1rem; border: 1px solid #8886; border-radius: .5rem; }
</style>
</head>
<body>
<h1>${escape(title)}</h1>
${mails.map(article).join('\n')}
</body>
</html>
`;

const article = ({ who, view }: Viewed): string => {
  const { name, locale, subject, preheader, html, text, forSales } = view;
  const variant = locale === null ? '' : `, ${locale}`;
  const reader = forSales ? 'to sales, about somebody made up' : `for ${who}`;
  const frame = (size: string): string =>
    `<iframe class="${size}" sandbox title="${escape(`${name}, ${size}`)}" srcdoc="${escape(html)}"></iframe>`;
  return `<article>
<h2>${escape(subject)}</h2>
<p>${escape(`${name}${variant}, ${reader}${preheader === '' ? '' : ` · ${preheader}`}`)}</p>
<div class="frames">${frame('wide')}${frame('narrow')}</div>
<details><summary>Plain text</summary><pre>${escape(text)}</pre></details>
</article>`;
};
