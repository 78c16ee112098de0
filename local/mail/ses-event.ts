import { type BusEntry } from '../service.ts';
import { type SentMail } from './mailbox.ts';

/** What can happen to a mail, as SES names it in `detail.eventType`. */
export type SesEventType = 'Send' | 'Delivery' | 'Open' | 'Click' | 'Bounce' | 'Complaint' | 'Reject';

export const SES_EVENTS: readonly SesEventType[] = [
  ...(['Send', 'Delivery', 'Open', 'Click'] as const),
  ...(['Bounce', 'Complaint', 'Reject'] as const),
];

const DETAIL_TYPES: Readonly<Record<SesEventType, string>> = {
  Send: 'Email Sent',
  Delivery: 'Email Delivered',
  Open: 'Email Opened',
  Click: 'Email Clicked',
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
  Reject: 'Email Rejected',
};

const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';

/** The event that SES puts on the default bus.
 *  @param at ms
 *  @param details what replaces the usual fields, a click's `link` for example */
export const sesEvent = (mail: SentMail, type: SesEventType, at: number, details: object = {}): BusEntry => {
  const timestamp = new Date(at).toISOString();
  const addresses = [...mail.destination];
  const recipients = addresses.map((emailAddress) => ({ emailAddress }));
  const usual: Readonly<Record<SesEventType, object>> = {
    Send: {},
    Delivery: {
      timestamp,
      processingTimeMillis: 500,
      recipients: addresses,
      smtpResponse: '250 2.0.0 OK',
      reportingMTA: 'local.amazonses.com',
    },
    Open: { timestamp, ipAddress: '192.0.2.1', userAgent: USER_AGENT },
    Click: { timestamp, ipAddress: '192.0.2.1', userAgent: USER_AGENT, link: '', linkTags: null },
    Bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: recipients.map((recipient) => ({
        ...recipient,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      })),
      timestamp,
      feedbackId: mail.id,
      reportingMTA: 'dsn; local.amazonses.com',
    },
    Complaint: {
      complainedRecipients: recipients,
      timestamp,
      feedbackId: mail.id,
      complaintFeedbackType: 'abuse',
    },
    Reject: { reason: 'Bad content' },
  };
  const set = mail.configurationSet;
  return {
    Source: 'aws.ses',
    DetailType: DETAIL_TYPES[type],
    Resources: set === null ? [] : [`arn:aws:ses:us-east-1:000000000000:configuration-set/${set}`],
    Time: at / 1_000,
    Detail: JSON.stringify({
      eventType: type,
      mail: mailOf(mail),
      [type.toLowerCase()]: { ...usual[type], ...details },
    }),
  };
};

const mailOf = (mail: SentMail) => ({
  timestamp: mail.at,
  source: mail.from,
  sendingAccountId: '000000000000',
  messageId: mail.id,
  destination: mail.destination,
  headersTruncated: false,
  headers: Object.entries(mail.headers).map(([name, value]) => ({ name, value })),
  commonHeaders: { from: [mail.from], to: mail.to, messageId: mail.id, subject: mail.subject },
  tags: {
    'ses:operation': ['SendRawEmail'],
    ...(mail.configurationSet === null ? {} : { 'ses:configuration-set': [mail.configurationSet] }),
    'ses:source-ip': ['127.0.0.1'],
    'ses:from-domain': [mail.from.replace(/^.*@|>\s*$/g, '')],
    'ses:caller-identity': ['local'],
    'ses:outgoing-ip': ['127.0.0.1'],
    ...mail.tags,
  },
});
