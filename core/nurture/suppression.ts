import { createHash } from 'node:crypto';
import { normaliseEmail } from '../identity/email.ts';

/** Why an address gets no mail any more. */
export type SuppressionReason = 'bounced' | 'complained' | 'unsubscribed';

export interface Suppression {
  /** Names the address without holding it. */
  readonly hash: string;
  readonly reason: SuppressionReason;
}

/** The name of an address in the suppression list: the same for every spelling of it, or null if it is no address. */
export const suppressionHash = (email: string): string | null => {
  const address = normaliseEmail(email);
  return address === null ? null : createHash('sha256').update(`suppression\n${address}`).digest('hex');
};

/** What of an SES event decides on suppression; everything else in it is ignored. */
export interface SesOutcome {
  readonly eventType?: unknown;
  readonly bounce?: { readonly bounceType?: unknown; readonly bouncedRecipients?: unknown } | null;
  readonly complaint?: { readonly complainedRecipients?: unknown } | null;
}

/**
 * The addresses that an SES event takes out of all mailings: those that bounced for good or complained.
 * A transient bounce (a full mailbox, a server that rests) suppresses nobody.
 */
export const suppressionsFor = (event: SesOutcome): readonly Suppression[] => {
  if (event.eventType === 'Bounce' && event.bounce?.bounceType === 'Permanent')
    return named(event.bounce.bouncedRecipients, 'bounced');
  if (event.eventType === 'Complaint') return named(event.complaint?.complainedRecipients, 'complained');
  return [];
};

const named = (recipients: unknown, reason: SuppressionReason): Suppression[] =>
  (Array.isArray(recipients) ? recipients : []).flatMap((recipient: unknown) => {
    const email = (recipient as { emailAddress?: unknown } | null)?.emailAddress;
    // SES may give the address as it stood in the header: "Ann" <ann@example.com>.
    const address = typeof email === 'string' ? (/<([^<>]+)>\s*$/.exec(email)?.[1] ?? email) : '';
    const hash = suppressionHash(address);
    return hash === null ? [] : [{ hash, reason }];
  });
