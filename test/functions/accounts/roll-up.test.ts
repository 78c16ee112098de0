import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../../core/accounts/account-projection.ts';
import { rollUp } from '../../../functions/accounts/roll-up.ts';
import { accountMarkKey } from '../../../functions/aws/keys.ts';
import {
  createProduct,
  DAY,
  fresh,
  HOUR,
  leadOf,
  message,
  MINUTE,
  NOW,
  type Product,
} from '../scoring/product.ts';
import { startTable, type TestTable } from '../table.ts';
import { addUp, degrade, looks, rules, visit } from './company.ts';

let server: TestTable;
let product: Product;
beforeAll(async () => {
  server = await startTable();
  product = await createProduct(server.table, rules);
});
afterAll(() => server.stop());
beforeEach(async () => {
  product.now = NOW;
  await addUp(product);
  product.toldOfAccounts.length = 0;
});

const company = (): string => `${fresh('firm')}.example`;
const account = async (id: string): Promise<Account> => {
  const found = await product.rolledUp.read(id);
  if (found === null) throw new Error(`no account ${id}`);
  return found;
};
const told = (id: string) =>
  product.toldOfAccounts.filter(({ accountId }) => accountId === id).map(({ kind, to }) => [kind, to]);

describe('people of one company', () => {
  test('add up to its numbers, key by key, and to its band', async () => {
    const [id, ann, bob] = [company(), fresh('ann'), fresh('bob')];
    await product.send([
      ...visit(ann, id, 4, NOW, { title: 'CTO' }),
      ...visit(bob, id, 3, NOW),
      message({ type: 'track', event: 'Tried', userId: ann, properties: { product: 'crm' } }),
      message({ type: 'track', event: 'Tried', userId: bob, properties: { product: ['crm', 'erp'] } }),
      message({ type: 'group', userId: ann, groupId: id, traits: { name: 'The Firm' } }),
    ]);
    expect(await addUp(product)).toEqual([]);
    expect(await account(id)).toMatchObject({
      name: 'The Firm',
      numbers: { engagement: 70, fit: 20, product: 24 },
      keys: { product: { crm: 24, erp: 12 } },
      members: 2,
      people: 2,
      place: { band: 'surging', qualified: true },
      entry: 1,
      pending: {},
    });
    expect(told(id)).toEqual([
      ['account.band.changed', 'surging'],
      ['account.qualified', true],
    ]);
  });

  test('keep the band until it is left, and fade day by day while nothing happens', async () => {
    const [id, ann, bob] = [company(), fresh('ann'), fresh('bob')];
    await product.send([...visit(ann, id, 4, NOW), ...visit(bob, id, 3, NOW)]);
    await addUp(product);
    const bands: (string | null | undefined)[] = [];
    for (let day = 1; day <= 20; day += 1) {
      product.now = NOW + day * DAY;
      await degrade(product);
      await addUp(product);
      bands.push((await account(id)).place?.band);
    }
    // 70 points with a half-life of 14 days are 30 after seventeen.
    expect(bands.lastIndexOf('surging')).toBe(16);
    expect(new Set(bands.slice(17))).toEqual(new Set(['quiet']));
    expect(told(id).map(([kind]) => kind)).toEqual([
      'account.band.changed',
      'account.qualified',
      'account.band.changed',
      'account.disqualified',
    ]);
    product.now += HOUR;
    await product.send(looks(ann, 3, product.now));
    await addUp(product);
    // 30 more make 56: less than it takes to come back.
    expect((await account(id)).place?.band).toBe('quiet');
  });

  test('are looked at once a day, and not by each tick', async () => {
    const id = company();
    await product.send(visit(fresh('ann'), id, 1, NOW));
    await addUp(product);
    const { version } = await account(id);
    product.now = NOW + DAY - HOUR;
    await degrade(product);
    expect(product.asked).not.toContainEqual({ accountId: id, occasion: 'due' });
    product.now = NOW + DAY;
    await degrade(product);
    expect(product.asked).toContainEqual({ accountId: id, occasion: 'due' });
    await addUp(product);
    expect((await account(id)).version).toBe(version + 1);
    await degrade(product);
    expect(product.asked).not.toContainEqual({ accountId: id, occasion: 'due' });
  });

  test('who was added up within the day is left for later', async () => {
    const [id, ann] = [company(), fresh('ann')];
    await product.send(visit(ann, id, 1, NOW));
    await addUp(product);
    product.now = NOW + 20 * HOUR;
    await product.send(looks(ann, 1, product.now));
    await addUp(product);
    const { asOf } = await account(id);
    product.now = NOW + DAY + HOUR;
    await degrade(product);
    await addUp(product);
    expect(await account(id)).toMatchObject({ asOf, due: asOf + DAY });
  });
});

describe('who belongs to an account', () => {
  test('goes with the newest group, and both accounts notice', async () => {
    const [old, next, ann] = [company(), fresh('group'), fresh('ann')];
    await product.send(visit(ann, old, 2, NOW));
    await addUp(product);
    expect(await account(old)).toMatchObject({ members: 1 });
    await product.send([message({ type: 'group', userId: ann, groupId: next })]);
    await addUp(product);
    expect(await account(old)).toMatchObject({ members: 0, people: 0, numbers: { engagement: 0 } });
    expect(await account(next)).toMatchObject({ members: 1, numbers: { engagement: 20 } });
    product.now = NOW + DAY;
    await degrade(product);
    await addUp(product);
    // Nobody is left whose points could fade.
    expect(await account(old)).toMatchObject({ due: null });
  });

  test('a lead that is merged away counts once', async () => {
    const [id, ann, phone] = [company(), fresh('ann'), fresh('phone')];
    await product.send([...visit(ann, id, 1, NOW), ...visit(phone, id, 1, NOW)]);
    await addUp(product);
    expect(await account(id)).toMatchObject({ members: 2, numbers: { engagement: 20 } });
    await product.send([message({ type: 'alias', userId: ann, previousId: phone })]);
    await addUp(product);
    expect(await account(id)).toMatchObject({ members: 1, people: 1, numbers: { engagement: 20 } });
  });

  test('nobody is added up without accounts in the rules, and nothing is written or asked for', async () => {
    const { accounts: _, ...without } = rules;
    const other = await startTable();
    try {
      const plain = await createProduct(other.table, without);
      const ann = fresh('ann');
      await plain.send(visit(ann, 'plain.example', 4, NOW));
      expect((await leadOf(plain, 'user', ann)).account).toBeNull();
      expect(plain.asked).toEqual([]);
      expect((await degrade(plain)).accounts).toBe(0);
      expect(await rollUp(plain, 'plain.example', 'changed')).toBeNull();
    } finally {
      await other.stop();
    }
  });
});

describe('asking for a roll-up', () => {
  test('is done once, however much happens, until the roll-up begins', async () => {
    const [id, ann] = [company(), fresh('ann')];
    await product.send(visit(ann, id, 1, NOW));
    await addUp(product);
    for (let n = 0; n < 5; n += 1) {
      product.now += 20_000;
      await product.send(looks(ann, 1, product.now));
    }
    expect(product.asked.filter(({ accountId }) => accountId === id)).toHaveLength(1);
    await addUp(product);
    expect(await server.table.get(accountMarkKey(id))).toBeNull();
    product.now += MINUTE;
    await product.send(looks(ann, 1, product.now));
    expect(product.asked.filter(({ accountId }) => accountId === id)).toHaveLength(1);
  });

  test('is done again where the request was lost', async () => {
    const [id, ann] = [company(), fresh('ann')];
    await product.send(visit(ann, id, 1, NOW));
    await addUp(product);
    product.now += MINUTE;
    await product.send(looks(ann, 1, product.now));
    product.asked.length = 0;
    product.now += 6 * MINUTE;
    await product.send(looks(ann, 1, product.now));
    expect(product.asked.filter(({ accountId }) => accountId === id)).toHaveLength(1);
  });

  test('a request that is none fails alone', async () => {
    const id = company();
    await product.send(visit(fresh('ann'), id, 1, NOW));
    product.asked.unshift({ nonsense: true } as never);
    expect(await addUp(product)).toEqual(['r0']);
    expect(await account(id)).toMatchObject({ members: 1 });
  });
});

test('what the bus did not take is told again by degrade', async () => {
  const [id, ann, bob] = [company(), fresh('ann'), fresh('bob')];
  await product.send([...visit(ann, id, 4, NOW), ...visit(bob, id, 3, NOW)]);
  product.asked.length = 0;
  const away = { ...product, changes: { publish: () => Promise.resolve(new Set<string>()) } };
  await rollUp(away, id, 'changed');
  expect(Object.keys((await account(id)).pending)).toHaveLength(2);
  expect(told(id)).toEqual([]);
  product.now = NOW + 3 * MINUTE;
  await degrade(product);
  await addUp(product);
  expect(told(id)).toHaveLength(2);
  expect(await account(id)).toMatchObject({ pending: {}, entry: 1, asOf: NOW });
});
