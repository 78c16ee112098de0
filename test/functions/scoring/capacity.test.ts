import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { leadToItem } from '../../../functions/aws/lead-item.ts';
import { startTable, type TestTable } from '../table.ts';
import { meter, type Metered } from './meter.ts';
import { createProduct, DAY, HOUR, message, MINUTE, NOW, type Product } from './product.ts';

let server: TestTable;
let product: Product;
let metered: { take: () => Metered };
beforeAll(async () => {
  server = await startTable();
  metered = meter(server.client);
  product = await createProduct(server.table);
});
afterAll(() => server.stop());

const page = (userId: string, ago: number, more = {}) =>
  message(
    {
      userId,
      anonymousId: `a-${userId}`,
      properties: { path: '/pricing', title: 'Pricing', referrer: 'https://example.com/a' },
      ...more,
    },
    product.now - ago,
  );

/** A lead that is known, and has nothing left to tell. */
const known = async (userId: string, pages: number): Promise<void> => {
  for (let n = 0; n < pages; n += 1) await product.send([page(userId, (pages - n) * 11 * HOUR)]);
  await product.rulesets.live();
  metered.take();
};

const tailBytes = async (userId: string): Promise<number> => {
  const holders = await product.identities.holders([{ kind: 'user', value: userId }], true);
  const lead = await product.leads.read(holders.get(`user#${userId}`)?.owners[0]?.lead ?? '');
  const { entries, snapshot } = await product.leads.log(lead?.id ?? '', null);
  const bytes = entries
    .filter(({ event }) => event.occurredAt > (lead?.snapshot?.watermark ?? 0) - HOUR)
    .reduce((sum, entry) => sum + entry.bytes, 0);
  metered.take();
  return bytes + (snapshot?.bytes ?? 0);
};

describe('capacity of a known lead without a crossing', () => {
  test.for([1, 5, 20])('one write unit an event, and one for the lead: a batch of %i', async (count) => {
    const userId = `batch-${count}`;
    product.now = NOW;
    await known(userId, 2);
    const sent = Array.from({ length: count }, (_, n) =>
      page(userId, n * 1_000, { type: 'track', event: 'Looked', properties: {} }),
    );
    await product.send(sent);
    const { writes, indexWrites, items } = metered.take();
    expect(items).toEqual({ EVT: count, LEAD: 1 });
    expect(writes).toBe(count + 1);
    expect(indexWrites).toBe(0);
  });

  test.for([2, 30, 60])('three read units and the tail: a lead with %i events', async (count) => {
    const userId = `reads-${count}`;
    product.now = NOW;
    await known(userId, count);
    const tail = await tailBytes(userId);
    await product.send([page(userId, 0, { type: 'track', event: 'Looked', properties: {} })]);
    const { reads } = metered.take();
    expect(reads).toBeLessThanOrEqual(3 + Math.ceil(tail / 4096));
  });

  test('snapshots cost little beside the events they stand for', async () => {
    const userId = 'amortised';
    product.now = NOW - 300 * DAY;
    await product.send([page(userId, 0)]);
    metered.take();
    const all: Record<string, number> = {};
    for (let n = 0; n < 128; n += 1) {
      product.now += DAY;
      await product.send([page(userId, 0, { type: 'track', event: 'Looked' })]);
      const { items } = metered.take();
      for (const [kind, units] of Object.entries(items)) all[kind] = (all[kind] ?? 0) + units;
    }
    expect(all.EVT).toBe(128);
    expect(all.LEAD).toBeLessThan(128 + 8);
    expect(all.SNAP).toBeGreaterThan(0);
    expect(all.SNAP).toBeLessThanOrEqual(0.1 * 128);
  });
});

describe('capacity of a crossing', () => {
  test('adds the clearing of what was told, and two units an index key that moves', async () => {
    const userId = 'crossing';
    product.now = NOW;
    await known(userId, 1);
    await product.send([page(userId, 0, { type: 'track', event: 'Demo Booked' })]);
    const { items, indexWrites } = metered.take();
    expect(items).toEqual({ EVT: 1, LEAD: 2 });
    // The band's key moves once. The due key appears with what is to be told, and moves to the next change.
    expect(indexWrites).toBeLessThanOrEqual(2 + 2 + 2);
  });

  test('a due time that moved later is left as it is', async () => {
    const userId = 'fading';
    product.now = NOW;
    await known(userId, 1);
    await product.send([page(userId, 0), page(userId, MINUTE)]);
    metered.take();
    await product.send([page(userId, 0)]);
    const { items, indexWrites } = metered.take();
    expect(items).toEqual({ EVT: 1, LEAD: 1 });
    expect(indexWrites).toBe(0);
  });
});

test('a lead with long names and much to tell stays within one write unit', async () => {
  const userId = 'full';
  product.now = NOW;
  await product.send([
    message({
      type: 'identify',
      userId,
      anonymousId: 'a-full',
      traits: {
        email: `${'first.last'.repeat(3)}@subsidiary.example.com`,
        name: 'Wilhelmina van der Bergen-Oppenheimer',
        title: 'CTO',
      },
    }),
    message({ type: 'group', userId, groupId: 'subsidiary.example.com', traits: { employees: 500 } }),
    page(userId, 0, { type: 'track', event: 'Demo Booked' }),
  ]);
  const holders = await product.identities.holders([{ kind: 'user', value: userId }], true);
  const lead = await product.leads.read(holders.get(`user#${userId}`)?.owners[0]?.lead ?? '');
  if (lead === null) throw new Error('no lead');
  const change = product.told.at(-1);
  if (change === undefined) throw new Error('nothing told');
  const kinds = ['lead.band.changed', 'lead.grade.changed', 'lead.group.changed', 'lead.qualified'] as const;
  const pending = Object.fromEntries(
    kinds.map((kind) => [`${lead.id}#7#${kind}`, { ...change, kind, changeId: `${lead.id}#7#${kind}` }]),
  );
  const item = marshall(
    leadToItem({ ...lead, pending, snapshot: { id: 'x'.repeat(16), watermark: NOW } }, { due: 2, band: 2 }),
    { removeUndefinedValues: true },
  );
  expect(sizeOf(item)).toBeLessThanOrEqual(1024);
});

/** What DynamoDB counts: names and values in UTF-8, numbers about half a byte a digit. */
const sizeOf = (item: Record<string, AttributeValue>): number => {
  const valueOf = (value: AttributeValue): number => {
    if (value.S !== undefined) return Buffer.byteLength(value.S);
    if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 2;
    if (value.L !== undefined) return 3 + value.L.reduce((sum, each) => sum + 1 + valueOf(each), 0);
    return 1;
  };
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueOf(value),
    0,
  );
};
