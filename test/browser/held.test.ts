import { rm } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../cli/run.ts';
import { changedRules } from '../flow/changed-rules.ts';
import { type Product, startProduct } from '../flow/product.ts';
import { openChromium, openPage, shoot } from './chromium.ts';
import { faintTexts, isCutOff, nameless } from './readable.ts';

const START = '2026-05-04T08:00:00.000Z';
let product: Product;
let dearer: string;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  dearer = await changedRules({ 'scores/engagement.yaml': [['points: 50', 'points: 65']] });
  product = await startProduct({ args: ['--rules', 'test/flow/rules', '--virtual-clock', START] });
  for (const userId of ['ada', 'ben', 'cid']) {
    const traits = { email: `${userId}@example.com`, name: userId };
    await product.send(
      { type: 'identify', userId, messageId: `i-${userId}`, timestamp: START, traits },
      { type: 'track', event: 'Demo Booked', userId, messageId: `d-${userId}`, timestamp: START },
    );
  }
  await product.idle();
  const deploy = ['deploy', '--rules', dearer, '--no-wait', '--cap-handoffs', '1', '--url', product.url];
  expect(await run(deploy)).toMatchObject({ code: 0 });
  await product.advance('10m');
  browser = await openChromium();
  page = await openPage(browser, complaints);
});
afterAll(async () => {
  await browser?.close();
  await product?.end();
  await rm(dearer, { recursive: true, force: true });
});

test('what a deploy held back stands above the handoffs, and is released by a button', async () => {
  await page.goto(`${product.url}/handoffs`);
  await page.getByRole('heading', { name: '2 handoffs held back by a deploy' }).waitFor();
  await shoot(page, 'held');
  expect([await faintTexts(page), await nameless(page), await isCutOff(page)]).toEqual([[], [], false]);
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, 'held-390');
  expect(await isCutOff(page)).toBe(false);
  await page
    .getByRole('button', { name: /^Release: lead\// })
    .first()
    .click();
  await page.getByText('1 handoff on the way.').waitFor();
  await product.idle();
  await page.reload();
  await page.getByRole('heading', { name: '1 handoff held back by a deploy' }).waitFor();
  await page.getByRole('button', { name: 'Release all' }).click();
  await page.getByText('1 handoff on the way.').waitFor();
  await product.idle();
  await page.reload();
  await page.getByText('3 in half a year').waitFor();
  expect(await page.getByText('held back').count()).toBe(0);
  expect(complaints).toEqual([]);
});
