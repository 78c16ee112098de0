import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../table.ts';
import {
  createProduct,
  DAY,
  fresh,
  invoke,
  leadOf,
  message,
  MINUTE,
  NOW,
  type Product,
  ruleset,
} from './product.ts';

const RULES = {
  ...ruleset,
  scores: {
    engagement: {
      score: 'engagement',
      rules: { click: { why: 'They came by our mail.', when: { event: 'email.clicked' }, points: 7 } },
    },
    fit: {
      score: 'fit',
      rules: { title: { why: 'They decide.', when: { 'lead.title': 'CTO' }, points: 20 } },
    },
  },
};
let server: TestTable;
let product: Product;
beforeAll(async () => {
  server = await startTable();
  product = await createProduct(server.table, RULES);
});
afterAll(() => server.stop());

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36';
/** What SES says of a mail of this lead. */
const told = (lead: string, eventType: 'Click' | 'Open', at: number, userAgent = BROWSER): object => ({
  source: 'aws.ses',
  'detail-type': `Email ${eventType}ed`,
  id: 'e',
  time: new Date(at).toISOString(),
  detail: {
    eventType,
    mail: {
      messageId: 'ses-1',
      timestamp: new Date(NOW - 50 * DAY).toISOString(),
      tags: { lead: [lead], journey: ['j'], email: ['welcome'], claim: ['e_1_0'] },
    },
    [eventType.toLowerCase()]: {
      timestamp: new Date(at).toISOString(),
      link: 'https://x.example/',
      userAgent,
    },
  },
});
const someone = async (): Promise<{ userId: string; id: string }> => {
  const userId = fresh('u');
  await product.send([message({ userId, type: 'track', event: 'Seen' }, NOW - 60 * DAY)]);
  return { userId, id: (await leadOf(product, 'user', userId)).id };
};
const total = async (userId: string): Promise<number> => (await leadOf(product, 'user', userId)).total;

describe('a click in a mail', () => {
  test('earns nothing until a page follows', async () => {
    const { userId, id } = await someone();
    await invoke(product, [told(id, 'Click', NOW - 5 * MINUTE)]);
    expect(await total(userId)).toBe(0);
    await product.send([message({ userId }, NOW - 4 * MINUTE)]);
    expect(await total(userId)).toBe(7);
  });

  test('earns the same if the page is heard of first, and if both come again', async () => {
    const { userId, id } = await someone();
    const page = message({ userId }, NOW - 4 * MINUTE);
    await product.send([page]);
    expect(await total(userId)).toBe(0);
    for (let n = 0; n < 2; n += 1) {
      await invoke(product, [told(id, 'Click', NOW - 5 * MINUTE)]);
      await product.send([page]);
      expect(await total(userId)).toBe(7);
    }
  });

  test('behind a snapshot is confirmed by a page that comes late', async () => {
    const { userId, id } = await someone();
    const clicked = NOW - 10 * DAY;
    for (let n = 40; n > 0; n -= 1)
      await product.send([message({ userId, type: 'track', event: 'Seen' }, clicked - n * MINUTE)]);
    await invoke(product, [told(id, 'Click', clicked)]);
    await product.send([message({ userId, type: 'track', event: 'Seen' }, NOW)]);
    expect((await leadOf(product, 'user', userId)).snapshot?.watermark).toBe(clicked);
    expect(await total(userId)).toBe(0);
    await product.send([message({ userId }, clicked + MINUTE)]);
    expect(await total(userId)).toBe(7);
  });

  test('of a machine that says what it is earns nothing, whatever follows', async () => {
    const { userId, id } = await someone();
    await invoke(product, [told(id, 'Click', NOW - 5 * MINUTE, 'Barracuda Sentinel (EE) scanner')]);
    await product.send([message({ userId }, NOW - 4 * MINUTE)]);
    expect(await total(userId)).toBe(0);
  });
});
