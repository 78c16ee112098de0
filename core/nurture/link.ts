import { createHmac, timingSafeEqual } from 'node:crypto';
import { linkKeys } from '../link-keys.ts';

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
 * @param secret one key, or several, of which the first signs
 * @example linkToken({ purpose: 'unsubscribe', leadId: 'lead-1', topic: null }, secret) // 'djEKdW5zdWJzY3JpYmUKbGVhZC0x.kq…'
 */
export const linkToken = (link: Link, secret: string): string => signed(link, linkKeys(secret)[0]);

const signed = ({ purpose, leadId, topic }: Link, key: string): string => {
  const parts = [VERSION, purpose, leadId, ...(topic === null ? [] : [topic])];
  const payload = Buffer.from(parts.join('\n')).toString('base64url');
  return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`;
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
  const theirs = Buffer.from(token);
  const isOurs = linkKeys(secret).some((key) => {
    const ours = Buffer.from(signed(link, key));
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  });
  return isOurs ? link : null;
};
