import type { Io } from './io.ts';

/**
 * What a terminal obeys instead of showing it: control characters but the end of a line and the tab, among them what
 * begins a sequence that moves the cursor, sets the window's title or writes the clipboard; and marks that turn the
 * direction of text around, so that it reads as something else.
 */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What we write ourselves for people: bold, dim, underlined, and colours that can be read on either ground. */
// eslint-disable-next-line no-control-regex -- see above
const OURS = /(\u001b\[(?:[0124]|2[24]|3[1-79]|90)m|\r\u001b\[2K)/;

const shown = (text: string): string =>
  text.replaceAll(OBEYED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Text for a terminal, with nothing in it that a stranger could steer it by: leads say what they are called, and pull
 * requests what rules say. What a terminal would obey is written as JSON writes it, so that JSON stays the same value.
 * @param coloured whether our own colours may stand in it
 * @example legible('Ann\u001b[2J', false) // 'Ann\\u001b[2J'
 */
export const legible = (text: string, coloured: boolean): string => {
  if (text.search(OBEYED) < 0) return text;
  return coloured
    ? text
        .split(OURS)
        .map((part, place) => (place % 2 === 1 ? part : shown(part)))
        .join('')
    : shown(text);
};

/** The same, for whatever a command prints. */
export const withLegible = (io: Io): Io => ({
  ...io,
  out: (text) => io.out(legible(text, io.terminal)),
  err: (text) => io.err(legible(text, io.terminal)),
});
