// @vitest-environment jsdom
// @vitest-environment-options { "url": "https://shop.example/pricing?utm_source=x" }
import { join } from 'node:path';
import { AnalyticsBrowser } from '@segment/analytics-next';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Product, startProduct } from './product.ts';

let product: Product;
const { fetch } = globalThis;
beforeAll(async () => {
  product = await startProduct({ args: ['--rules', join(import.meta.dirname, 'rules')] });
  // Without it the client takes XMLHttpRequest, and jsdom's asks for leave across origins as browsers do.
  vi.stubGlobal('fetch', undefined);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await product.end();
});

test('@segment/analytics-next in a page of another origin: what it sends by the browser key is scored', async () => {
  const [analytics] = await AnalyticsBrowser.load({ writeKey: product.keys.browser, cdnURL: product.url });
  await analytics.page('Pricing');
  await analytics.track('Demo Booked', { product: 'crm' });
  await analytics.identify('next', { email: 'next@clients.example', title: 'Head of IT' });
  vi.stubGlobal('fetch', fetch);
  await expect
    .poll(async () => (await product.lead('next@clients.example').catch(() => null))?.total ?? 0, {
      timeout: 15_000,
    })
    .toBeGreaterThan(79);
  // What was done before the visitor said who they are, too.
  const { timeline } = await product.lead('next@clients.example');
  expect(timeline.map(({ name }) => name)).toEqual(expect.arrayContaining(['page', 'Demo Booked']));
});
