import type { Json } from '../json.ts';
import { MAX_BYTES, MAX_DEPTH } from './limits.ts';
import { isSound } from './sound.ts';

export type Cleaned<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Ends a walk from inside; never leaves this file. */
class Refused extends Error {}

const REPLACEMENT = '\uFFFD';

/** Text that every store keeps as it is: no lone surrogates, no NUL. */
const cleanText = (text: string): string => text.toWellFormed().replaceAll('\u0000', REPLACEMENT);

const cleanNumber = (value: number, path: string): number => {
  if (!Number.isFinite(value)) throw new Refused(`${path} is a number without an end`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new Refused(`${path} is a number above 2^53; send it as a text`);
  // Stores refuse what is nearer to nothing than 1e-130, and -0 does not outlive JSON.
  return Math.abs(value) < 1e-100 ? 0 : value;
};

/**
 * `value` as JSON, itself where nothing of it needs mending, else a copy: no deeper than 20 and no longer than 32 kB, with texts and numbers that every store
 * takes; or the reason why it cannot be. Fields without a value and fields without a name are left out.
 * It never throws and never looks deeper than it may, so it comes before everything that recurses.
 */
export const clean = (value: unknown): Cleaned<Json> => {
  if (isSound(value)) return { ok: true, value: value as Json };
  let bytes = 0;
  const spend = (count: number): void => {
    bytes += count;
    if (bytes > MAX_BYTES) throw new Refused(`longer than ${MAX_BYTES / 1024} kB`);
  };

  const walk = (node: unknown, path: string, depth: number): Json | undefined => {
    if (node === null || node === undefined) {
      spend(4);
      return node;
    }
    switch (typeof node) {
      case 'boolean':
        spend(5);
        return node;
      case 'number':
        spend(String(node).length);
        return cleanNumber(node, path);
      case 'string':
        spend(Buffer.byteLength(node) + 2);
        return cleanText(node);
      case 'object': {
        if (depth >= MAX_DEPTH) throw new Refused(`nested deeper than ${MAX_DEPTH}`);
        spend(2);
        return Array.isArray(node) ? walkList(node, path, depth) : walkObject(node, path, depth);
      }
      default:
        throw new Refused(`${path} is no JSON`);
    }
  };

  const walkList = (node: readonly unknown[], path: string, depth: number): Json => {
    const list: Json[] = [];
    for (const member of node) {
      spend(1);
      list.push(walk(member, path, depth + 1) ?? null);
    }
    return list;
  };

  const walkObject = (node: object, path: string, depth: number): Json => {
    const object: Record<string, Json> = {};
    for (const name of Object.keys(node)) {
      if (name === '__proto__') throw new Refused('a field is called __proto__');
      if (name === '') continue;
      spend(Buffer.byteLength(name) + 4);
      const at = path === '' ? name : `${path}.${name}`;
      const member = walk((node as Record<string, unknown>)[name], shorten(at), depth + 1);
      if (member !== undefined) object[cleanText(name)] = member;
    }
    return object;
  };

  try {
    return { ok: true, value: walk(value, '', 0) ?? null };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    return { ok: false, reason: 'cannot be read' };
  }
};

/** Reasons are for people: a path that a sender made endless is cut. */
const shorten = (path: string): string => (path.length > 100 ? `${cleanText(path.slice(0, 99))}…` : path);
