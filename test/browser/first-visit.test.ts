import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../flow/product.ts';
import { openChromium, openPage, shoot } from './chromium.ts';
import { faintTexts, isCutOff, nameless } from './readable.ts';

let product: Product;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  product = await startProduct({ args: ['--no-demo'] });
  browser = await openChromium();
  page = await openPage(browser, complaints);
});
afterAll(async () => {
  await browser?.close();
  await product?.end();
});

test('where nobody is yet, every page says what will be there or what to do', async () => {
  for (const [path, said] of [
    ['/', 'The first event makes one'],
    ['/accounts', 'No accounts yet'],
    ['/handoffs', 'once it qualifies'],
    ['/report', 'is counted here'],
    ['/journeys', 'Nobody has begun it yet.'],
    ['/mailbox', 'will lie here'],
    ['/quarantine', 'every message could be taken'],
  ] as const) {
    await page.goto(product.url + path);
    await page.getByText(said).first().waitFor();
    expect.soft({ path, faint: await faintTexts(page) }).toEqual({ path, faint: [] });
    expect.soft({ path, nameless: await nameless(page) }).toEqual({ path, nameless: [] });
  }
});

test('the first event, sent as the page says, shows by itself', async () => {
  await page.goto(product.url);
  const shown = (await page.locator('pre.first').innerText()).trim();
  await shoot(page, 'first-visit');
  const [, url = '', body = ''] = /^curl -u YOUR_SERVER_KEY: (\S+) -d '(.*)'$/.exec(shown) ?? [];
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${product.keys.server}:`)}` },
    body,
  });
  expect(answer.status).toBe(200);
  await page.getByRole('link', { name: 'ada@difference.example' }).waitFor();
  expect(await page.title()).toBe('Leads · Kindling');
});

test('the leads of a band are asked for once, and so are the bands', async () => {
  const asked: string[] = [];
  const note = (request: { url: () => string }): number => asked.push(new URL(request.url()).pathname);
  page.on('request', note);
  await page.goto(product.url);
  await page.getByRole('link', { name: 'ada@difference.example' }).waitFor();
  page.off('request', note);
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual(['/api/bands', '/api/leads']);
});

test.each([
  ['/leads/nobody', 'There is no such lead'],
  ['/accounts/nobody.example', 'There is no such account'],
])('%s is told in the title, too, and leads back', async (path, said) => {
  await page.goto(product.url + path);
  await page.getByRole('alert').getByText(said).waitFor();
  await expect.poll(() => page.title()).toBe(`${said} · Kindling`);
  await page.getByRole('link', { name: 'To the leads' }).click();
  await page.getByRole('link', { name: 'ada@difference.example' }).waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((each) => !each.includes('404')));
});

test('on a phone the mailbox is a list or a letter, and the menu shows where one is', async () => {
  const traits = { email: 'kim@difference.example', firstName: 'Kim', title: 'Head of IT', employees: 200 };
  await product.send(
    { type: 'identify', userId: 'kim', messageId: 'k', traits },
    { type: 'track', userId: 'kim', messageId: 'd', event: 'Demo Booked' },
    { type: 'track', userId: 'kim', messageId: 'p', event: 'Price Calculated' },
    { type: 'track', userId: 'kim', messageId: 't', event: 'Trial Started' },
    { type: 'page', userId: 'kim', messageId: 'v', properties: { path: '/pricing' } },
  );
  const handoff = page.getByRole('button', { name: /Kim/ }).first();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${product.url}/mailbox`);
  await handoff.waitFor({ timeout: 30_000 });
  expect(await page.locator('.letter').isVisible()).toBe(false);
  const here = await page.locator('nav [aria-current]').boundingBox();
  expect((here?.x ?? 0) + (here?.width ?? 999)).toBeLessThanOrEqual(390);
  await handoff.click();
  await page.locator('.letter').waitFor();
  expect(await handoff.isVisible()).toBe(false);
  expect(await isCutOff(page)).toBe(false);
  await shoot(page, 'mailbox-phone', false);
  await page.getByRole('link', { name: 'All that was sent' }).click();
  await handoff.waitFor();
  await page.goBack();
  await page.locator('.letter').waitFor();
});

test('no page complains', () => {
  expect(complaints).toEqual([]);
});
