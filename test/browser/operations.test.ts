import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffList } from '../../core/view/handoff.ts';
import { openTable } from '../../functions/aws/table.ts';
import { tableClaims } from '../../functions/mail/claims.ts';
import { type Product, startProduct } from '../flow/product.ts';
import { openChromium, openPage, shoot } from './chromium.ts';
import { faintTexts, isCutOff, nameless } from './readable.ts';

const START = '2026-05-04T08:00:00.000Z';
const hostile = '<img src=x onerror="document.title=\'taken\'">';

let rules: string;
let product: Product;
let store: Server;
let client: DynamoDBClient;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const JOURNEY = `
journey: warm-up
about: Whoever looks around gets a hand.
start: { band: warm }
hold_out: 20%
goal: { event: Demo Booked }
stop:
  - { band: hot }
steps:
  - wait: 2h
  - send: welcome
  - if: { event: Trial Started }
    then:
      - wait: { until: { weekday: tue, at: '09:00' } }
      - send: case
    else:
      - split: { short: 50%, long: 50% }
        then:
          short: [{ send: reminder }]
          long: [{ wait: 3d }, { exit: true }]
`;
const person = (userId: string, name: string, title: string) => ({
  type: 'identify',
  userId,
  messageId: `i-${userId}`,
  timestamp: START,
  traits: { email: `${userId}@beta.example`, name, title, consent: true },
});
const demo = (userId: string) => ({
  type: 'track',
  event: 'Demo Booked',
  userId,
  messageId: `d-${userId}`,
  timestamp: START,
});

beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  await cp(join(import.meta.dirname, '..', 'flow', 'rules'), rules, { recursive: true });
  await writeFile(join(rules, 'journeys', 'warm-up.yaml'), JOURNEY);
  store = dynalite({ createTableMs: 0 });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  product = await startProduct({
    args: ['--rules', rules, '--virtual-clock', START, '--dynamodb', endpoint],
  });
  await product.send(
    person('kim', 'Kim Berg', 'Head of IT'),
    demo('kim'),
    person('eve', hostile, 'Head of Nothing'),
    demo('eve'),
    person('ida', 'Ida Falk', 'Head of Growth'),
    demo('ida'),
    person('bob', 'Bob Lind', 'Head of Warmth'),
  );
  await product.idle();
  await product.advance('5m');
  browser = await openChromium();
  page = await openPage(browser, complaints);
});
afterAll(async () => {
  await browser?.close();
  await product?.end();
  client?.destroy();
  store?.close();
  await rm(rules, { recursive: true, force: true });
});

const handoffOf = async (name: string) =>
  (await product.get<HandoffList>('/api/handoffs')).handoffs.find((each) => each.name === name);

describe('handoffs', () => {
  test('are listed, each with whom it is for; what strangers call themselves stays text', async () => {
    await page.goto(`${product.url}/handoffs`);
    await page.getByRole('link', { name: 'Kim Berg' }).waitFor();
    await page.getByRole('link', { name: hostile }).waitFor();
    expect(await page.locator('.handoff.open').count()).toBe(3);
    await page.getByText('For Sales').first().waitFor();
    await shoot(page, 'handoffs');
  });

  test('are accepted by whoever is signed in, and the deal is won', async () => {
    const kim = page.locator('.handoff', { hasText: 'Kim Berg' });
    await kim.getByRole('button', { name: 'Accept' }).click();
    await kim.getByText(/^accepted; you@localhost/).waitFor();
    await product.idle();
    expect((await product.lead('kim@beta.example')).timeline[0]).toMatchObject({
      name: 'handoff.accepted',
      properties: { by: 'you@localhost' },
    });
    await kim.getByRole('button', { name: 'Deal won' }).click();
    await kim.getByLabel('Amount').fill('12000');
    await kim.getByRole('button', { name: 'Won' }).click();
    await kim.getByText(/^won, 12,000; you@localhost/).waitFor();
    expect(await handoffOf('Kim Berg')).toMatchObject({
      state: 'closed',
      deal: { what: 'won', amount: 12_000 },
    });
  });

  test('are not a fit for a reason of the rules', async () => {
    const ida = page.locator('.handoff', { hasText: 'Ida Falk' });
    await ida.getByRole('combobox').selectOption({ label: 'Company too small' });
    await ida.getByText(/^not a fit: Company too small; you@localhost/).waitFor();
  });

  test('that were answered elsewhere meanwhile say by whom', async () => {
    const eve = await handoffOf(hostile);
    await fetch(`${product.url}/api/handoffs/answers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ handoff: eve?.handoff, answer: 'not-now' }),
    });
    const line = page.locator('.handoff', { hasText: hostile });
    await line.getByRole('button', { name: 'Accept' }).click();
    await line.getByText('It was answered before: not now, by you@localhost.').waitFor();
  });

  test('have an address for each state', async () => {
    await page.getByRole('link', { name: /^Closed/ }).click();
    expect(page.url()).toBe(`${product.url}/handoffs?state=closed`);
    await page.locator('.handoff').nth(2).waitFor();
    expect(await page.locator('.handoff').count()).toBe(3);
    await page.getByRole('link', { name: /^Unanswered/ }).click();
    await page.getByText('Every handoff was answered').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Kim Berg' }).waitFor();
  });
});

test('the report says how many, how soon, accepted and won, by week, band and rule', async () => {
  await page.getByRole('link', { name: 'Report' }).click();
  await page.getByText('33 % of 3').waitFor();
  await page.getByText('100 % of 1').waitFor();
  await page.getByRole('img', { name: /^Handoffs by week\..*3 handoffs, 1 accepted, 1 won of 1/ }).waitFor();
  const week = page.getByRole('region', { name: 'By week' });
  expect(await week.locator('tbody tr').allInnerTexts()).toEqual([
    expect.stringMatching(/^4 May\s+3\s+3\s+1 33 %\s+1\s+1\s+1\s+0\s+100 %\s+5 min$/),
  ]);
  const rule = page.getByRole('region', { name: 'By rule that spoke for it' });
  expect(await rule.locator('tbody tr').first().innerText()).toMatch(/^Decides\s+3\s+3\s+1/);
  await page.getByText('Too small').waitFor();
  await shoot(page, 'report');
});

test('journeys are drawn, with who is on the way and what it is held against', async () => {
  await page.getByRole('link', { name: 'Journeys' }).click();
  const drawing = page.getByRole('img', { name: /^Warm up: When a lead: enters band warm\. Wait 2 hours/ });
  await drawing.waitFor();
  for (const text of [
    'If Trial Started',
    'yes',
    'Wait until Tuesday',
    'short 50%',
    'Leave',
    'but 20% held out',
  ])
    await drawing.getByText(text, { exact: false }).first().waitFor();
  await drawing.getByText('1 lead came here last').waitFor({ state: 'attached' });
  await page.getByText('Goal: Demo Booked.').waitFor();
  await page.getByText(/^Held out$/).waitFor();
  await shoot(page, 'journeys');
});

test('what is live, and that all leads have been brought to it', async () => {
  await page.getByRole('link', { name: 'Rules' }).click();
  await page.getByText('These are the first rules: there was nobody to bring to them.').waitFor();
  await page.locator('tr', { hasText: 'live' }).waitFor();
  await shoot(page, 'rules');
});

test('a lead as it was on a day has an address, and says by which rules', async () => {
  const { id } = await product.lead('kim@beta.example');
  await page.goto(`${product.url}/leads/${id}?at=2026-05-04T08:00:30Z`);
  await page.getByText(/^As it was on 4 May/).waitFor();
  expect(await page.getByRole('button', { name: 'Add or take points' }).count()).toBe(0);
  await page.getByRole('link', { name: 'See it now' }).click();
  await page.getByRole('button', { name: 'Add or take points' }).waitFor();
});

test('a mail of which nobody knows what became is dismissed by a person', async () => {
  const { TableNames } = await client.send(new ListTablesCommand({}));
  const { id } = await product.lead('bob@beta.example');
  const claims = tableClaims(openTable(client, TableNames?.[0] ?? ''));
  const at = Date.parse(START);
  const note = { by: 'nobody', at, journey: 'warm-up', email: 'welcome', subject: hostile };
  await claims.take({ leadId: id, entry: 'e', step: '1', visit: 0 }, note);
  await page.getByRole('link', { name: 'Mails' }).click();
  await page.locator('.items li', { hasText: hostile }).getByRole('link', { name: 'Bob Lind' }).waitFor();
  await page.getByLabel('Which mail').selectOption('welcome');
  await page.getByPlaceholder('E-mail or name of a lead').fill('bob');
  await page.getByRole('button', { name: 'As this lead' }).click();
  await page.waitForURL(/mail=welcome&lead=/);
  const preview = page.locator('iframe[title^="Preview"]');
  await preview.waitFor();
  expect(await preview.getAttribute('sandbox')).toBe('');
  expect(
    (await page.frameLocator('iframe[title^="Preview"]').locator('body').innerText()).length,
  ).toBeGreaterThan(5);
  await shoot(page, 'mails-unknown');
  await page.getByRole('button', { name: `Dismiss: ${hostile}` }).click();
  await page.getByText('It is dismissed, and is not sent again.').waitFor();
  await page.getByText('Of every mail it is known what became of it.').waitFor();
});

describe('every page of these, in every light and width', () => {
  test.each([
    ['light', 1280],
    ['dark', 390],
    ['light', 390],
    ['dark', 1280],
  ] as const)('%s at %i px: can be read, has names, is not cut off', async (colorScheme, width) => {
    const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
    const own = await context.newPage();
    own.on('pageerror', (error) => complaints.push(error.message));
    for (const [name, awaited] of [
      ['handoffs', 'Kim Berg'],
      ['report', 'Handoffs by week'],
      ['journeys', 'On the way'],
      ['rules', 'What was live'],
      ['mails', 'Mails'],
    ] as const) {
      await own.goto(`${product.url}/${name}`);
      await own.getByText(awaited).first().waitFor();
      await own.waitForLoadState('networkidle');
      await shoot(own, `${name}-${colorScheme}-${width}`);
      expect.soft({ name, faint: await faintTexts(own) }).toEqual({ name, faint: [] });
      expect.soft({ name, nameless: await nameless(own) }).toEqual({ name, nameless: [] });
      expect.soft({ name, cutOff: await isCutOff(own) }).toEqual({ name, cutOff: false });
    }
    await context.close();
  });
});

test('the browser had nothing to complain of', () => {
  expect(complaints).toEqual([]);
});
