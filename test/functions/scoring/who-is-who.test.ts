import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../table.ts';
import {
  createProduct,
  fresh,
  HOUR,
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

const idsIn = async (leadId: string): Promise<string[]> =>
  (await product.leads.log(leadId, null)).entries.map(({ event }) => event.id).sort();

describe('who is who', () => {
  test('two first messages with the same e-mail at once make one lead', async () => {
    for (let round = 0; round < 5; round += 1) {
      const email = `${fresh('ann')}@example.com`;
      const [one, other] = [fresh('a'), fresh('a')];
      const sent = [one, other].map((anonymousId) =>
        message({ type: 'identify', anonymousId, traits: { email } }),
      );
      await Promise.all(sent.map((each) => product.send([each])));
      const lead = await leadOf(product, 'email', email);
      expect((await leadOf(product, 'anonymous', one)).id).toBe(lead.id);
      expect((await leadOf(product, 'anonymous', other)).id).toBe(lead.id);
      expect(await idsIn(lead.id)).toEqual(sent.map(({ messageId }) => messageId).sort());
    }
  });

  test('two anonymous leads that give the same e-mail at once become one, with all they did', async () => {
    const email = `${fresh('ann')}@example.com`;
    const ids = [fresh('a'), fresh('a')];
    for (const anonymousId of ids) await product.send([message({ anonymousId })]);
    await Promise.all(
      ids.map((anonymousId) => product.send([message({ type: 'identify', anonymousId, traits: { email } })])),
    );
    const lead = await leadOf(product, 'email', email);
    for (const id of ids) expect((await leadOf(product, 'anonymous', id)).id).toBe(lead.id);
    expect(await idsIn(lead.id)).toHaveLength(4);
    expect(lead.total).toBe(20);
  });

  test('what was done before identify counts after it', async () => {
    const [anonymousId, userId] = [fresh('a'), fresh('u')];
    await product.send([message({ anonymousId }), message({ anonymousId })]);
    await product.send([
      message({
        type: 'identify',
        anonymousId,
        userId,
        traits: { title: 'CTO', email: `${userId}@example.com`, name: 'Ann Lee' },
      }),
    ]);
    expect(await leadOf(product, 'user', userId)).toMatchObject({
      total: 40,
      email: `${userId}@example.com`,
      name: 'Ann Lee',
    });
  });

  test('what was done before identify counts too when the person was known already', async () => {
    const [anonymousId, userId] = [fresh('a'), fresh('u')];
    await product.send([message({ userId })]);
    product.now = NOW + MINUTE;
    await product.send([message({ anonymousId })]);
    await product.send([message({ type: 'identify', anonymousId, userId })]);
    const lead = await leadOf(product, 'anonymous', anonymousId);
    expect(lead.id).toBe((await leadOf(product, 'user', userId)).id);
    expect(lead.total).toBeCloseTo(20, 1);
  });

  test.for(['server', 'browser'] as const)(
    'a shared browser moves to the next person and merges nobody (%s key)',
    async (scope) => {
      const [anonymousId, ann, bob] = [fresh('a'), fresh('ann'), fresh('bob')];
      await product.send([message({ anonymousId, userId: ann }, NOW - 4 * HOUR)], scope);
      await product.send([message({ anonymousId, userId: bob }, NOW - 3 * HOUR)], scope);
      await product.send([message({ anonymousId, messageId: `${bob}-reads` }, NOW - 2 * HOUR)], scope);
      await product.send(
        [message({ anonymousId, userId: ann, messageId: `${ann}-returns` }, NOW - HOUR)],
        scope,
      );
      const [one, other] = [await leadOf(product, 'user', ann), await leadOf(product, 'user', bob)];
      expect(one.id).not.toBe(other.id);
      expect(await idsIn(one.id)).toContain(`${ann}-returns`);
      expect(await idsIn(other.id)).toContain(`${bob}-reads`);
      expect([...(await idsIn(one.id)), ...(await idsIn(other.id))]).toHaveLength(4);
      // A copy of an old message finds whoever had the browser then.
      await product.send([message({ anonymousId, messageId: `${bob}-reads` }, NOW - 2 * HOUR)], scope);
      expect([...(await idsIn(one.id)), ...(await idsIn(other.id))]).toHaveLength(4);
    },
  );

  test('an alias from a server key makes two user ids one lead', async () => {
    const [old, now] = [fresh('u'), fresh('u')];
    await product.send([message({ userId: old })]);
    await product.send([message({ userId: now })]);
    await product.send([message({ type: 'alias', userId: now, previousId: old })]);
    expect((await leadOf(product, 'user', old)).id).toBe((await leadOf(product, 'user', now)).id);
    expect((await leadOf(product, 'user', now)).total).toBe(20);
  });

  test.for(['undefined', 'null', 'anonymous', 'guest', '0', '[object Object]'])(
    'the placeholder %s is nobody',
    async (userId) => {
      const before = (await quarantined(server.table)).length;
      await product.send([message({ userId }), message({ userId: fresh('u') })]);
      expect(await quarantined(server.table)).toHaveLength(before + 1);
      await expect(leadOf(product, 'user', userId)).rejects.toThrow('nobody holds');
    },
  );
});

describe('a browser key', () => {
  test('links no user id or e-mail that somebody else holds', async () => {
    const [userId, anonymousId] = [fresh('u'), fresh('a')];
    const email = `${userId}@example.com`;
    await product.send([message({ type: 'identify', userId, traits: { email } })]);
    await product.send(
      [
        message({ anonymousId, userId }),
        message({ type: 'identify', anonymousId, traits: { email, title: 'CTO' } }),
      ],
      'browser',
    );
    const [victim, stranger] = [
      await leadOf(product, 'user', userId),
      await leadOf(product, 'anonymous', anonymousId),
    ];
    expect(victim.id).not.toBe(stranger.id);
    expect(victim.total).toBe(0);
    expect(stranger).toMatchObject({ email: null, total: 30 });
  });

  test('speaks for nobody known without an anonymous id', async () => {
    const userId = fresh('u');
    await product.send([message({ userId })]);
    await product.send([message({ userId, messageId: `${userId}-forged` })], 'browser');
    expect((await leadOf(product, 'user', userId)).total).toBe(10);
    expect(await quarantined(server.table)).toContain(
      'a browser key cannot speak for a known user without an anonymousId',
    );
  });

  test('links what nobody holds yet', async () => {
    const [userId, anonymousId] = [fresh('u'), fresh('a')];
    await product.send([message({ anonymousId })], 'browser');
    await product.send(
      [message({ type: 'identify', anonymousId, userId, traits: { email: `${userId}@example.com` } })],
      'browser',
    );
    const lead = await leadOf(product, 'user', userId);
    expect(lead.id).toBe((await leadOf(product, 'anonymous', anonymousId)).id);
    expect(lead.id).toBe((await leadOf(product, 'email', `${userId}@example.com`)).id);
  });
});
