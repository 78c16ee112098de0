import { createHash } from 'node:crypto';

import type { UnsettledMail, UnsettledMails } from '../core/view/mail.ts';
import type { Api } from './api.ts';
import { Refusal } from './io.ts';
import { table } from './table.ts';

const WAYS = '/api/mails?outcome=unknown';

/** Mails of which nobody knows whether they went out, oldest first. */
export const unknownMails = async (api: Api): Promise<UnsettledMails> =>
  (await api.get<UnsettledMails>(WAYS)) ?? { mails: [], more: false };

/** A name short enough to type; the product's own names hold a lead's key, and are long. */
export const shortName = ({ id }: Pick<UnsettledMail, 'id'>): string =>
  createHash('sha256').update(id).digest('hex').slice(0, 10);

/** Carries out what somebody decided on one of them, named as the list names it or as the API does. */
export async function decideOn(
  api: Api,
  name: string | undefined,
  decision: 'resend' | 'dismiss',
  why: string | undefined,
): Promise<UnsettledMail> {
  if (name === undefined)
    throw new Refusal(`say which: kindling mail ${decision} NAME; \`kindling mail unknown\` lists them`);
  const { mails } = await unknownMails(api);
  const found = mails.filter((mail) => mail.id === name || shortName(mail).startsWith(name.toLowerCase()));
  const [mail] = found;
  if (mail === undefined)
    throw new Refusal(
      `no mail of unknown outcome is called "${name}"; \`kindling mail unknown\` lists them. One that was settled meanwhile has left the list`,
    );
  if (found.length > 1)
    throw new Refusal(`"${name}" may be ${found.map(shortName).join(', ')}; give more of the name`);
  await api.post(`/api/mails/${mail.id}/${decision}`, why === undefined ? {} : { why });
  return mail;
}

/** `Try it for 30 days to Ada Berg, warm-up step 4` */
export const mailInWords = (mail: UnsettledMail): string =>
  `“${mail.subject ?? mail.email}” ${mail.journey === null ? 'to sales about' : 'to'} ${about(mail)}${
    mail.journey === null ? '' : `, ${mail.journey} step ${mail.step}`
  }`;

const about = ({ lead, account }: UnsettledMail): string =>
  lead?.name ?? lead?.email ?? account ?? 'somebody';

/** The list as a person reads it in a terminal. */
export const unknownInWords = ({ mails, more }: UnsettledMails): string =>
  mails.length === 0
    ? 'Of every mail it is known what became of it.\n'
    : `${table(
        ['name', 'when', 'to', 'mail', 'step'],
        mails.map((mail) => [
          shortName(mail),
          new Date(mail.at).toISOString().slice(0, 16).replace('T', ' '),
          mail.journey === null ? `sales, about ${about(mail)}` : about(mail),
          mail.subject ?? mail.email,
          mail.journey === null ? 'handoff' : `${mail.journey} ${mail.step}`,
        ]),
      )}${more ? 'There are more, which show when these are decided.\n' : ''}Each may have gone out, or not. Send one again by \`kindling mail resend NAME\`, or let it be by\n\`kindling mail dismiss NAME --why "they have it"\`; only the first makes a second mail possible.\n`;
