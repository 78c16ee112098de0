import type { Liquid } from 'liquidjs';
import type { Email } from '../schema/email.ts';
import { openLiquid } from './liquid.ts';

/** A mail as its reader gets it. */
export interface RenderedMail {
  readonly subject: string;
  /** What mailboxes show after the subject. */
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}

/** Templates come from the ruleset, values from strangers: bounded in memory and time, own properties only. */
const LIMITS = {
  ownPropertyOnly: true,
  strictFilters: true,
  // A lead without a first name still gets its mail: what a template may name is checked when rules load.
  strictVariables: false,
  memoryLimit: 2_000_000,
  renderLimit: 1_000,
  parseLimit: 1_000_000,
  cache: false,
} as const;

type Variables = Readonly<Record<string, unknown>>;
type Fill = (template: string, variables: Variables) => string;

const filler =
  (liquid: Liquid): Fill =>
  (template, variables) =>
    String(liquid.parseAndRenderSync(template, { ...variables }));

const inHtml = filler(openLiquid({ ...LIMITS, outputEscape: 'escape' }));
const inText = filler(openLiquid(LIMITS));

const ALLOWED_SCHEME = /^(?:https?:\/\/|mailto:)/i;
const LINK_ATTRIBUTE = /^(?:href|src|background|action)$/i;
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

const unescaped = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, hex: string) => codePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,7});?/g, (_, digits: string) => codePoint(Number(digits)))
    .replace(/&colon;/gi, ':')
    .replace(/&(?:tab|newline);/gi, '')
    .replaceAll('&amp;', '&');

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

/**
 * Links lead to the web or to a mailbox; any other scheme (`javascript:`, `data:`) leads nowhere. Whole attributes are
 * read, one by one: ` href=` inside the value of another attribute is text.
 */
export const safeLinks = (html: string): string =>
  html.replace(TAG, (tag) =>
    tag.replace(ATTRIBUTE, (whole, name: string, equals: string, value: string) => {
      if (!LINK_ATTRIBUTE.test(name)) return whole;
      const bare = /^["']/.test(value) ? value.slice(1, -1) : value;
      return ALLOWED_SCHEME.test(unescaped(bare).trim()) ? whole : `${name}${equals}"#"`;
    }),
  );

/** One line: a header's value never brings a line of its own. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/**
 * Fills a template in. In HTML every value is escaped; subject and text are plain, so they are not.
 * @throws whatever Liquid throws for a template that does not parse or exceeds its limits
 */
export const render = (email: Email, variables: Variables): RenderedMail => {
  const subject = oneLine(inText(email.subject, variables)).slice(0, 250);
  const preheader = oneLine(inText(email.preheader ?? '', variables));
  const all = { ...variables, subject, preheader };
  return {
    subject,
    preheader,
    html: safeLinks(inHtml(email.html, all)),
    text: inText(email.text, all)
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  };
};
