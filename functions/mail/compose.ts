import MailComposer from 'nodemailer/lib/mail-composer';
import { normaliseEmail } from '../../core/identity/email.ts';
import type { RenderedMail } from '../../core/mail/render.ts';

export interface Mailbox {
  readonly name?: string | undefined;
  readonly email: string;
}

export interface Envelope {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo?: Mailbox | undefined;
  /** Where one POST unsubscribes (RFC 8058); left out of internal mail. */
  readonly unsubscribeUrl?: string | undefined;
  /** Names the claim in the mail itself, so that two copies of one mail can be told from two mails. */
  readonly messageId: string;
}

/** Composer takes names and addresses apart: a name with a line break or a comma stays a name. */
const mailbox = ({ name, email }: Mailbox): { name: string; address: string } => {
  const address = normaliseEmail(email);
  if (address === null) throw new Error('not an address that mail can go to');
  return {
    name: (name ?? '')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 100),
    address,
  };
};

/** The mail as the bytes that SES sends: plain text and HTML, with the headers that let a mailbox unsubscribe. */
export const compose = (mail: Omit<RenderedMail, 'preheader'>, envelope: Envelope): Promise<Buffer> => {
  const headers: Record<string, string> =
    envelope.unsubscribeUrl === undefined
      ? { 'Auto-Submitted': 'auto-generated' }
      : {
          'List-Unsubscribe': `<${envelope.unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        };
  return new MailComposer({
    from: mailbox(envelope.from),
    to: mailbox(envelope.to),
    ...(envelope.replyTo === undefined ? {} : { replyTo: mailbox(envelope.replyTo) }),
    subject: mail.subject,
    messageId: envelope.messageId,
    text: mail.text,
    html: mail.html,
    headers,
    // Templates hold text only: nothing is ever fetched or read to be attached.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
};
