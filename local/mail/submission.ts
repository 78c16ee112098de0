import PostalMime, { type Address, type Email } from 'postal-mime';
import { AwsError } from '../service.ts';
import { members, required } from './query.ts';

const MAX_BYTES = 10_485_760;
const TAG_NAME = /^[A-Za-z0-9_-]{1,255}$/;
const TAG_VALUE = /^[A-Za-z0-9_.@-]{1,255}$/;

/** A mail as it was handed in. */
export interface Submission {
  readonly email: Pick<Email, 'subject' | 'text' | 'html' | 'headers' | 'from'>;
  readonly source: string | null;
  readonly recipients: readonly string[];
  readonly configurationSet: string | null;
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

/** A SendRawEmail request. */
export const rawMail = async (form: URLSearchParams): Promise<Submission> => {
  const bytes = Buffer.from(required(form, 'RawMessage.Data'), 'base64');
  if (bytes.length > MAX_BYTES) throw new AwsError('InvalidParameterValue', 'Message length is too long.');
  const email = await PostalMime.parse(bytes);
  const destinations = members(form, 'Destinations');
  const addressed = [...(email.to ?? []), ...(email.cc ?? []), ...(email.bcc ?? [])].flatMap(addressesOf);
  const header = (name: string): string | null =>
    email.headers.find(({ key }) => key === name)?.value ?? null;
  const given = tagsOf(form);
  return {
    email,
    source: form.get('Source'),
    recipients: destinations.length > 0 ? destinations : addressed,
    configurationSet: form.get('ConfigurationSetName') ?? header('x-ses-configuration-set'),
    // As in SES, tags of the call replace those of the header.
    tags: Object.keys(given).length > 0 ? given : tagsOfHeader(header('x-ses-message-tags') ?? ''),
  };
};

/** A SendEmail request. */
export const simpleMail = (form: URLSearchParams): Submission => {
  const lists = ['ToAddresses', 'CcAddresses', 'BccAddresses'];
  const [to = []] = lists.map((list) => members(form, `Destination.${list}`));
  const source = required(form, 'Source');
  const subject = required(form, 'Message.Subject.Data');
  return {
    email: {
      subject,
      text: form.get('Message.Body.Text.Data') ?? '',
      html: form.get('Message.Body.Html.Data') ?? '',
      headers: [
        { key: 'from', originalKey: 'From', value: source },
        { key: 'to', originalKey: 'To', value: to.join(', ') },
        { key: 'subject', originalKey: 'Subject', value: subject },
      ],
    },
    source,
    recipients: lists.flatMap((list) => members(form, `Destination.${list}`)),
    configurationSet: form.get('ConfigurationSetName'),
    tags: tagsOf(form),
  };
};

const tagsOf = (form: URLSearchParams): Record<string, string[]> => {
  const tags: [string, string][] = [];
  for (let at = 1; form.has(`Tags.member.${at}.Name`); at++)
    tags.push([form.get(`Tags.member.${at}.Name`)!, form.get(`Tags.member.${at}.Value`) ?? '']);
  return checkedTags(tags);
};

const tagsOfHeader = (header: string): Record<string, string[]> =>
  checkedTags(
    header
      .split(',')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

const checkedTags = (tags: readonly [string, string][]): Record<string, string[]> => {
  for (const [name, value] of tags)
    if (!TAG_NAME.test(name) || !TAG_VALUE.test(value))
      throw new AwsError('InvalidParameterValue', `Invalid tag name or value: ${name}=${value}.`);
  return Object.fromEntries(tags.map(([name, value]) => [name, [value]]));
};

const addressesOf = (address: Address): string[] =>
  address.group ? address.group.flatMap(addressesOf) : [address.address ?? ''];

/** @example 'Anna <anna@example.com>' */
export const addressText = (address: Address | undefined): string => {
  const [bare = ''] = address ? addressesOf(address) : [];
  return address?.name ? `${address.name} <${bare}>` : bare;
};

/** Without those that are meant for SES. */
export const headersOf = (email: Pick<Email, 'headers'>): Record<string, string> => {
  const headers = new Map<string, string>();
  for (const { key, value } of email.headers)
    if (!key.startsWith('x-ses-'))
      headers.set(key, headers.has(key) ? `${headers.get(key)}, ${value}` : value);
  return Object.fromEntries(headers);
};
