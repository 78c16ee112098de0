import { MAX_BYTES, MAX_DEPTH } from './limits.ts';

/** Bytes that a UTF-16 unit may take in UTF-8. */
const WIDEST = 3;

/**
 * Whether a value surely is JSON that every store takes as it is: nothing of it would have to be mended, cut or refused.
 * It says no where it is not sure, looks no deeper than it may, and copies nothing.
 */
export const isSound = (value: unknown): boolean => spent(value, 0) <= MAX_BYTES;

/** At least as many bytes as a value takes as JSON; Infinity where it is not surely sound. */
function spent(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return isPlain(value) ? value.length * WIDEST + 2 : Infinity;
    case 'number':
      return isKept(value) ? 24 : Infinity;
    case 'boolean':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (depth >= MAX_DEPTH) return Infinity;
      return Array.isArray(value)
        ? spentByList(value, depth)
        : spentByObject(value as Record<string, unknown>, depth);
    default:
      return Infinity;
  }
}

function spentByList(list: readonly unknown[], depth: number): number {
  let bytes = 2;
  for (const member of list) bytes += 1 + spent(member, depth + 1);
  return bytes;
}

function spentByObject(object: Readonly<Record<string, unknown>>, depth: number): number {
  let bytes = 2;
  for (const name of Object.keys(object)) {
    if (name === '' || name === '__proto__' || !isPlain(name)) return Infinity;
    bytes += name.length * WIDEST + 4 + spent(object[name], depth + 1);
  }
  return bytes;
}

/** No NUL and no half of a character. */
function isPlain(text: string): boolean {
  if (text.length * WIDEST > MAX_BYTES) return false;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    if (unit === 0 || (unit >= 0xd800 && unit < 0xe000)) return false;
  }
  return true;
}

/** No end missing, not too large, not nearer to nothing than stores take, and no -0. */
const isKept = (number: number): boolean => {
  const size = Math.abs(number);
  return (size >= 1e-100 && size <= Number.MAX_SAFE_INTEGER) || Object.is(number, 0);
};
