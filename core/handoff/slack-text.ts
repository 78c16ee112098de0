import { cut, shown } from './shown.ts';

/** Slack refuses a section's text above 3,000 characters and a header's above 150. */
export const LONGEST_SECTION = 2_900;
const LONGEST_HEADER = 150;

/**
 * Text as text: `&`, `<` and `>` are all that Slack asks to be escaped, which takes the sense from links, channels and
 * mentions (`<!channel>`). The marks of mrkdwn that would only change the look are parted from what they mark.
 */
export const slackText = (text: string): string =>
  shown(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (mark) => `${mark}\u200B`);

const LONGEST_FIELD = 1_900;
export const LONGEST_TEXT = 2_900;

/** Cuts a text that is escaped: no `&amp;` is parted, and no mark loses what parts it from the rest. */
export const cutEscaped = (text: string, longest: number): string =>
  text.length <= longest
    ? text
    : `${cut(text, longest)
        .slice(0, -1)
        .replace(/(&[a-z]*|[*_~`])$/, '')}…`;

/** Lines of a section, each with its share of the room, so that a long one does not take that of the others. */
export const lines = (texts: readonly string[]): string =>
  texts
    .map((text) => cutEscaped(text, Math.floor(LONGEST_SECTION / (texts.length + 1))))
    .map((text) => `• ${text}`)
    .join('\n');

/** `verbatim`: an address, a `#channel` or a `@name` in what strangers wrote does not become a link. */
export const mrkdwn = (text: string, longest: number): object => ({
  type: 'mrkdwn',
  text: cutEscaped(text, longest),
  verbatim: true,
});

/** Without `emoji`, as a name may be `:fire:`. */
export const header = (text: string): object => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(shown(text), LONGEST_HEADER), emoji: false },
});

export const section = (text: string): object => ({ type: 'section', text: mrkdwn(text, LONGEST_SECTION) });

export const field = (label: string, value: string | null): object[] =>
  value === null ? [] : [mrkdwn(`*${label}*\n${slackText(value)}`, LONGEST_FIELD)];

/** Of a button or a menu. */
export const plain = (text: string): object => ({
  type: 'plain_text',
  text: cut(shown(text), 75),
  emoji: false,
});
