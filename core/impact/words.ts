import type { Json } from '../json.ts';

/** Longer texts say too much for one line. */
const LONGEST = 120;

/** A value as rules write it, in one line. @example inFlow({ event: 'page', path: ['/a', '/b'] }) // '{ event: page, path: [/a, /b] }' */
export function inFlow(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(inFlow).join(', ')}]`;
  if (typeof value !== 'object') return String(value).replaceAll(/\s+/gu, ' ');
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${inFlow(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** As `inFlow`, cut where it is long. */
export function briefly(value: Json): string {
  const text = inFlow(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
