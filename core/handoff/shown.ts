/** What nobody sees: soft hyphens, zero-width spaces, marks and embeddings that turn the direction of what follows, tags. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** The joiners, and the two looks of an emoji, without which some scripts, and families of emoji, fall apart. */
const KEPT = new Set(['\u200C', '\u200D', '\uFE0E', '\uFE0F']);

/**
 * What a stranger wrote, as one line that shows all that it says: it brings no lines of its own, and turns nothing around.
 * @example shown('Ann\u202E\r\nBcc: x') // 'Ann Bcc: x'
 */
export const shown = (text: string): string =>
  text
    .replace(UNSEEN, (mark) => (KEPT.has(mark) ? mark : ''))
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .toWellFormed();

/**
 * The beginning of a text that is longer, with an ellipsis in the place of the rest; no character is parted.
 * @param longest UTF-16 units, at least 1
 */
export const cut = (text: string, longest: number): string =>
  text.length <= longest
    ? text
    : `${text
        .slice(0, longest - 1)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd()}…`;
