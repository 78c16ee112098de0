import { createHash } from 'node:crypto';
import { normaliseEmail } from '../identity/email.ts';

/** Why an address gets no mail any more. */
export type SuppressionReason = 'bounced' | 'complained' | 'unsubscribed';

export interface Suppression {
  /** Names the address without holding it. */
  readonly hash: string;
  readonly reason: SuppressionReason;
  /** What mails are about that it stops; all where it is left out. Only who unsubscribes names one. */
  readonly topic?: string;
}

/** What a person has called off, and what we learned of the address. */
export interface Preferences {
  /** Why no mail goes there at all, or null. */
  readonly all: SuppressionReason | null;
  /** Topics that were called off, in order. */
  readonly off: readonly string[];
}

/** Why a mail on a topic must not go there, or null. @param topic null for a mail without one */
export const suppressedFor = ({ all, off }: Preferences, topic: string | null): SuppressionReason | null =>
  all ?? (topic !== null && off.includes(topic) ? 'unsubscribed' : null);

/**
 * Names a lead in the suppression list, for what is said of it before it has an address, or while it changes it.
 * @example suppressionOfLead('lead-1') // 'lead#lead-1'
 */
export const suppressionOfLead = (leadId: string): string => `lead#${leadId}`;

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
