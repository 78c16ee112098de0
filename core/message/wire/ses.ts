import { createHash } from 'node:crypto';

type Fields = Readonly<Record<string, unknown>>;

/** What a mail's event says, for `parseMessage` to check with the lead that it is about. */
export interface MailEvent {
  readonly leadId: string;
  readonly input: unknown;
}

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
 * An event of SES, as it comes over the bus, as a track of the lead that the mail's tags name: `lead`, `journey`,
 * `email` (the template), `claim`. Null for mails that are not ours and for what changes nothing (`Send`, delays).
 * A bounce says whether it is for good: `permanent`. No address is kept.
 */
export const fromSes = (event: unknown): MailEvent | null => {
  const detail = fieldsOf(event, 'detail');
  const type = textOf(detail.eventType) ?? '';
  const known = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
  const mail = fieldsOf(detail, 'mail');
  const leadId = tagOf(mail, 'lead');
  if (!known || leadId === undefined) return null;
  const [name, part] = known;
  const what = fieldsOf(detail, part);
  const at = textOf(what.timestamp) ?? textOf(mail.timestamp);
  const link = textOf(what.link);
  return {
    leadId,
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
