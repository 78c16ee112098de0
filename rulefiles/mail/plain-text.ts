import { convert } from 'html-to-text';

import type { JsonObject } from '../../core/json.ts';
import { render } from '../../core/mail/render.ts';
import type { Email } from '../../core/schema/email.ts';

/** The same mail for readers of plain text; Liquid passes through, unwrapped so that no tag breaks. */
export function plainText(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'div[style^="display:none"]', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'h2', options: { uppercase: false } },
    ],
  });
}

const HREF = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
const unescaped = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/** What is wrong with the plain text of a mail that is filled in with these values. */
export function plainTextProblems(email: Email, variables: JsonObject): string[] {
  const { html, text, subject } = render(email, variables);
  const problems: string[] = [];
  if (text === '') problems.push('its plain text is empty: readers without HTML would get nothing');
  if (/\{\{|\{%|%\}|\}\}/.test(text) || /\{\{|\{%/.test(subject))
    problems.push('Liquid is left in what readers would get');
  if (/<\/?[a-z][^>]*>/i.test(text)) problems.push('HTML is left in its plain text');
  const links = [...html.matchAll(HREF)].map(([, double, single]) => unescaped(double ?? single ?? ''));
  for (const link of new Set(links))
    if (/^(https?:|mailto:)/i.test(link) && !text.includes(link.replace(/^mailto:/i, '')))
      problems.push(`its plain text has lost the link ${link}`);
  return problems;
}
