import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics } from '@segment/analytics-node';
import { CloudEvent, emitterFor, httpTransport, Mode } from 'cloudevents';
import { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ingest, type Seen, serve, SERVER_KEY, type Taken } from './gateway.ts';

let url: string;
let seen: Seen[];
let taken: Taken;
let stop: () => Promise<void>;

beforeEach(async () => {
  const { handler, taken: kept } = ingest();
  taken = kept;
  ({ url, seen, stop } = await serve(handler));
});
afterEach(() => stop());

const basic = `Basic ${Buffer.from(`${SERVER_KEY}:`).toString('base64')}`;

describe('the real clients, unmodified', () => {
  test('@segment/analytics-node', async () => {
    const analytics = new Analytics({ writeKey: SERVER_KEY, host: url });
    analytics.track({ userId: 'u', event: 'Demo Booked', properties: { a: 1 } });
    analytics.identify({ userId: 'u', traits: { email: 'Ann@Example.com' } });
    analytics.page({ userId: 'u', name: 'Home', properties: { path: '/' } });
    analytics.screen({ userId: 'u', name: 'Start' });
    analytics.group({ userId: 'u', groupId: 'acme', traits: { employees: 50 } });
    analytics.alias({ userId: 'u', previousId: 'old' });
    await analytics.closeAndFlush();

    expect(seen).toMatchObject([{ path: '/v1/batch', status: 200, headers: { authorization: basic } }]);
    expect(taken.quarantined).toEqual([]);
    expect(taken.messages()).toMatchObject([
      { type: 'track', event: 'Demo Booked', userId: 'u', properties: { a: 1 } },
      { type: 'identify', email: 'ann@example.com' },
      { type: 'page', properties: { name: 'Home', path: '/' } },
      { type: 'screen', properties: { name: 'Start' } },
      { type: 'group', groupId: 'acme', traits: { employees: 50 } },
      { type: 'alias', userId: 'u', previousId: 'old' },
    ]);
    for (const message of taken.messages()) {
      expect(message.key).toBe(new Date(message.occurredAt).toISOString());
      expect(message.messageId).toMatch(/^node-next-/);
    }
  });

  test('@rudderstack/rudder-sdk-node', async () => {
    const analytics = new RudderAnalytics(SERVER_KEY, { dataPlaneUrl: url });
    analytics.track({ userId: 'u', event: 'Demo Booked', properties: { a: 1 } });
    analytics.identify({ userId: 'u', traits: { email: 'ann@example.com' } });
    await new Promise((resolve) => void analytics.flush(resolve));

    expect(seen[0]).toMatchObject({
      path: '/v1/batch',
      status: 200,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-encoding': 'gzip',
        authorization: basic,
      },
    });
    await expect
      .poll(() => taken.messages())
      .toMatchObject([
        { type: 'track', event: 'Demo Booked', userId: 'u', properties: { a: 1 } },
        { type: 'identify', email: 'ann@example.com' },
      ]);
    for (const message of taken.messages())
      expect(Math.abs(message.occurredAt - Date.now())).toBeLessThan(10_000);
  });

  test.each([false, true])('posthog-node, compression off: %s', async (disableCompression) => {
    const posthog = new PostHog(SERVER_KEY, { host: url, disableCompression });
    posthog.capture({ distinctId: 'u', event: 'Demo Booked', properties: { a: 1 } });
    posthog.identify({ distinctId: 'u', properties: { email: 'ann@example.com' } });
    posthog.alias({ distinctId: 'u', alias: 'old' });
    await posthog.shutdown();

    expect(seen[0]).toMatchObject({ path: '/batch/', status: 200 });
    expect(seen[0]?.headers['content-encoding']).toBe(disableCompression ? undefined : 'gzip');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(taken.quarantined).toEqual([]);
    expect(taken.messages()).toMatchObject([
      { type: 'track', event: 'Demo Booked', userId: 'u', properties: { a: 1 } },
      { type: 'identify', userId: 'u', email: 'ann@example.com' },
      { type: 'alias', userId: 'u', previousId: 'old' },
    ]);
  });

  test.each([Mode.BINARY, Mode.STRUCTURED])('cloudevents, %s', async (mode) => {
    const event = new CloudEvent({
      id: '7',
      source: '/shop',
      type: 'com.shop.order.placed',
      subject: 'ann@example.com',
      time: '2026-05-14T11:00:00.000Z',
      data: { amount: 5 },
    });
    const send = emitterFor(httpTransport(`${url}/v1/cloudevents`), { mode });
    await send(event, { headers: { authorization: basic } });

    expect(seen).toMatchObject([{ path: '/v1/cloudevents', status: 200 }]);
    expect(taken.messages()).toMatchObject([
      {
        type: 'track',
        event: 'com.shop.order.placed',
        messageId: '/shop#7',
        email: 'ann@example.com',
        properties: { amount: 5 },
        key: '2026-05-14T11:00:00.000Z',
      },
    ]);
  });

  test('cloudevents, a batch', async () => {
    const events = ['1', '2'].map((id) =>
      new CloudEvent({ id, source: '/s', type: 'x', data: { id } }).cloneWith({ userid: 'u' }),
    );
    const answer = await fetch(`${url}/v1/cloudevents`, {
      method: 'POST',
      headers: { authorization: basic, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    });
    expect(answer.status).toBe(200);
    expect(taken.messages()).toMatchObject([
      { messageId: '/s#1', userId: 'u' },
      { messageId: '/s#2', userId: 'u' },
    ]);
  });
});
