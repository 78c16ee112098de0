import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../flow/product.ts';
import { openChromium, openPage, shoot } from './chromium.ts';
import { faintTexts, isCutOff, nameless } from './readable.ts';

const RULES = join(import.meta.dirname, '..', 'flow', 'rules');
const START = '2026-05-04T08:00:00.000Z';

let product: Product;
let browser: Browser;
let page: Page;
let lead: string;
const complaints: string[] = [];

beforeAll(async () => {
  product = await startProduct({ args: ['--rules', RULES, '--virtual-clock', START] });
  const about = { userId: 'ida', anonymousId: 'browser-of-ida', timestamp: START };
  const traits = { email: 'ida@beta.example', firstName: 'Ida', lastName: 'Falk', title: 'Head of Growth' };
  await product.send(
    { ...about, type: 'identify', messageId: 'i', traits },
    { ...about, type: 'page', messageId: 'p', properties: { path: '/pricing' } },
    { ...about, type: 'track', messageId: 'd', event: 'Demo Booked' },
    { type: 'track', userId: 'ida', messageId: 'bad' },
  );
  await product.idle();
  await product.advance('5m');
  lead = `${product.url}/leads/${(await product.lead('ida@beta.example')).id}`;
  browser = await openChromium();
  page = await openPage(browser, complaints);
});
afterAll(async () => {
  await browser?.close();
  await product?.end();
});

const expectReadable = async (): Promise<void> => {
  expect(await faintTexts(page)).toEqual([]);
  expect(await nameless(page)).toEqual([]);
  expect(await isCutOff(page)).toBe(false);
};

test('a person is erased from their page, after it is said what goes', async () => {
  await page.goto(lead);
  const button = page.getByRole('button', { name: 'Erase this person …' });
  await button.scrollIntoViewIfNeeded();
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Erase Ida Falk?' });
  await dialog.getByText('3 ids and addresses').waitFor();
  await dialog.getByText('1 message in quarantine').waitFor();
  await dialog.getByText('kept, with your name: you@localhost').waitFor();
  await shoot(page, 'lead-erase', false);
  await expectReadable();

  await dialog.getByLabel('Why').fill('Ida Falk asked us to');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/say it without their name/)
    .waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((each) => !each.includes('400')));
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await product.lead('ida@beta.example')).toMatchObject({ name: 'Ida Falk' });

  await button.click();
  await dialog.getByLabel('Why').fill('They asked us to');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await dialog.getByText('Erased.').waitFor();
  await page.waitForURL(`${product.url}/`);
  await page
    .getByText(/Nobody|No lead/)
    .first()
    .waitFor();
  expect(await page.getByText('Ida Falk').count()).toBe(0);
});

test('their page says so from then on', async () => {
  await page.goto(lead);
  await page.getByText('This lead was erased on 2026-05-04 08:05 UTC.').waitFor();
  await shoot(page, 'lead-erased', false);
  await expectReadable();
  expect(complaints.filter((each) => !each.includes('410'))).toEqual([]);
});
