import { createHmac, timingSafeEqual } from 'node:crypto';
import { linkKeys } from '../link-keys.ts';
import type { AnswerKind, Deal, HandoffRef } from './handoff.ts';

/** What a link lets its holder answer: one handoff, as one of those who were asked. */
export interface AnswerLink extends HandoffRef {
  /** The place of its reader among those who were asked, from 0. */
  readonly asked: number;
  /** UTC milliseconds. */
  readonly expiresAt: number;
}

/** How long a link works, ms: as long as a sale may take. */
export const LINK_LIFE = 120 * 86_400_000;

const VERSION = 'handoff-1';
const KINDS = ['lead', 'account'] as const;

/**
 * The signed part of a link in a message to sales: ids and a time, never an address.
 * @param secret one key, or several, of which the first signs
 * @example `${publicUrl}/h/${answerToken(link, secret)}`
 */
export const answerToken = (link: AnswerLink, secret: string): string => signed(link, linkKeys(secret)[0]);

const signed = ({ of, id, entry, asked, expiresAt }: AnswerLink, key: string): string => {
  const payload = Buffer.from(JSON.stringify([VERSION, of, id, entry, asked, expiresAt])).toString(
    'base64url',
  );
  return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`;
};

/**
 * What a token was signed for; `expired` where it is ours and too old, null where it is not ours. The token is made
 * again and compared as text: base64url has several spellings of the same bytes, and only the one that we wrote is ours.
 * @param now UTC milliseconds
 */
export const readAnswerToken = (
  token: string,
  secret: string,
  now: number,
): AnswerLink | 'expired' | null => {
  if (token.length > 2048) return null;
  const link = linkOf(token.split('.')[0] ?? '');
  if (link === null) return null;
  const theirs = Buffer.from(token);
  const isOurs = linkKeys(secret).some((key) => {
    const ours = Buffer.from(signed(link, key));
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  });
  if (!isOurs) return null;
  return link.expiresAt <= now ? 'expired' : link;
};

const linkOf = (payload: string): AnswerLink | null => {
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(said) || said.length !== 6) return null;
  const [version, kind, id, entry, asked, expiresAt] = said as unknown[];
  const of = KINDS.find((each) => each === kind);
  const counts = [entry, asked, expiresAt].every((each) => Number.isSafeInteger(each) && Number(each) >= 0);
  if (version !== VERSION || of === undefined || typeof id !== 'string' || id === '' || !counts) return null;
  return { of, id, entry: Number(entry), asked: Number(asked), expiresAt: Number(expiresAt) };
};

/** What a button of a message asks for; the page that it opens asks again, and only that one acts. */
export type Ask = AnswerKind | Deal['what'];

/** Where a handoff is answered. @param publicUrl without a slash at the end */
export const answerUrl = (publicUrl: string, token: string, ask?: Ask): string =>
  `${publicUrl}/h/${token}${ask === undefined ? '' : `?answer=${ask}`}`;
