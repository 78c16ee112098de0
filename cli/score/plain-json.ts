/** Deeper values are left to a careful reader. */
const DEEPEST = 10;

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const OPEN_LIST = 91;
const ESCAPE = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;
const SPACE = 32;

const TRUE = [116, 114, 117, 101];
const FALSE = [102, 97, 108, 115, 101];
const NULL = [110, 117, 108, 108];
/** What may follow a backslash, but for `u`. */
const ESCAPED = new Set([...'"\\/bfnrt'].map((each) => each.charCodeAt(0)));

/**
 * Where a JSON value that begins at `at` ends, or -1 where it is none before `to`, or one that a careful reader should
 * look at: deep, with numbers near the limits, with names that mean something of their own. What it passes over, every
 * reader of JSON takes, and nothing in it is a reason to refuse a message.
 */
export function skipValue(bytes: Uint8Array, at: number, to: number, depth: number): number {
  if (at >= to) return -1;
  switch (bytes[at]) {
    case QUOTE:
      return skipText(bytes, at, to);
    case OPEN:
      return depth >= DEEPEST ? -1 : skipObject(bytes, at, to, depth);
    case OPEN_LIST:
      return depth >= DEEPEST ? -1 : skipList(bytes, at, to, depth);
    case TRUE[0]:
      return skipWord(bytes, at, TRUE);
    case FALSE[0]:
      return skipWord(bytes, at, FALSE);
    case NULL[0]:
      return skipWord(bytes, at, NULL);
    default:
      return skipNumber(bytes, at);
  }
}

function skipWord(bytes: Uint8Array, at: number, word: readonly number[]): number {
  for (let n = 1; n < word.length; n += 1) if (bytes[at + n] !== word[n]) return -1;
  return at + word.length;
}

/** The end of a text, its quote included. */
export function skipText(bytes: Uint8Array, from: number, to: number): number {
  let at = from + 1;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < SPACE) return -1;
    if (byte !== ESCAPE) {
      at += 1;
      continue;
    }
    const escaped = bytes[at + 1] as number;
    if (ESCAPED.has(escaped)) at += 2;
    else if (escaped === 117 && isHex(bytes, at + 2)) at += 6;
    else return -1;
  }
  return -1;
}

function isHex(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + 4; at += 1) {
    const byte = bytes[at] as number;
    const hex = (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102);
    if (!hex) return false;
  }
  return true;
}

/** At most 15 digits before the dot, which is far from all limits, and 20 after it; no exponent. */
function skipNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  const first = at;
  while (isDigit(bytes[at])) at += 1;
  const whole = at - first;
  if (whole === 0 || whole > 15 || (whole > 1 && bytes[first] === ZERO)) return -1;
  if (bytes[at] === DOT) {
    const dot = at;
    at += 1;
    while (isDigit(bytes[at])) at += 1;
    if (at === dot + 1 || at > dot + 21) return -1;
  }
  // What is neither the end of a value nor of its list or object makes it something else.
  const next = bytes[at];
  return next === COMMA || next === CLOSE || next === CLOSE_LIST || next === SPACE ? at : -1;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

function skipList(bytes: Uint8Array, from: number, to: number, depth: number): number {
  let at = skipSpaces(bytes, from + 1);
  if (bytes[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    at = skipValue(bytes, skipSpaces(bytes, at), to, depth + 1);
    if (at < 0) return -1;
    at = skipSpaces(bytes, at);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at += 1;
  }
}

function skipObject(bytes: Uint8Array, from: number, to: number, depth: number): number {
  let at = skipSpaces(bytes, from + 1);
  if (bytes[at] === CLOSE) return at + 1;
  for (;;) {
    at = skipSpaces(bytes, at);
    if (bytes[at] !== QUOTE) return -1;
    const end = skipText(bytes, at, to);
    // A field without a name, one spelled with escapes, and one that begins as __proto__ does.
    if (end < 0 || end === at + 2 || (bytes[at + 1] === 95 && bytes[at + 2] === 95)) return -1;
    if (hasEscape(bytes, at, end)) return -1;
    at = skipSpaces(bytes, end);
    if (bytes[at] !== COLON) return -1;
    at = skipValue(bytes, skipSpaces(bytes, at + 1), to, depth + 1);
    if (at < 0) return -1;
    at = skipSpaces(bytes, at);
    if (bytes[at] === CLOSE) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at += 1;
  }
}

function hasEscape(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] === ESCAPE) return true;
  return false;
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE) at += 1;
  return at;
}
