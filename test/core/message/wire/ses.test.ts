import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parseMessage } from '../../../../core/message/message.ts';
import { UNCONFIRMED } from '../../../../core/message/clicks.ts';
import { fromSes, provedBy } from '../../../../core/message/wire/ses.ts';

const RECEIVED = Date.parse('2026-05-14T12:00:00Z');
const mail = {
  timestamp: '2026-05-14T11:00:00.000Z',
  messageId: '0100018f',
  destination: ['ann@example.com'],
  tags: {
    'ses:configuration-set': ['kindling'],
    lead: ['l1'],
    journey: ['welcome'],
    email: ['first'],
    claim: ['c1'],
  },
};
const bus = (detail: object): unknown => ({
  source: 'aws.ses',
  'detail-type': 'Email',
  detail: { mail, ...detail },
});

const read = (event: unknown): unknown => {
  const from = fromSes(event);
  if (from === null) return null;
  const parsed = parseMessage(from.input, { receivedAt: RECEIVED, ...from });
  return parsed.ok ? parsed.message : parsed.reason;
};

describe('an event of SES', () => {
  test('is a track of the lead that the mail’s tags name, without an address or IP', () => {
    const click = {
      timestamp: '2026-05-14T11:05:00.000Z',
      link: 'https://x.example/',
      ipAddress: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
    };
    const message = read(bus({ eventType: 'Click', click }));
    expect(message).toMatchObject({
      type: 'track',
      event: 'email.clicked',
      leadId: 'l1',
      properties: { email: 'first', journey: 'welcome', claim: 'c1', url: 'https://x.example/' },
      context: { userAgent: 'Mozilla/5.0' },
      occurredAt: Date.parse('2026-05-14T11:05:00Z'),
    });
    expect(JSON.stringify(message)).not.toMatch(/ann@|203\.0/);
  });

  test('has an id made of what it says, so that its copies are one', () => {
    const open = (timestamp: string): unknown => read(bus({ eventType: 'Open', open: { timestamp } }));
    expect(open('2026-05-14T11:05:00.000Z')).toEqual(open('2026-05-14T11:05:00.000Z'));
    expect(open('2026-05-14T11:05:00.000Z')).not.toEqual(open('2026-05-14T11:05:01.000Z'));
  });

  test('says whether a bounce is for good', () => {
    const bounce = (bounceType: string): unknown =>
      read(
        bus({
          eventType: 'Bounce',
          bounce: { bounceType, bounceSubType: 'General', timestamp: mail.timestamp },
        }),
      );
    expect(bounce('Permanent')).toMatchObject({
      event: 'email.bounced',
      properties: { permanent: true, reason: 'General' },
    });
    expect(bounce('Transient')).toMatchObject({ properties: { permanent: false } });
  });

  test.each([
    ['Delivery', 'email.delivered'],
    ['Complaint', 'email.complained'],
    ['Reject', 'email.rejected'],
  ])('%s is %s', (eventType, event) => {
    expect(read(bus({ eventType }))).toMatchObject({ event, occurredAt: Date.parse(mail.timestamp) });
  });

  const BROWSER = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile';
  const marked = (eventType: 'Open' | 'Click', userAgent: string, timestamp = '2026-05-14T11:05:00Z') =>
    (read(bus({ eventType, [eventType.toLowerCase()]: { timestamp, userAgent } })) as { suspected?: string })
      .suspected;

  test('a click is held for a machine’s until a page follows; one that says so is a machine’s for good', () => {
    expect(marked('Click', BROWSER)).toBe(UNCONFIRMED);
    expect(marked('Click', 'Mimecast-URL-Scanner/1.0')).toBe('mail scanner');
  });

  test('an open by Apple’s proxy, by a scanner, or within seconds is a machine’s', () => {
    expect(marked('Open', BROWSER)).toBeUndefined();
    expect(marked('Open', 'Mozilla/5.0')).toBe('opened by a machine');
    expect(marked('Open', 'SomeBot/2.0 (+https://bot.example)')).toBe('opened by a machine');
    expect(marked('Open', BROWSER, '2026-05-14T11:00:03Z')).toBe('opened by a machine');
  });

  test('of a mail to sales is nothing that the lead did, and still proves that it went out', () => {
    const tags = { lead: ['l1'], email: ['handoff'], claim: ['handoff-1_mail_0'] };
    const event = { source: 'aws.ses', detail: { mail: { ...mail, tags }, eventType: 'Delivery' } };
    expect(read(event)).toBeNull();
    expect(provedBy(event)).toEqual({ of: 'lead', id: 'l1', claim: 'handoff-1_mail_0', outcome: 'sent' });
    expect(provedBy(bus({ eventType: 'Reject' }))).toMatchObject({ outcome: 'refused' });
    expect(provedBy(bus({ eventType: 'DeliveryDelay' }))).toBeNull();
    expect(provedBy(null)).toBeNull();
  });

  test('that changes nothing, or is about a mail that is not ours, is none', () => {
    expect(read(bus({ eventType: 'Send' }))).toBeNull();
    expect(read(bus({ eventType: 'toString' }))).toBeNull();
    expect(read({ detail: { eventType: 'Open', mail: { tags: {} } } })).toBeNull();
    expect(read(null)).toBeNull();
  });

  test.prop([fc.anything(), fc.dictionary(fc.constantFrom('mail', 'click', 'eventType'), fc.anything())])(
    'never makes it throw',
    (any, detail) => {
      fromSes(any);
      read(bus({ eventType: 'Click', ...detail }));
    },
  );
});
