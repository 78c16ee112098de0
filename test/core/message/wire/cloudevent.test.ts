import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parseMessage } from '../../../../core/message/message.ts';
import { fromCloudEvent } from '../../../../core/message/wire/cloudevent.ts';

const RECEIVED = Date.parse('2026-05-14T12:00:00Z');
const event = {
  specversion: '1.0',
  id: '1',
  source: '/shop',
  type: 'com.shop.order.placed',
  time: '2026-05-14T11:00:00Z',
};

const read = (fields: object): unknown => {
  const from = fromCloudEvent({ ...event, ...fields });
  if (!from.ok) return from.reason;
  const parsed = parseMessage(from.input, { receivedAt: RECEIVED });
  return parsed.ok ? parsed.message : parsed.reason;
};

describe('a CloudEvent', () => {
  test('is a track called by its type, with its data as properties', () => {
    expect(read({ userid: 'u1', data: { amount: 5 } })).toMatchObject({
      type: 'track',
      event: 'com.shop.order.placed',
      messageId: '/shop#1',
      userId: 'u1',
      properties: { amount: 5 },
      occurredAt: Date.parse('2026-05-14T11:00:00Z'),
    });
  });

  test('is about its subject where it names nobody else: a person’s id or address', () => {
    expect(read({ subject: 'u7' })).toMatchObject({ userId: 'u7' });
    expect(read({ subject: 'Ann@Example.com' })).toMatchObject({ email: 'ann@example.com' });
    const both = read({ subject: 'orders/7', anonymousid: 'a1' });
    expect(both).toMatchObject({ anonymousId: 'a1' });
    expect(both).not.toHaveProperty('userId');
  });

  test('may be another call of the Segment spec', () => {
    expect(
      read({ type: 'identify', userid: 'u', data: { title: 'CTO' }, email: 'a@b.example' }),
    ).toMatchObject({
      type: 'identify',
      traits: { title: 'CTO', email: 'a@b.example' },
      email: 'a@b.example',
      properties: {},
    });
    expect(read({ type: 'group', userid: 'u', groupid: 'g', data: { plan: 'x' } })).toMatchObject({
      groupId: 'g',
      traits: { plan: 'x' },
    });
    expect(read({ type: 'page', userid: 'u', data: { path: '/p' } })).toMatchObject({
      type: 'page',
      properties: { path: '/p' },
    });
    expect(read({ type: 'alias', userid: 'u', previousid: 'p' })).toMatchObject({
      type: 'alias',
      previousId: 'p',
    });
  });

  test('may carry data that is no object, or in base64', () => {
    expect(read({ userid: 'u', data: [1] })).toMatchObject({ properties: { value: [1] } });
    expect(read({ userid: 'u', data_base64: Buffer.from('{"a":1}').toString('base64') })).toMatchObject({
      properties: { a: 1 },
    });
    expect(read({ userid: 'u', data_base64: 'aGk=' })).toMatchObject({ properties: { value: 'hi' } });
  });

  test('has an id of its source and its own id, hashed where that is too long', () => {
    expect(read({ userid: 'u', source: `/${'x'.repeat(300)}` })).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  test('of another specification, or about nobody, is refused', () => {
    expect(read({ specversion: '0.3', userid: 'u' })).toBe('specversion must be 1.0');
    expect(read({})).toMatch(/^names nobody/);
    expect(read({ id: '', userid: 'u' })).toBe('messageId is missing');
    expect(fromCloudEvent([event])).toEqual({ ok: false, reason: 'a CloudEvent must be an object' });
  });

  test.prop([
    fc.anything(),
    fc.dictionary(
      fc.constantFrom('type', 'id', 'source', 'subject', 'data', 'data_base64', 'userid', 'time'),
      fc.anything(),
    ),
  ])('never makes it throw', (any, fields) => {
    fromCloudEvent(any);
    const from = fromCloudEvent({ ...event, ...fields });
    if (from.ok) parseMessage(from.input, { receivedAt: RECEIVED });
  });
});
