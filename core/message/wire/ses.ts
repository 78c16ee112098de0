import { createHash } from 'node:crypto';
import { readAccountTag } from '../../nurture/claim.ts';
import { UNCONFIRMED } from '../clicks.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a mail's event says, for `parseMessage` to check with the lead that it is about. */
export interface MailEvent {
  readonly leadId: string;
  readonly input: unknown;
  /** Why it counts for nothing, at least so far. */
  readonly suspected?: string;
}

/** What machines call themselves that open and click mails; Apple's proxy says no more than the first word. */
const MACHINES =
  /^Mozilla\/5\.0$|bot\b|crawl|spider|scan|preview|proofpoint|mimecast|barracuda|python|curl|wget|headless/i;
/** Nobody reads a mail so soon after it was sent, ms. */
const TOO_SOON = 10_000;

/** SES's words for what happens to a mail, where rules and claims want to know of it. */
const NAMES: Readonly<Record<string, readonly [name: string, detail: string]>> = {
  Delivery: ['email.delivered', 'delivery'],
  Open: ['email.opened', 'open'],
  Click: ['email.clicked', 'click'],
  Bounce: ['email.bounced', 'bounce'],
  Complaint: ['email.complained', 'complaint'],
  Reject: ['email.rejected', 'reject'],
};

/**
 * Why an open or a click is held for a machine's doing. A click is so until a page of the lead follows; see `clicks.ts`.
 * An open by a machine stays one.
 */
const suspicion = (type: string, what: Fields, sentAt: string | undefined): string | undefined => {
  const machine = MACHINES.test(textOf(what.userAgent) ?? '');
  if (type === 'Click') return machine ? 'mail scanner' : UNCONFIRMED;
  if (type !== 'Open') return undefined;
  const after = Date.parse(textOf(what.timestamp) ?? '') - Date.parse(sentAt ?? '');
  return machine || after < TOO_SOON ? 'opened by a machine' : undefined;
};

/**
 * An event of SES, as it comes over the bus, as a track of the lead that the mail's tags name: `lead`, `journey`,
 * `email` (the template), `claim`. Null for mails that are not ours, for those that sales gets about a lead (what a
 * colleague opens, no lead did), and for what changes nothing (`Send`, delays).
 * A bounce says whether it is for good: `permanent`. No address is kept.
 */
export const fromSes = (event: unknown): MailEvent | null => {
  const detail = fieldsOf(event, 'detail');
  const type = textOf(detail.eventType) ?? '';
  const known = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
  const mail = fieldsOf(detail, 'mail');
  const leadId = tagOf(mail, 'lead');
  if (!known || leadId === undefined || tagOf(mail, 'journey') === undefined) return null;
  const [name, part] = known;
  const what = fieldsOf(detail, part);
  const at = textOf(what.timestamp) ?? textOf(mail.timestamp);
  const link = textOf(what.link);
  const suspected = suspicion(type, what, textOf(mail.timestamp));
  return {
    leadId,
    ...(suspected === undefined ? {} : { suspected }),
    input: {
      type: 'track',
      event: name,
      // Made from content: SES and the bus may both tell of one thing twice.
      messageId: `ses#${digest([textOf(mail.messageId), type, at, link])}`,
      timestamp: at,
      properties: {
        email: tagOf(mail, 'email'),
        journey: tagOf(mail, 'journey'),
        claim: tagOf(mail, 'claim'),
        url: link,
        ...(type === 'Bounce'
          ? { permanent: what.bounceType === 'Permanent', reason: what.bounceSubType }
          : {}),
        ...(type === 'Complaint' ? { reason: what.complaintFeedbackType } : {}),
        ...(type === 'Reject' ? { reason: what.reason } : {}),
      },
      context: { userAgent: what.userAgent },
    },
  };
};

/** What became of a mail, and whose it is. */
export interface Proof {
  readonly of: 'lead' | 'account';
  readonly id: string;
  /** As `readClaimTag` takes it. */
  readonly claim: string;
  readonly outcome: 'sent' | 'refused';
}

/**
 * The claim that an event of SES is about, and what it proves of a mail of which we do not know what became: one that
 * was delivered, bounced or opened was sent. Null where it proves nothing.
 */
export const provedBy = (event: unknown): Proof | null => {
  const detail = fieldsOf(event, 'detail');
  const mail = fieldsOf(detail, 'mail');
  const [type, claim] = [textOf(detail.eventType) ?? '', tagOf(mail, 'claim')];
  const [lead, account] = [tagOf(mail, 'lead'), tagOf(mail, 'account')];
  if (claim === undefined || !Object.hasOwn(NAMES, type)) return null;
  const outcome = type === 'Reject' ? 'refused' : 'sent';
  if (lead !== undefined) return { of: 'lead', id: lead, claim, outcome };
  return account === undefined ? null : { of: 'account', id: readAccountTag(account), claim, outcome };
};

/** SES gives each tag as a list of its values. */
const tagOf = (mail: Fields, name: string): string | undefined => {
  const values = fieldsOf(mail, 'tags')[name];
  const first: unknown = Array.isArray(values) ? values[0] : values;
  return typeof first === 'string' && first !== '' ? first : undefined;
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const digest = (parts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);

const fieldsOf = (value: unknown, name: string): Fields => {
  const field: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Fields)[name]
      : undefined;
  return typeof field === 'object' && field !== null && !Array.isArray(field) ? (field as Fields) : {};
};
