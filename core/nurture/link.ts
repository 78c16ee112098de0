import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link in a mail lets its holder do: stop these mails, or choose what mails are about. */
export type LinkPurpose = 'unsubscribe' | 'preferences';

/** What a link is about; never an address. */
export interface Link {
  readonly purpose: LinkPurpose;
  readonly leadId: string;
  /** What the mail was about; null where it says nothing. */
  readonly topic: string | null;
}

const VERSION = 'v1';
const PURPOSES: readonly LinkPurpose[] = ['unsubscribe', 'preferences'];

/**
 * The signed part of a link.
 * @example linkToken({ purpose: 'unsubscribe', leadId: 'lead-1', topic: null }, secret) // 'djEKdW5zdWJzY3JpYmUKbGVhZC0x.kq…'
 */
export const linkToken = ({ purpose, leadId, topic }: Link, secret: string): string => {
  if (secret.length < 16) throw new Error('the secret that signs links has fewer than 16 characters');
  const parts = [VERSION, purpose, leadId, ...(topic === null ? [] : [topic])];
  const payload = Buffer.from(parts.join('\n')).toString('base64url');
  return `${payload}.${createHmac('sha256', secret).update(payload).digest('base64url')}`;
};

/**
 * What a token was signed for, or null. The token is made again and compared as text: base64url has several spellings of
 * the same bytes, and only the one that we wrote is ours.
 */
export const readLinkToken = (token: string, secret: string): Link | null => {
  if (token.length > 1024) return null;
  const [version, name, leadId, topic = null, ...rest] = Buffer.from(token.split('.')[0] ?? '', 'base64url')
    .toString()
    .split('\n');
  const purpose = PURPOSES.find((each) => each === name);
  if (
    version !== VERSION ||
    purpose === undefined ||
    leadId === undefined ||
    leadId === '' ||
    topic === '' ||
    rest.length > 0
  )
    return null;
  const link: Link = { purpose, leadId, topic };
  const ours = Buffer.from(linkToken(link, secret));
  const theirs = Buffer.from(token);
  return ours.length === theirs.length && timingSafeEqual(ours, theirs) ? link : null;
};
