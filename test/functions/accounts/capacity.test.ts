import { afterAll, beforeAll, expect, test } from 'vitest';
import { rollUp } from '../../../functions/accounts/roll-up.ts';
import { createProduct, DAY, fresh, HOUR, message, MINUTE, NOW, type Product } from '../scoring/product.ts';
import { meter, type Metered } from '../scoring/meter.ts';
import { startTable, type TestTable } from '../table.ts';
import { addUp, looks, rules, visit } from './company.ts';

let server: TestTable;
let product: Product;
let metered: { take: () => Metered };
beforeAll(async () => {
  server = await startTable();
  metered = meter(server.client);
  product = await createProduct(server.table, rules);
});
afterAll(() => server.stop());

/** A company of three, each with so many events behind them, over a year. */
const companyWith = async (events: number): Promise<string> => {
  const id = `${fresh('firm')}.example`;
  const people = [fresh('ann'), fresh('bob'), fresh('cat')];
  const gap = (300 * DAY) / events;
  for (const userId of people) {
    product.now = NOW - 301 * DAY;
    await product.send(visit(userId, id, 0, product.now));
    for (let from = 0; from < events; from += 500) {
      const batch = Array.from({ length: Math.min(500, events - from) }, (_, n) =>
        message({ userId, properties: { path: '/pricing' } }, NOW - 301 * DAY + (from + n) * gap),
      );
      product.now = NOW - 301 * DAY + (from + batch.length) * gap;
      await product.send(batch);
    }
    // Once more when all of it lies behind: the snapshot moves.
    product.now = NOW + 10 * DAY;
    await product.send(looks(userId, 1, product.now));
  }
  product.asked.length = 0;
  metered.take();
  return id;
};

test('adding up costs the same however long people have been with us', async ({ annotate }) => {
  const reads: number[] = [];
  for (const events of [10, 2_000]) {
    const id = await companyWith(events);
    await rollUp(product, id, 'changed');
    const taken = metered.take();
    await annotate(`${events} events a person: ${taken.reads} read units, ${taken.writes} written`);
    expect(taken.items).toEqual({ ACCT: 2 });
    reads.push(taken.reads);
  }
  const [few = 0, many = Infinity] = reads;
  expect(many).toBeLessThanOrEqual(2 * few);
}, 240_000);

test('a known member’s event costs one read more, and a mark each time that the account is added up', async () => {
  const [id, ann] = [`${fresh('firm')}.example`, fresh('ann')];
  product.now = NOW + 20 * DAY;
  await product.send(visit(ann, id, 1, product.now));
  await addUp(product);
  product.now += HOUR;
  metered.take();
  const looked = () => [message({ userId: ann, type: 'track', event: 'Looked' }, product.now)];

  await product.send(looked());
  const first = metered.take();
  expect(first.items).toEqual({ EVT: 1, LEAD: 1, DIRTY: 1 });
  expect(first.indexWrites).toBe(0);
  product.now += 10_000;
  await product.send(looked());
  const known = metered.take();
  expect(known.items).toEqual({ EVT: 1, LEAD: 1 });
  product.now += MINUTE;
  await product.send(looked());
  const marked = metered.take();
  expect(marked.items).toEqual({ EVT: 1, LEAD: 1 });
  expect(marked.reads - known.reads).toBeLessThanOrEqual(2);
});

test('an account that is added up again costs one write, and no index moves', async () => {
  const [id, ann] = [`${fresh('firm')}.example`, fresh('ann')];
  product.now = NOW + 20 * DAY;
  await product.send(visit(ann, id, 1, product.now));
  await addUp(product);
  for (let n = 0; n < 3; n += 1) {
    product.now += 2 * MINUTE;
    await product.send(looks(ann, 1, product.now));
    metered.take();
    await addUp(product);
    const { items, indexWrites } = metered.take();
    expect(items).toEqual({ ACCT: 1 });
    expect(indexWrites).toBe(0);
  }
});
