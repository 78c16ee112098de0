import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from '../flow/product.ts';
import { openChromium, shoot } from './chromium.ts';

const RULES = join(import.meta.dirname, '..', 'flow', 'rules');
const START = '2026-05-04T08:00:00.000Z';
const hostile = '<img src=x onerror="document.title=\'taken\'">';

let product: Product;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  product = await startProduct({ args: ['--rules', RULES, '--virtual-clock', START] });
  const person = (userId: string, traits: object) => ({
    type: 'identify',
    userId,
    messageId: `i-${userId}`,
    traits,
    timestamp: START,
  });
  const visit = (userId: string, path: string, n: number) => ({
    type: 'page',
    userId,
    messageId: `p-${userId}-${n}`,
    properties: { path },
    timestamp: new Date(Date.parse(START) - n * 7_200_000).toISOString(),
  });
  await product.send(
    person('kim', { email: 'kim@beta.example', firstName: 'Kim', lastName: 'Berg', title: 'Head of IT' }),
    ...[0, 3, 9, 30].map((n) => visit('kim', '/pricing', n)),
    {
      type: 'track',
      event: 'Demo Booked',
      userId: 'kim',
      messageId: 'demo',
      properties: { product: 'crm' },
      timestamp: START,
    },
    person('ida', {
      email: 'ida@alpha.example',
      firstName: 'Ida',
      lastName: 'Falk',
      title: 'Head of Growth',
    }),
    visit('ida', '/pricing', 1),
    person('eve', { email: 'eve@evil.example', name: hostile, title: hostile }),
    visit('eve', hostile, 1),
    { type: 'track', userId: 'ida', messageId: 'nameless', timestamp: START },
  );
  await product.idle();
  browser = await openChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});
afterAll(async () => {
  await browser?.close();
  await product?.end();
});

describe('the console, in Chromium', () => {
  test('signs in by itself on one machine and lists the warmest band first', async () => {
    await page.goto(product.url);
    await page.getByRole('link', { name: 'Kim Berg' }).waitFor();
    expect(await page.locator('table.leads tbody tr').count()).toBe(1);
    await shoot(page, 'leads');
    await page.getByRole('link', { name: /cold/ }).click();
    await page.getByText('eve@evil.example').waitFor();
  });

  test('finds by exact e-mail and by the beginning of a name', async () => {
    const search = page.getByRole('searchbox');
    await search.fill('ida@alpha.example');
    await search.press('Enter');
    await page.getByRole('link', { name: 'Ida Falk' }).waitFor();
    await search.fill('kim b');
    await search.press('Enter');
    await page.getByRole('link', { name: 'Kim Berg' }).waitFor();
    await search.fill('nobody');
    await search.press('Enter');
    await page.getByText('Nobody has the e-mail').waitFor();
  });

  test('shows why: each bar opens to the sentence, the rule’s reason and the events', async () => {
    const kim = await product.lead('kim@beta.example');
    await page.goto(`${product.url}/leads/${encodeURIComponent(kim.id)}`);
    await page.getByRole('heading', { name: 'Kim Berg' }).waitFor();
    const bar = page.locator('.waterfall details', { hasText: 'Pricing' });
    await bar.locator('summary').click();
    await bar.getByText('Who looks at prices compares.').waitFor();
    expect(await bar.locator('li').count()).toBe(4);
    await page.locator('.chart canvas').waitFor();
    await shoot(page, 'lead');
    const total = await page.locator('.row.total b').textContent();
    expect(Number(total)).toBe(Math.round(kim.total));
  });

  test('what strangers send stays text', async () => {
    const eve = await product.lead('eve@evil.example');
    await page.goto(`${product.url}/leads/${encodeURIComponent(eve.id)}`);
    await page.getByRole('heading', { name: hostile }).waitFor();
    expect(await page.title()).toBe('Kindling');
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  test('shows the mails and the Slack message that went out, and what is in quarantine', async () => {
    await page.goto(`${product.url}/mailbox`);
    await page
      .getByRole('button', { name: /Kim Berg is ready/ })
      .first()
      .click();
    await page.frameLocator('iframe').getByText('points').first().waitFor();
    await shoot(page, 'mailbox');
    await page.getByRole('button', { name: /Slack/ }).first().click();
    await page.locator('.slack').getByText('Kim Berg').first().waitFor();
    await shoot(page, 'slack');
    await page.getByRole('link', { name: 'Quarantine' }).click();
    await page.locator('summary').first().waitFor();
    await shoot(page, 'quarantine');
  });

  test('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const kim = await product.lead('kim@beta.example');
    await page.goto(`${product.url}/leads/${encodeURIComponent(kim.id)}`);
    await page.locator('.chart canvas').waitFor();
    await shoot(page, 'lead-phone');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  test('the browser had nothing to complain of', () => {
    expect(complaints).toEqual([]);
  });
});
