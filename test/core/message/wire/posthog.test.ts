import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type Message, parseMessage } from '../../../../core/message/message.ts';
import { fromPostHog } from '../../../../core/message/wire/posthog.ts';

const RECEIVED = Date.parse('2026-05-14T12:00:00Z');
const event = {
  event: 'Signed Up',
  uuid: 'ph-1',
  distinct_id: 'u1',
  timestamp: '2026-05-14T11:00:00.000Z',
  properties: {},
};

const read = (fields: object): (Message | string)[] =>
  fromPostHog({ ...event, ...fields }).map((input) => {
    const parsed = parseMessage(input, { receivedAt: RECEIVED });
    return parsed.ok ? parsed.message : parsed.reason;
  });

describe('a PostHog event', () => {
  test('is a track of its person, without PostHog’s own fields', () => {
    expect(read({ properties: { plan: 'pro', $ip: '203.0.113.7', $lib: 'posthog-node' } })).toEqual([
      {
        type: 'track',
        event: 'Signed Up',
        messageId: 'ph-1',
        userId: 'u1',
        properties: { plan: 'pro' },
        context: {},
        occurredAt: Date.parse(event.timestamp),
        key: event.timestamp,
      },
    ]);
  });

  test.each([{ $is_identified: false }, { $process_person_profile: false }, { $device_id: 'u1' }])(
    'of nobody in particular is anonymous: %j',
    (properties) => {
      const [message] = read({ properties });
      expect(message).toMatchObject({ anonymousId: 'u1' });
      expect(message).not.toHaveProperty('userId');
    },
  );

  test('$identify links the anonymous id and sets what $set and $set_once say', () => {
    const properties = {
      $anon_distinct_id: 'a1',
      $set: { email: 'a@b.example', plan: 'x' },
      $set_once: { plan: 'first', via: 'ad' },
    };
    expect(read({ event: '$identify', properties })).toMatchObject([
      {
        type: 'identify',
        userId: 'u1',
        anonymousId: 'a1',
        email: 'a@b.example',
        traits: { plan: 'x', via: 'ad' },
      },
    ]);
  });

  test('that sets the person’s properties besides is two messages', () => {
    expect(read({ properties: { a: 1, $set: { plan: 'x' } } })).toMatchObject([
      { type: 'track', messageId: 'ph-1', properties: { a: 1 } },
      { type: 'identify', messageId: 'ph-1:set', traits: { plan: 'x' } },
    ]);
  });

  test('$pageview is a page with the path rules ask for', () => {
    expect(
      read({
        event: '$pageview',
        properties: { $current_url: 'https://x.example/pricing?utm=1', title: 'Pricing' },
      }),
    ).toMatchObject([
      {
        type: 'page',
        properties: {
          url: 'https://x.example/pricing?utm=1',
          path: '/pricing',
          search: '?utm=1',
          title: 'Pricing',
        },
      },
    ]);
    expect(read({ event: '$pageview', properties: { $current_url: 'no address' } })).toMatchObject([
      { type: 'page', properties: { url: 'no address' } },
    ]);
  });

  test('$screen, $set, $create_alias and $groupidentify are the calls that they are', () => {
    expect(read({ event: '$screen', properties: { $screen_name: 'Home' } })).toMatchObject([
      { type: 'screen', properties: { name: 'Home' } },
    ]);
    expect(read({ event: '$set', properties: { $set: { a: 1 } } })).toMatchObject([
      { type: 'identify', traits: { a: 1 } },
    ]);
    expect(read({ event: '$create_alias', properties: { alias: 'old' } })).toMatchObject([
      { type: 'alias', userId: 'u1', previousId: 'old' },
    ]);
    const group = { $group_type: 'company', $group_key: 'acme', $group_set: { size: 5 } };
    expect(read({ event: '$groupidentify', properties: group })).toMatchObject([
      { type: 'group', groupId: 'acme', userId: 'u1', traits: { size: 5 } },
    ]);
  });

  test('$groupidentify of nobody makes no person up', () => {
    const properties = { $group_type: 'company', $group_key: 'acme' };
    expect(read({ event: '$groupidentify', distinct_id: '$company_acme', properties })[0]).toMatch(
      /^names nobody/,
    );
  });

  test.prop([
    fc.anything(),
    fc.dictionary(fc.constantFrom('distinct_id', 'properties', 'timestamp', 'uuid', '$set'), fc.anything()),
    fc.constantFrom('$identify', '$pageview', '$screen', '$create_alias', '$groupidentify', 'x'),
    fc.dictionary(
      fc.constantFrom('$set', '$current_url', '$group_key', '$group_type', 'alias'),
      fc.anything(),
    ),
  ])('never makes it throw', (any, fields, name, properties) => {
    for (const input of fromPostHog(any)) parseMessage(input, { receivedAt: RECEIVED });
    for (const message of read({ ...fields, event: name })) expect(message).not.toBe('');
    for (const message of read({ event: name, properties })) expect(message).not.toBe('');
  });
});
