import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Ruleset } from '../../../core/ruleset.ts';
import { createProduct, DAY, fresh, leadOf, message, MINUTE, NOW, type Product } from '../scoring/product.ts';
import { meter, type Metered } from '../scoring/meter.ts';
import { startTable, type TestTable } from '../table.ts';
import { addUp, looks, rules as summed } from './company.ts';

/** A large company is 30 points; hot from 60 until below 40. Nobody is added up. */
const rules: Ruleset = {
  ...summed,
  scores: {
    ...summed.scores,
    size: {
      score: 'size',
      rules: { large: { why: 'They have money.', when: { 'account.employees': '>=500' }, points: 30 } },
    },
  },
  bands: {
    total: { sum: { engagement: 1, size: 1 } },
    bands: { cold: 0, warm: 25, hot: { enter: 60, leave: 40 } },
    qualified: { band: ['hot'] },
  },
};
const { accounts: _, ...alone } = rules;

describe.each([
  ['where people add up', rules],
  ['where rules only read accounts', alone],
])('what a colleague says of the account, %s,', (_name, ruleset) => {
  let server: TestTable;
  let product: Product;
  let metered: { take: () => Metered };
  beforeAll(async () => {
    server = await startTable();
    metered = meter(server.client);
    product = await createProduct(server.table, ruleset);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    product.now = NOW;
    await addUp(product);
    product.told.length = 0;
  });

  const joins = (userId: string, groupId: string, at: number, traits: object = {}) =>
    message({ type: 'group', userId, groupId, traits }, at);
  const later = async (ms: number): Promise<void> => {
    product.now += ms;
    expect(await addUp(product)).toEqual([]);
  };

  test('moves everybody in it within a minute, and others hear of it', async () => {
    const [id, ann, bob] = [fresh('firm'), fresh('ann'), fresh('bob')];
    await product.send([joins(ann, id, NOW), ...looks(ann, 4, NOW), joins(bob, id, NOW)]);
    await later(MINUTE);
    expect(await leadOf(product, 'user', ann)).toMatchObject({ standing: { band: 'warm' }, entry: 0 });

    await product.send([joins(bob, id, product.now, { employees: 900 })]);
    await later(50_000);
    const lead = await leadOf(product, 'user', ann);
    expect(lead).toMatchObject({ standing: { band: 'hot', qualified: true }, entry: 1, pending: {} });
    expect(product.told.filter(({ leadId }) => leadId === lead.id).slice(-2)).toMatchObject([
      { kind: 'lead.band.changed', to: 'hot' },
      { kind: 'lead.qualified' },
    ]);
  });

  test('is put in its time though it comes late: bands that are remembered are made anew', async () => {
    const [id, ann, bob] = [fresh('firm'), fresh('ann'), fresh('bob')];
    // Enough of a past for a snapshot, always between 40 points and 60.
    const start = NOW - 30 * DAY;
    product.now = start;
    await product.send([joins(ann, id, start), ...looks(ann, 5, start), joins(bob, id, start)]);
    for (let day = 4; day <= 28; day += 4) {
      product.now = start + day * DAY;
      const looked = Array.from({ length: 6 }, () =>
        message({ userId: ann, type: 'track', event: 'Looked' }, product.now),
      );
      await product.send([...looks(ann, 1, product.now), ...looked]);
    }
    product.now = NOW;
    await product.send([message({ userId: ann, type: 'track', event: 'Looked' }, NOW)]);
    await later(MINUTE);
    const before = await leadOf(product, 'user', ann);
    expect(before.snapshot?.watermark).toBeGreaterThan(start + 6 * DAY);
    expect(before.standing?.band).toBe('warm');
    const points = before.total;
    expect(points).toBeGreaterThan(40);
    expect(points).toBeLessThan(60);

    // For one day, long ago, they were large: ann was hot then, and has not been below 40 since.
    await product.send([
      joins(bob, id, start + 5 * DAY, { employees: 900 }),
      joins(bob, id, start + 6 * DAY, { employees: 20 }),
    ]);
    await later(50_000);
    const after = await leadOf(product, 'user', ann);
    expect(after).toMatchObject({ standing: { band: 'hot', qualified: true } });
    expect(after.since).toBe(start + 5 * DAY);
  });

  test('costs those whom it does not move a read each, however much they have done', async () => {
    const costs: number[] = [];
    for (const events of [20, 400]) {
      const [id, ann, bob] = [fresh('firm'), fresh('ann'), fresh('bob')];
      const start = NOW - 40 * DAY;
      product.now = start;
      await product.send([joins(ann, id, start), joins(bob, id, start)]);
      const gap = (30 * DAY) / events;
      await product.send(
        Array.from({ length: events }, (_event, n) =>
          message({ userId: ann, type: 'track', event: 'Looked' }, start + n * gap),
        ),
      );
      product.now = NOW;
      await product.send([message({ userId: ann, type: 'track', event: 'Looked' }, NOW)]);
      await later(MINUTE);
      // The first time something is said of it late, what is remembered is made anew; the second costs no more than that.
      await product.send([joins(bob, id, start + DAY, { employees: 5 })]);
      await later(MINUTE);
      const { version } = await leadOf(product, 'user', ann);
      product.now += MINUTE;
      await product.send([joins(bob, id, product.now, { employees: 6 })]);
      metered.take();
      await later(MINUTE);
      costs.push(metered.take().reads);
      expect((await leadOf(product, 'user', ann)).version).toBe(version);
    }
    const [few = 0, many = Infinity] = costs;
    expect(many).toBeLessThanOrEqual(2 * few);
  });
});
