import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toLeadEvent } from '../../../core/message/message.ts';
import { createDegrade } from '../../../functions/scoring/degrade-leads.ts';
import { startTable, type TestTable } from '../table.ts';
import {
  createProduct,
  DAY,
  fresh,
  HOUR,
  invoke,
  leadOf,
  message,
  MINUTE,
  NOW,
  quarantined,
  type Product,
} from './product.ts';

let server: TestTable;
let product: Product;
beforeAll(async () => {
  server = await startTable();
});
afterAll(() => server.stop());
beforeEach(async () => {
  product = await createProduct(server.table);
});

const degrade = () => createDegrade(product)({}, { getRemainingTimeInMillis: () => 60_000 } as never);

describe('a score', () => {
  test('rises with events, tells of the bands it crosses, and counts an entry', async () => {
    const userId = fresh('u');
    await product.send([message({ userId }), message({ userId })]);
    expect(await leadOf(product, 'user', userId)).toMatchObject({
      total: 20,
      standing: { band: 'cold' },
      entry: 0,
    });
    await product.send([message({ userId, type: 'track', event: 'Demo Booked' })]);
    const lead = await leadOf(product, 'user', userId);
    expect(lead).toMatchObject({
      total: 60,
      standing: { band: 'hot', qualified: true },
      entry: 1,
      pending: {},
    });
    expect(product.told.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['lead.band.changed', null, 'cold'],
      ['lead.band.changed', 'cold', 'hot'],
      ['lead.qualified', false, true],
    ]);
  });

  test('that an identify lifts knows the address in the same write, whoever brought the identify', async () => {
    const userId = fresh('u');
    const email = `${userId}@example.com`;
    await product.send([message({ userId })]);
    const { id } = await leadOf(product, 'user', userId);
    // As a scorer leaves it that is killed after its puts.
    const identify = message({ type: 'identify', userId, traits: { email, title: 'CTO' } });
    await product.leads.put(id, { event: toLeadEvent(identify), sentAs: identify.key }, null);
    await product.send([message({ userId })]);
    expect(await leadOf(product, 'user', userId)).toMatchObject({ standing: { band: 'warm' }, email });
  });

  test('does not change when its messages come again', async () => {
    const sent = [message({ userId: fresh('u') }), message({ userId: fresh('u') })];
    await product.send(sent);
    const before = await leadOf(product, 'user', sent[0]?.userId ?? '');
    await product.send(sent);
    await product.send(sent);
    expect(await leadOf(product, 'user', sent[0]?.userId ?? '')).toMatchObject({ total: before.total });
  });

  test('fades when its time has come, and only then', async () => {
    const userId = fresh('u');
    await product.send([message({ userId }), message({ userId }), message({ userId })]);
    const warm = await leadOf(product, 'user', userId);
    expect(warm.standing?.band).toBe('warm');
    expect(warm.due).toBe(warm.next);
    product.now = (warm.next ?? 0) - MINUTE;
    await degrade();
    expect((await leadOf(product, 'user', userId)).version).toBe(warm.version);
    product.now = (warm.next ?? 0) + MINUTE;
    await degrade();
    expect((await leadOf(product, 'user', userId)).standing?.band).toBe('cold');
    expect(product.told.at(-1)).toMatchObject({ kind: 'lead.band.changed', from: 'warm', to: 'cold' });
  });

  test('is the same by snapshot and tail as by the whole log', async () => {
    const userId = fresh('u');
    for (let day = 60; day >= 0; day -= 1)
      await product.send([message({ userId, properties: { path: '/' } }, NOW - day * DAY)]);
    const lead = await leadOf(product, 'user', userId);
    expect(lead.snapshot).not.toBeNull();
    const { entries } = await product.leads.log(lead.id, null);
    const { engine } = await product.rulesets.live();
    const whole = engine.evaluate({ events: entries.map(({ event }) => event) }, NOW);
    expect(entries).toHaveLength(61);
    expect(lead.total).toBe(whole.total);
    // Late, behind the snapshot: the whole log is read, and it counts.
    await product.send([message({ userId, type: 'track', event: 'Demo Booked' }, NOW - 40 * DAY)]);
    expect((await leadOf(product, 'user', userId)).total).toBe(Math.min(100, lead.total + 40));
  });

  test('takes in an event that is dated a little ahead when its time comes', async () => {
    const userId = fresh('u');
    await product.send([message({ userId }, NOW), { ...message({ userId }, NOW), occurredAt: NOW + HOUR }]);
    expect(await leadOf(product, 'user', userId)).toMatchObject({ total: 10, due: NOW + HOUR });
    product.now = NOW + HOUR + MINUTE;
    await degrade();
    expect((await leadOf(product, 'user', userId)).total).toBeCloseTo(20, 0);
  });
});

describe('changes that the bus did not take', () => {
  test('stay pending, and are told by the next run of degrade', async () => {
    const userId = fresh('u');
    const { changes } = product;
    const deaf = { ...product, changes: { publish: () => Promise.resolve(new Set<string>()) } };
    const detail = { key: { scope: 'server' }, receivedAt: NOW, messages: [message({ userId })] };
    await invoke(deaf, [{ source: 'kindling.ingest', 'detail-type': 'kindling.messages', detail }]);
    const left = await leadOf(product, 'user', userId);
    expect(Object.keys(left.pending)).toEqual([`${left.id}#${left.version}#lead.band.changed`]);
    expect(left.due).toBe(NOW + 2 * MINUTE);
    product.now = NOW + 15 * MINUTE;
    await createDegrade({ ...product, changes })({}, { getRemainingTimeInMillis: () => 60_000 } as never);
    expect(product.told.map(({ changeId }) => changeId)).toEqual(Object.keys(left.pending));
    expect(await leadOf(product, 'user', userId)).toMatchObject({ pending: {} });
  });
});

describe('a batch', () => {
  const bus = (detail: unknown, id = fresh('e')) => ({
    source: 'shop.orders',
    'detail-type': 'kindling.message',
    id,
    time: new Date(NOW).toISOString(),
    detail,
  });

  test('is taken from whoever may put events on the bus, and a bad message costs only itself', async () => {
    const userId = fresh('u');
    const answer = await invoke(product, [
      bus({
        batch: [
          { type: 'track', event: 'Demo Booked', userId },
          { type: 'track', userId },
          { type: 'page', userId },
        ],
      }),
    ]);
    expect(answer.batchItemFailures).toEqual([]);
    expect((await leadOf(product, 'user', userId)).total).toBe(50);
    expect(await quarantined(server.table)).toContain('a track without an event');
  });

  test('fails only the records that failed', async () => {
    const [good, bad] = [fresh('u'), fresh('u')];
    const failing = {
      ...product,
      leads: {
        ...product.leads,
        put: async (...args: Parameters<Product['leads']['put']>) => {
          if (args[1].event.id === `${bad}-event`) throw new Error('the table is away');
          return product.leads.put(...args);
        },
      },
    };
    const answer = await invoke(failing, [
      bus({ type: 'page', userId: bad, messageId: `${bad}-event` }),
      bus({ type: 'page', userId: good }),
    ]);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'r0' }]);
    expect((await leadOf(product, 'user', good)).total).toBe(10);
  });

  test('brings what became of a mail to its lead', async () => {
    const userId = fresh('u');
    await product.send([message({ userId })]);
    const { id } = await leadOf(product, 'user', userId);
    const mail = {
      messageId: 'ses-1',
      timestamp: new Date(NOW).toISOString(),
      tags: { lead: [id], journey: ['warm-up'], email: ['welcome'] },
    };
    const event = {
      source: 'aws.ses',
      'detail-type': 'Email Opened',
      id: 'e',
      time: new Date(NOW).toISOString(),
      detail: { eventType: 'Open', mail, open: { timestamp: new Date(NOW).toISOString() } },
    };
    await invoke(product, [event, event]);
    const { entries } = await product.leads.log(id, null);
    expect(entries.map(({ event: { name } }) => name).sort()).toEqual(['email.opened', 'page']);
  });
});
