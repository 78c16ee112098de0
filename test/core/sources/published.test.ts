import { describe, expect, test } from 'vitest';
import { isFromSlack } from '../../../core/handoff/slack-action.ts';
import { type Delivery, verify } from '../../../core/sources/verify.ts';
import type { Source } from '../../../core/schema/source.ts';

/*
 * Signatures that this code did not make: as the products publish them, and where they publish none that can be
 * reproduced, made by `openssl dgst -sha256 -hmac KEY` (`-binary | base64` for base64) of what their documentation says
 * is signed.
 */

interface Vector {
  readonly from: string;
  readonly how: Source['verify'];
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly url?: string;
  /** Seconds since 1970. */
  readonly at?: number;
}
const KEY = 'the key that both of us know';
const AT = 1_779_000_000;

const VECTORS: readonly Vector[] = [
  {
    from: 'GitHub, “Validating webhook deliveries”: Testing the webhook payload validation',
    how: { scheme: 'hmac', header: 'X-Hub-Signature-256', encoding: 'hex', prefix: 'sha256=' },
    key: "It's a Secret to Everybody",
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
    body: 'Hello, World!',
  },
  {
    from: 'HubSpot, tests/spec/utils/test_signature.py of hubspot-api-python, version 3',
    how: { scheme: 'hubspot' },
    key: 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy',
    headers: {
      'x-hubspot-signature-v3': 'HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=',
      'x-hubspot-request-timestamp': '15000000',
    },
    body: "{'example_field':'example_value'}",
    url: 'https://www.example.com/webhook_uri',
    at: 15_000,
  },
  {
    from: 'openssl, of what HubSpot signs: the address with its marks written plainly',
    how: { scheme: 'hubspot' },
    key: KEY,
    headers: {
      'x-hubspot-signature-v3': 'qK8V3Vl+qm729Wk8JGHZGwzel0Ft7t+ecngm/Az4iA4=',
      'x-hubspot-request-timestamp': `${AT}000`,
    },
    body: '[]',
    url: 'https://kindling.example/hooks/hubspot?to=a%3Ab%2fc%40d',
  },
  {
    from: 'openssl, of what Stripe signs: `t.body`',
    how: { scheme: 'stripe' },
    key: KEY,
    headers: {
      'stripe-signature': `t=${AT},v1=506018db9bcebbe1d209e2caf993c75c98fb148bcfe1bbab46521ff966ebc5d6,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`,
    },
    body: '{"id":"evt_1","type":"customer.created","name":"Åse"}',
  },
  {
    from: 'openssl, of what Calendly signs: `t.body`',
    how: { scheme: 'calendly' },
    key: KEY,
    headers: {
      'calendly-webhook-signature': `t=${AT},v1=187aa24ab02bd001b55bf66a9144cf4c44931c96f0a3ef21335202df07cb3a3b`,
    },
    body: '{"event":"invitee.created","payload":{"email":"kim@alpha.example"}}',
  },
  {
    from: 'openssl, of what Typeform signs: the body, in base64',
    how: { scheme: 'typeform' },
    key: KEY,
    headers: { 'typeform-signature': 'sha256=/ADlQ62JnrIL5TRm0vDKKNcRz6zCE1o5bXUI/jtWxg0=' },
    body: '{"event_id":"01H","event_type":"form_response"}',
  },
  {
    from: 'openssl, of what Cal.com signs: the body, in hex',
    how: { scheme: 'cal.com' },
    key: KEY,
    headers: {
      'x-cal-signature-256': '946046446ddb85aec5bbc0f4c60b1e4d591a5dcd50a052292050c4be4fae704c',
    },
    body: '{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-05-17T06:40:00.000Z"}',
  },
];

describe.each(VECTORS)('$from', ({ how, key, headers, body, url = 'https://kindling.example/', at = AT }) => {
  const check = (more: Partial<Delivery> = {}): boolean =>
    verify(how, { method: 'POST', url, headers, body: Buffer.from(body), ...more }, key, at * 1000).ok;

  test('is theirs, and with any other byte it is not', () => {
    expect(check()).toBe(true);
    const bytes = Buffer.from(body);
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(check({ body: changed })).toBe(false);
    }
  });
});

// Slack, “Verifying requests from Slack”: the slash command that its documentation goes through step by step.
describe('Slack’s published request', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const check = (said: string, time = '1531420618', signature = PUBLISHED): boolean =>
    isFromSlack(
      { 'x-slack-request-timestamp': time, 'x-slack-signature': signature },
      Buffer.from(said),
      '8f742231b10e8888abcd99yyyzzz85a5',
      1_531_420_618_000,
    );
  const PUBLISHED = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
  const changedAt = (text: string, place: number): string =>
    text.slice(0, place) + (text[place] === '1' ? '2' : '1') + text.slice(place + 1);

  test('is theirs, and changed at any byte of it, of its time or of its signature it is not', () => {
    expect(check(body)).toBe(true);
    for (let place = 0; place < body.length; place += 1) expect(check(changedAt(body, place))).toBe(false);
    for (let place = 0; place < 10; place += 1)
      expect(check(body, changedAt('1531420618', place))).toBe(false);
    for (let place = 0; place < PUBLISHED.length; place += 1)
      expect(check(body, '1531420618', changedAt(PUBLISHED, place))).toBe(false);
  });
});
