import { createHash } from 'node:crypto';
import type { Scope } from '../../core/identity/identity.ts';
import { MAX_DEPTH } from '../../core/message/limits.ts';

/** Characters; what is longer than a message may be is kept only as far as it helps to recognise it. */
const MAX_RAW = 64 * 1024;

/** What a client that sends a message again writes anew, and what says who sends rather than what is sent. */
const SENT_ANEW = ['sentAt', 'sent_at', '_metadata', 'writeKey', 'api_key'] as const;
/** What we have made of when a message came, where scoring refuses it: its sender's own time is in `key`. */
export const RECEIPT = ['occurredAt', 'future'] as const;

/**
 * A refused message as JSON text for people, cut where it is too deep or too long, and a name made from all of it but
 * what differs when a client sends it again: so it waits in quarantine once, however often it comes.
 * @param leaving fields of the message that its name leaves out as well
 */
export const rawOf = (
  value: unknown,
  scope: Scope,
  leaving: readonly string[] = [],
): { readonly id: string; readonly raw: string } => {
  // Depth first: JSON.parse takes a million levels, JSON.stringify then runs out of stack.
  const kept = cut(value, 0);
  const same = JSON.stringify([scope, without(kept, [...SENT_ANEW, ...leaving])]);
  return {
    id: createHash('sha256').update(same).digest('hex').slice(0, 32),
    raw: (JSON.stringify(kept) ?? 'null').slice(0, MAX_RAW).toWellFormed(),
  };
};

const without = (value: unknown, fields: readonly string[]): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.entries(value).filter(([name]) => !fields.includes(name));

const cut = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((member) => cut(member, depth + 1));
  // fromEntries defines fields one by one, so that one called __proto__ stays a field.
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member, depth + 1)]));
};
