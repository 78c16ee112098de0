import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link in a mail lets its holder do. */
export type LinkPurpose = 'unsubscribe';

const VERSION = 'v1';
const PURPOSES: readonly LinkPurpose[] = ['unsubscribe'];

/**
 * The signed part of a link: it names a lead and one purpose, never an address.
 * @example linkToken('unsubscribe', 'lead-1', secret) // 'djEKdW5zdWJzY3JpYmUKbGVhZC0x.kq…'
 */
export const linkToken = (purpose: LinkPurpose, leadId: string, secret: string): string => {
  if (secret.length < 16) throw new Error('the secret that signs links has fewer than 16 characters');
  const payload = Buffer.from([VERSION, purpose, leadId].join('\n')).toString('base64url');
  return `${payload}.${createHmac('sha256', secret).update(payload).digest('base64url')}`;
};

/**
 * Whom and what a token was signed for, or null. The token is made again and compared as text: base64url has several
 * spellings of the same bytes, and only the one that we wrote is ours.
 */
export const readLinkToken = (
  token: string,
  secret: string,
): { readonly purpose: LinkPurpose; readonly leadId: string } | null => {
  if (token.length > 1024) return null;
  const [version, name, leadId, ...rest] = Buffer.from(token.split('.')[0] ?? '', 'base64url')
    .toString()
    .split('\n');
  const purpose = PURPOSES.find((each) => each === name);
  if (
    version !== VERSION ||
    purpose === undefined ||
    leadId === undefined ||
    leadId === '' ||
    rest.length > 0
  )
    return null;
  const ours = Buffer.from(linkToken(purpose, leadId, secret));
  const theirs = Buffer.from(token);
  return ours.length === theirs.length && timingSafeEqual(ours, theirs) ? { purpose, leadId } : null;
};
