import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from '../flow/product.ts';
import { openChromium, openPage, shoot } from './chromium.ts';
import { faintTexts, isCutOff, nameless } from './readable.ts';

/** A Monday, ten o'clock in Stockholm. */
const START = '2026-05-04T08:00:00.000Z';
const hostile = '<img src=x onerror="document.title=\'taken\'"> [x](https://evil.example) *b*';

let rules: string;
let product: Product;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  const flow = join(import.meta.dirname, '..', 'flow');
  for (const part of ['rules', 'handoff-rules']) await cp(join(flow, part), rules, { recursive: true });
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', START] });
  const message = (userId: string, type: string, more: object) => ({
    type,
    userId,
    messageId: `${userId}-${type}`,
    timestamp: START,
    ...more,
  });
  for (const [userId, name] of [
    ['eve', hostile],
    ['kim', 'Kim Berg'],
  ] as const) {
    const traits = {
      email: `${userId}@alpha.example`,
      name,
      title: 'Head of IT',
      country: 'SE',
      phone: '+45 1',
    };
    await product.send(
      message(userId, 'identify', { traits }),
      message(userId, 'page', { properties: { path: '/pricing' } }),
      message(userId, 'track', { event: 'Demo Booked' }),
    );
    await product.idle();
    await product.advance('1m');
  }
  browser = await openChromium();
  page = await openPage(browser, complaints);
});
afterAll(async () => {
  await browser?.close();
  await product?.end();
  await rm(rules, { recursive: true, force: true });
});

const openLetter = async (to: 'Slack' | 'Teams' | 'Webhook', which: number): Promise<void> => {
  await page.goto(`${product.url}/mailbox`);
  await page
    .getByRole('button', { name: new RegExp(`^${to}`) })
    .nth(which)
    .click();
};

describe('the mailbox', () => {
  test('draws the card in Teams: who, why, and the buttons, each a link to the page that asks again', async () => {
    await openLetter('Teams', 0);
    const card = page.locator('.letter .slack');
    await card.getByRole('heading', { name: 'Kim Berg' }).waitFor();
    await card
      .getByText('A demo is the strongest wish.')
      .or(card.getByText(/Demo Booked/))
      .first()
      .waitFor();
    const links = await card
      .locator('.buttons a')
      .evaluateAll((all) => all.map((each) => [each.textContent, each.getAttribute('href') ?? '']));
    expect(links.map(([text]) => text)).toEqual(['Accept', 'Not now', 'Not a fit', 'Open the lead']);
    for (const [, href = ''] of links.slice(0, 3)) expect(href).toMatch(/\/h\/[^?]+\?answer=/);
    await shoot(page, 'mailbox-teams');
  });

  test('shows in a card and in Slack what strangers call themselves as text', async () => {
    for (const where of ['Teams', 'Slack'] as const) {
      await openLetter(where, 1);
      await page.locator('.letter .slack').getByText('<img src=x').first().waitFor();
      expect(await page.locator('.letter img').count()).toBe(0);
      expect(await page.locator('.letter a[href*="evil"]').count()).toBe(0);
      await shoot(page, `mailbox-hostile-${where.toLowerCase()}`);
    }
    expect(await page.title()).not.toContain('taken');
  });

  test('shows the webhook as it went out: its headers with the signature, and its body', async () => {
    await openLetter('Webhook', 0);
    const [headers, body] = await page.locator('.letter pre').allInnerTexts();
    expect(headers).toMatch(/^webhook-signature: v1,[\w+/]{43}=$/m);
    expect(headers).toMatch(/^webhook-id: msg_[0-9a-f]{32}$/m);
    expect(JSON.parse(body ?? '')).toMatchObject({
      type: 'handoff.opened',
      data: { handoff: expect.stringMatching(/^lead\//) as string, owner: { name: 'Olle Ost' } },
    });
    await shoot(page, 'mailbox-webhook');
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    '%s at %i px: every kind can be read, has names, is not cut off',
    async (colorScheme, width) => {
      const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
      const own = await context.newPage();
      for (const kind of ['slack', 'teams', 'webhook']) {
        await own.goto(`${product.url}/mailbox?letter=${kind}-0`);
        await own.locator('.letter').waitFor();
        await shoot(own, `mailbox-${kind}-${colorScheme}-${width}`);
        expect(await faintTexts(own), kind).toEqual([]);
        expect(await nameless(own), kind).toEqual([]);
        expect(await isCutOff(own), kind).toBe(false);
      }
      await context.close();
    },
  );
});

test('a button in a mail asks again in the language of the browser, and then says who took it', async () => {
  const mail = (await product.mail()).find(({ subject }) => subject.includes('Kim Berg'));
  const link = /href="([^"]+\/h\/[^"?]+\?answer=accepted)"/.exec(mail?.html ?? '')?.[1] ?? '';
  const context = await browser.newContext({ locale: 'sv-SE', viewport: { width: 390, height: 844 } });
  const own = await context.newPage();
  await own.goto(link);
  await own.getByRole('heading', { name: 'Kim Berg' }).waitFor();
  await shoot(own, 'button-asks-sv');
  await own.getByRole('button', { name: 'Jag tar den' }).click();
  await own.getByText('Olle Ost tog den, 4 maj 2026 10:02.').waitFor();
  await shoot(own, 'button-answered-sv');
  expect(await faintTexts(own)).toEqual([]);
  await context.close();
});

test('the browser had nothing to complain of', () => {
  expect(complaints).toEqual([]);
});
