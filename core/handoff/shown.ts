/**
 * What nobody sees: soft hyphens, zero-width spaces, marks and embeddings that turn the direction of what follows, tags.
 * The joiners stay, without which some scripts, and families of emoji, fall apart.
 */
const UNSEEN =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/**
 * What a stranger wrote, as one line that shows all that it says: it brings no lines of its own, and turns nothing around.
 * @example shown('Ann\u202E\r\nBcc: x') // 'Ann Bcc: x'
 */
export const shown = (text: string): string =>
  text
    .replace(UNSEEN, '')
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
