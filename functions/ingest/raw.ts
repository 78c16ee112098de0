import { createHash } from 'node:crypto';
import { MAX_DEPTH } from '../../core/message/limits.ts';

/** Characters; what is longer than a message may be is kept only as far as it helps to recognise it. */
const MAX_RAW = 64 * 1024;

/** A refused message as JSON text for people, cut where it is too deep or too long, and a name made from all of it. */
export const rawOf = (value: unknown): { readonly id: string; readonly raw: string } => {
  // Depth first: JSON.parse takes a million levels, JSON.stringify then runs out of stack.
  const whole = JSON.stringify(cut(value, 0)) ?? 'null';
  return {
    id: createHash('sha256').update(whole).digest('hex').slice(0, 32),
    raw: whole.slice(0, MAX_RAW).toWellFormed(),
  };
};

const cut = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((member) => cut(member, depth + 1));
  // fromEntries defines fields one by one, so that one called __proto__ stays a field.
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member, depth + 1)]));
};
