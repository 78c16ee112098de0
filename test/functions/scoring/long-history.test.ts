import { afterAll, beforeAll, expect, test } from 'vitest';

import { startTable, type TestTable } from '../table.ts';
import { meter, type Metered } from './meter.ts';
import { createProduct, DAY, leadOf, message, MINUTE, NOW, type Product } from './product.ts';

let server: TestTable;
let product: Product;
let metered: { take: () => Metered };
beforeAll(async () => {
  server = await startTable();
  metered = meter(server.client);
  product = await createProduct(server.table);
});
afterAll(() => server.stop());

/** LONG_HISTORY=100000 takes three minutes, and costs the same. */
const LONG = Number(process.env['LONG_HISTORY'] ?? 5000);
const SHORT = 100;

/** A lead with so many events, evenly over a year and a half until now, in batches as a queue brings them. */
const lived = async (userId: string, events: number): Promise<void> => {
  const span = 500 * DAY;
  const size = Math.max(1, Math.min(1000, events / 20));
  for (let sent = 0; sent < events; sent += size) {
    const batch = Array.from({ length: size }, (_, n) =>
      message(
        { userId, properties: { path: '/pricing' } },
        NOW - span + Math.floor(((sent + n + 1) / events) * (span - 30 * DAY)),
      ),
    );
    product.now = batch.at(-1)?.occurredAt ?? NOW;
    await product.send(batch);
  }
};

/** Read units and milliseconds of one new event after another, medians of several. */
const cost = async (userId: string): Promise<{ readonly reads: number; readonly ms: number }> => {
  const reads: number[] = [];
  const times: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    product.now += MINUTE;
    const one = message({ userId, type: 'track', event: 'Looked', properties: {} }, product.now);
    metered.take();
    const start = performance.now();
    await product.send([one]);
    times.push(performance.now() - start);
    reads.push(metered.take().reads);
  }
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[4] ?? NaN;
  return { reads: middle(reads), ms: middle(times) };
};

test('a new event of a lead with thousands costs at most twice what one of a lead with 100 costs', async () => {
  await lived('short', SHORT);
  await lived('long', LONG);
  product.now = NOW;
  // The first one after a month moves the snapshots over what has become old.
  for (const userId of ['short', 'long']) await product.send([message({ userId, properties: {} }, NOW)]);
  const [short, long] = [await cost('short'), await cost('long')];
  process.stdout.write(`long histories: ${JSON.stringify({ short, long })}\n`);
  expect(long.reads).toBeLessThanOrEqual(2 * short.reads);
  expect(long.ms).toBeLessThanOrEqual(2 * short.ms + 5);
  const lead = await leadOf(product, 'user', 'long');
  expect(lead.snapshot).not.toBeNull();

  // Later than the lateness: it is rebuilt from all its events, and right.
  await product.send([message({ userId: 'long', type: 'track', event: 'Demo Booked' }, NOW - 200 * DAY)]);
  const rebuilt = await leadOf(product, 'user', 'long');
  const { entries } = await product.leads.log(rebuilt.id, null);
  expect(entries.length).toBeGreaterThan(LONG);
  const { engine } = await product.rulesets.live();
  const whole = engine.evaluate({ events: entries.map(({ event }) => event) }, rebuilt.asOf);
  expect(rebuilt.total).toBe(whole.total);
  expect(rebuilt.total).toBe(Math.min(100, lead.total + 40));
}, 600_000);
