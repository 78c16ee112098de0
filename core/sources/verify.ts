import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Source } from '../schema/source.ts';

/** A webhook as it came in. */
export interface Delivery {
  /** Upper case. */
  readonly method: string;
  /** As the sender called it, with its query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The very bytes. */
  readonly body: Buffer;
}

export type Verified =
  /** `id`: the same whenever the same delivery comes. */
  { readonly ok: true; readonly id: string } | { readonly ok: false; readonly reason: string };

/** How old a signed time may be, ms; either way, as clocks differ. */
const MAX_AGE = 5 * 60_000;

const no = (reason: string): Verified => ({ ok: false, reason });

/**
 * Whether a webhook is from whom it says, by its bytes, and whether it is fresh where its signature holds a time.
 * @param secret as the other product shows it; @param now UTC milliseconds
 */
export const verify = (
  { scheme, header = '', encoding = 'hex', prefix = '' }: Source['verify'],
  delivery: Delivery,
  secret: string,
  now: number,
): Verified => {
  if (secret === '') return no('there is no key for it');
  const { headers, body } = delivery;
  const hmac = (how: 'hex' | 'base64', ...parts: (string | Buffer)[]): string => {
    const made = createHmac('sha256', secret);
    for (const part of parts) made.update(part);
    return made.digest(how);
  };
  const byBytes = (signature: string | undefined, ours: string): Verified =>
    same(signature, ours) ? { ok: true, id: digest(body) } : no('the signature is not theirs');
  switch (scheme) {
    case 'calendly':
    case 'stripe': {
      const said = headers[scheme === 'calendly' ? 'calendly-webhook-signature' : 'stripe-signature'] ?? '';
      const parts = said.split(',').map((part) => part.trim().split('='));
      const time = parts.find(([key]) => key === 't')?.[1] ?? '';
      if (!isFresh(time, 1000, now)) return no('the signature is too old, or has no time');
      const ours = hmac('hex', `${time}.`, body);
      const theirs = parts.filter(([key]) => key === 'v1').slice(0, 5);
      return theirs.some(([, value]) => same(value, ours))
        ? { ok: true, id: digest(body) }
        : no('the signature is not theirs');
    }
    case 'typeform':
      return byBytes(headers['typeform-signature'], `sha256=${hmac('base64', body)}`);
    case 'cal.com':
      return byBytes(headers['x-cal-signature-256'], hmac('hex', body));
    case 'hubspot': {
      const time = headers['x-hubspot-request-timestamp'] ?? '';
      if (!isFresh(time, 1, now)) return no('the signature is too old, or has no time');
      const [asCalled, asSigned] = [delivery.url, hubspotUrl(delivery.url)].map((url) =>
        byBytes(headers['x-hubspot-signature-v3'], hmac('base64', delivery.method, url, body, time)),
      ) as [Verified, Verified];
      return asCalled.ok ? asCalled : asSigned;
    }
    case 'standard-webhooks': {
      const { 'webhook-id': id = '', 'webhook-timestamp': time = '' } = headers;
      if (id === '' || id.length > 256) return no('a webhook without an id');
      if (!isFresh(time, 1000, now)) return no('the signature is too old, or has no time');
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      if (key.length === 0) return no('there is no key for it');
      const ours = `v1,${createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64')}`;
      const theirs = (headers['webhook-signature'] ?? '').split(' ').slice(0, 5);
      return theirs.some((each) => same(each, ours))
        ? { ok: true, id: digest(id) }
        : no('the signature is not theirs');
    }
    case 'hmac':
      return byBytes(headers[header.toLowerCase()], `${prefix}${hmac(encoding, body)}`);
    default:
      return scheme satisfies never;
  }
};

/** Marks that HubSpot writes plainly in the address that it signs, however it calls it. */
const PLAIN = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
const hubspotUrl = (url: string): string =>
  url.replace(PLAIN, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

const isFresh = (time: string, unit: number, now: number): boolean =>
  /^\d{1,15}$/.test(time) && Math.abs(now - Number(time) * unit) <= MAX_AGE;

const same = (theirs: string | undefined, ours: string): boolean => {
  const [a, b] = [Buffer.from(theirs ?? ''), Buffer.from(ours)];
  return a.length === b.length && timingSafeEqual(a, b);
};

const digest = (of: string | Buffer): string => createHash('sha256').update(of).digest('hex').slice(0, 40);
