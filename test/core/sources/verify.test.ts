import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Source } from '../../../core/schema/source.ts';
import { type Delivery, verify } from '../../../core/sources/verify.ts';

const NOW = Date.parse('2026-05-14T10:00:00Z');
const SECONDS = String(NOW / 1000);
const BODY = '{"event":"x","é":1}';
const KEY = 'a key that both know';
const STANDARD = `whsec_${btoa('a key of 24 bytes or more')}`;
const URL_ = 'https://kindling.example/hooks/x?a=1';
const sign = (how: 'hex' | 'base64', text: string): string =>
  createHmac('sha256', KEY).update(text).digest(how);

const CASES: readonly [Source['verify'], Record<string, string>, string][] = [
  [
    { scheme: 'calendly' },
    { 'calendly-webhook-signature': `t=${SECONDS},v1=${sign('hex', `${SECONDS}.${BODY}`)}` },
    KEY,
  ],
  [{ scheme: 'stripe' }, { 'stripe-signature': `t=${SECONDS},v1=${sign('hex', `${SECONDS}.${BODY}`)}` }, KEY],
  [{ scheme: 'typeform' }, { 'typeform-signature': `sha256=${sign('base64', BODY)}` }, KEY],
  [{ scheme: 'cal.com' }, { 'x-cal-signature-256': sign('hex', BODY) }, KEY],
  [
    { scheme: 'hubspot' },
    {
      'x-hubspot-signature-v3': sign('base64', `POST${URL_}${BODY}${NOW}`),
      'x-hubspot-request-timestamp': String(NOW),
    },
    KEY,
  ],
  [
    { scheme: 'standard-webhooks' },
    {
      'webhook-id': 'msg_1',
      'webhook-timestamp': SECONDS,
      'webhook-signature': new Webhook(STANDARD).sign('msg_1', new Date(NOW), BODY),
    },
    STANDARD,
  ],
  [
    { scheme: 'hmac', header: 'X-Signature', encoding: 'hex', prefix: 'sha256=' },
    { 'x-signature': `sha256=${sign('hex', BODY)}` },
    KEY,
  ],
];
const delivery = (headers: Record<string, string>, more: Partial<Delivery> = {}): Delivery => ({
  method: 'POST',
  url: URL_,
  headers,
  body: Buffer.from(BODY),
  ...more,
});
const AGED: readonly string[] = ['calendly', 'stripe', 'hubspot', 'standard-webhooks'];

describe.each(CASES)('%j', (how, headers, key) => {
  const check = (more: Partial<Delivery> = {}, secret = key, now = NOW, said = headers): boolean =>
    verify(how, delivery(said, more), secret, now).ok;

  test('what they signed is theirs, and the same delivery has the same id', () => {
    const first = verify(how, delivery(headers), key, NOW);
    expect(first).toMatchObject({ ok: true, id: expect.stringMatching(/^[0-9a-f]{40}$/) as string });
    expect(verify(how, delivery(headers), key, NOW + 1_000)).toEqual(first);
  });

  test('a body that was changed at any byte is not', () => {
    const bytes = Buffer.from(BODY);
    for (let place = 0; place < bytes.length; place += 1) {
      const body = Buffer.from(bytes);
      body[place] = (body[place] ?? 0) ^ 1;
      expect(check({ body })).toBe(false);
    }
    expect(check({ body: Buffer.from(`${BODY} `) })).toBe(false);
    expect(check({ body: Buffer.alloc(0) })).toBe(false);
  });

  test('one whose headers were changed at any place is not', () => {
    for (const [name, value] of Object.entries(headers)) {
      for (let place = 0; place < value.length; place += 1) {
        const changed = value.slice(0, place) + (value[place] === 'a' ? 'b' : 'a') + value.slice(place + 1);
        expect(check({}, key, NOW, { ...headers, [name]: changed }), changed).toBe(false);
      }
      for (const changed of ['', value.slice(1), value.slice(0, -1), `${value}0`])
        expect(check({}, key, NOW, { ...headers, [name]: changed }), changed).toBe(false);
      const { [name]: _left, ...others } = headers;
      expect(check({}, key, NOW, others)).toBe(false);
    }
  });

  test('of another key, or of none, it is not', () => {
    expect(check({}, 'another key')).toBe(false);
    expect(check({}, '')).toBe(false);
  });

  // The others sign no time: a delivery that is replayed is known by its bytes.
  const isAged = AGED.includes(how.scheme);
  test(`an old one, and one from the future, is ${isAged ? 'not' : 'known by its bytes alone'}`, () => {
    expect(check({}, key, NOW + 301_000)).toBe(!isAged);
    expect(check({}, key, NOW - 301_000)).toBe(!isAged);
    expect(check({}, key, NOW + 299_000)).toBe(true);
  });
});

test('one good signature among several is enough, of the scheme that is meant', () => {
  const signature = sign('hex', `${SECONDS}.${BODY}`);
  const check = (said: string): boolean =>
    verify({ scheme: 'stripe' }, delivery({ 'stripe-signature': said }), KEY, NOW).ok;
  expect(check(`t=${SECONDS},v1=00,v1=${signature},v0=x`)).toBe(true);
  expect(check(`t=${SECONDS},v1=00,v0=${signature}`)).toBe(false);
});

test('HubSpot signs the address, too', () => {
  const [how, headers, key] = CASES[4] ?? [];
  if (how === undefined || headers === undefined || key === undefined) throw new Error('no case');
  expect(verify(how, delivery(headers, { url: 'https://kindling.example/hooks/y' }), key, NOW).ok).toBe(
    false,
  );
  expect(verify(how, delivery(headers, { method: 'PUT' }), key, NOW).ok).toBe(false);
});

// The signature that the specification's own libraries are tested with.
test('Standard Webhooks’ published example is theirs, whatever comes before or after it', () => {
  const at = 1_614_265_330;
  const published = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
  const check = (signature: string): boolean =>
    verify(
      { scheme: 'standard-webhooks' },
      delivery(
        {
          'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
          'webhook-timestamp': String(at),
          'webhook-signature': signature,
        },
        { body: Buffer.from('{"test": 2432232314}') },
      ),
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      at * 1000,
    ).ok;
  expect(check(published)).toBe(true);
  expect(check(`v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= ${published} v2,x`)).toBe(true);
  expect(check(published.replace('v1', 'v2'))).toBe(false);
  expect(check(published.slice(3))).toBe(false);
});
