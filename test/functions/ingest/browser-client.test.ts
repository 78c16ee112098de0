// @vitest-environment jsdom
// @vitest-environment-options { "url": "https://shop.example/pricing?utm_source=x" }
import { AnalyticsBrowser } from '@segment/analytics-next';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BROWSER_KEY, ingest, type Seen, serve, type Taken } from './gateway.ts';

let url: string;
let seen: Seen[];
let taken: Taken;
let stop: () => Promise<void>;

beforeEach(async () => {
  // Without fetch the client takes XMLHttpRequest, and jsdom's asks for leave across origins as browsers do.
  vi.stubGlobal('fetch', undefined);
  const { handler, taken: kept } = ingest({ origins: ['https://shop.example'] });
  taken = kept;
  ({ url, seen, stop } = await serve(handler));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await stop();
});

test('@segment/analytics-next asks for its settings, sends from its page, and is answered', async () => {
  const [analytics] = await AnalyticsBrowser.load({ writeKey: BROWSER_KEY, cdnURL: url });
  await analytics.page('Pricing');
  await analytics.track('Demo Requested', { plan: 'pro' });
  await analytics.identify('u1', { email: 'Ann@Example.com' });
  await analytics.group('acme', { employees: 50 });

  await expect.poll(() => taken.messages().length, { timeout: 10_000 }).toBe(4);
  expect(seen[0]).toMatchObject({ method: 'GET', path: `/v1/projects/${BROWSER_KEY}/settings`, status: 200 });
  const sent = seen.filter(({ method }) => method === 'POST');
  expect(sent.map(({ path }) => path).sort()).toEqual(['/v1/g', '/v1/i', '/v1/p', '/v1/t']);
  for (const { status, headers } of sent) {
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(headers.origin).toBe('https://shop.example');
  }
  expect(taken.quarantined).toEqual([]);

  const byType = Object.fromEntries(taken.messages().map((message) => [message.type, message]));
  expect(byType.page).toMatchObject({
    properties: { name: 'Pricing', path: '/pricing', search: '?utm_source=x' },
    context: { page: { path: '/pricing' } },
  });
  expect(byType.page).not.toHaveProperty('userId');
  expect(byType.track).toMatchObject({ event: 'Demo Requested', properties: { plan: 'pro' } });
  expect(byType.identify).toMatchObject({ userId: 'u1', email: 'ann@example.com' });
  expect(byType.identify?.anonymousId).toBe(byType.page?.anonymousId);
  expect(byType.group).toMatchObject({ groupId: 'acme', traits: {} });
});

test('@segment/analytics-next in batches', async () => {
  const [analytics] = await AnalyticsBrowser.load(
    { writeKey: BROWSER_KEY, cdnURL: url },
    {
      integrations: {
        'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 2, timeout: 100 } } },
      },
    },
  );
  await analytics.track('One');
  await analytics.track('Two');
  await expect
    .poll(() => taken.messages().map(({ event }) => event), { timeout: 10_000 })
    .toEqual(['One', 'Two']);
  expect(seen.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/v1/b']);
});
