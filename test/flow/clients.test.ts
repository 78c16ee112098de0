import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { CloudEvent, emitterFor, Mode } from 'cloudevents';
import { join } from 'node:path';
import { PostHog } from 'posthog-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';

const RULES = join(import.meta.dirname, 'rules');

let product: Product;
beforeAll(async () => {
  product = await startProduct({ args: ['--rules', RULES] });
});
afterAll(() => product.end());

/** What every client does below: names a person and books a demo, 50 points. */
const scored = async (email: string): Promise<void> => {
  await expect
    .poll(async () => (await product.lead(email).catch(() => null))?.scores['engagement'] ?? 0, {
      timeout: 15_000,
    })
    .toBeGreaterThan(49);
};

describe('real, unmodified clients', () => {
  test('@segment/analytics-node', async () => {
    const client = new Analytics({ writeKey: product.keys.server, host: product.url, path: '/v1/batch' });
    client.identify({ userId: 'seg', traits: { email: 'seg@clients.example' } });
    client.track({ userId: 'seg', event: 'Demo Booked' });
    await client.closeAndFlush();
    await scored('seg@clients.example');
  });

  test('@rudderstack/rudder-sdk-node, gzipped under a form content type', async () => {
    const client = new RudderAnalytics(product.keys.server, {
      dataPlaneUrl: product.url,
      flushAt: 2,
      gzip: true,
    });
    client.identify({ userId: 'rud', traits: { email: 'rud@clients.example' } });
    client.track({ userId: 'rud', event: 'Demo Booked' });
    await new Promise<void>((resolve) => {
      void client.flush(() => resolve());
    });
    await scored('rud@clients.example');
  });

  test('posthog-node', async () => {
    const client = new PostHog(product.keys.server, { host: product.url, flushAt: 1 });
    client.identify({ distinctId: 'hog', properties: { email: 'hog@clients.example' } });
    client.capture({ distinctId: 'hog', event: 'Demo Booked' });
    await client.shutdown();
    await scored('hog@clients.example');
  });

  test('cloudevents, structured and binary', async () => {
    const emit = (mode: Mode) =>
      emitterFor(
        async (message, options) => {
          const answer = await fetch(`${product.url}/v1/cloudevents`, {
            method: 'POST',
            headers: {
              ...(message.headers as Record<string, string>),
              authorization: `Basic ${btoa(`${product.keys.server}:`)}`,
            },
            body: message.body as string,
            ...(options as object),
          });
          expect(answer.status).toBe(200);
          return answer;
        },
        { mode },
      );
    const event = (type: string, data: object) =>
      new CloudEvent({ type, source: '/crm', subject: 'cloud', data, datacontenttype: 'application/json' });
    await emit(Mode.STRUCTURED)(event('identify', { email: 'cloud@clients.example' }));
    await emit(Mode.BINARY)(event('Demo Booked', { product: 'crm' }));
    await scored('cloud@clients.example');
  });

  test('curl, as the README shows it: gzip or not, any content type', async () => {
    const authorization = `Basic ${btoa(`${product.keys.server}:`)}`;
    const body = JSON.stringify({
      batch: [
        { type: 'identify', userId: 'curl', traits: { email: 'curl@clients.example' } },
        { type: 'track', userId: 'curl', event: 'Demo Booked' },
      ],
    });
    const send = (content: string | Uint8Array, headers: Record<string, string>) =>
      fetch(`${product.url}/v1/batch`, {
        method: 'POST',
        body: content as BodyInit,
        headers: { authorization, ...headers },
      });
    expect((await send(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
    await scored('curl@clients.example');
    expect((await send(body, { 'content-type': 'text/plain' })).status).toBe(200);
  });
});
