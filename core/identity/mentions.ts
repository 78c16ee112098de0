import { normaliseEmail } from './email.ts';

/** What a person is known by. */
export interface KnownBy {
  readonly leads: readonly string[];
  readonly users: readonly string[];
  readonly emails: readonly string[];
  readonly anonymous: readonly string[];
}

/** Where senders put ids; the same text elsewhere may be anything. */
const ID_FIELDS = new Set(
  ['userid', 'user_id', 'anonymousid', 'anonymous_id', 'previousid', 'distinct_id', 'leadid', 'lead', 'subject'],
); // prettier-ignore
/** How deep a message is looked through; ingest refuses what is deeper than 20. */
const DEEPEST = 40;

/**
 * Whether a refused message, as it was kept, speaks of a person: by an address wherever it stands, by an id where ids
 * stand. What was cut and is no JSON any more is searched as text.
 */
export const mentions = (raw: string, { leads, users, emails, anonymous }: KnownBy): boolean => {
  const ids = new Set([...leads, ...users, ...anonymous]);
  const addresses = new Set(emails);
  const isAddress = (text: string): boolean => {
    const email = text.includes('@') ? normaliseEmail(text.trim()) : null;
    return email !== null && addresses.has(email);
  };
  const looks = (value: unknown, name: string, depth: number): boolean => {
    if (typeof value === 'string')
      return isAddress(value) || (ID_FIELDS.has(name.toLowerCase()) && ids.has(value));
    if (typeof value === 'number') return ID_FIELDS.has(name.toLowerCase()) && ids.has(String(value));
    if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
    return Object.entries(value).some(([key, each]) => looks(each, key, depth + 1));
  };
  let message: unknown;
  try {
    message = JSON.parse(raw);
  } catch {
    const text = raw.toLowerCase();
    const texts = [...addresses, ...[...ids].map((id) => JSON.stringify(id))];
    return texts.some((each) => text.includes(each.toLowerCase()));
  }
  return looks(message, '', 0);
};
