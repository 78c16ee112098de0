import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lead } from '../../../core/lead.ts';
import { quarantinePks } from '../../../functions/aws/keys.ts';
import { toLeadEvent } from '../../../core/message.ts';
import { createDegrade } from '../../../functions/scoring/degrade-leads.ts';
import { startTable, type TestTable } from '../table.ts';
import { createProduct, DAY, HOUR, invoke, message, MINUTE, NOW, type Product } from './product.ts';

let server: TestTable;
let product: Product;
beforeAll(async () => {
  server = await startTable();
});
afterAll(() => server.stop());
beforeEach(async () => {
  product = await createProduct(server.table);
});

let people = 0;
/** An id that nobody has had. */
const fresh = (name: string): string => `${name}-${++people}`;

/** The lead that holds a key, followed to its survivor. */
const leadOf = async (kind: 'user' | 'anonymous' | 'email', value: string): Promise<Lead> => {
  const holders = await product.identities.holders([{ kind, value }], true);
  const owners = holders.get(`${kind}#${value}`)?.owners ?? [];
  let lead = await product.leads.read(owners.at(-1)?.lead ?? '');
  while (lead?.into !== undefined) lead = await product.leads.read(lead.into);
  if (lead === null) throw new Error(`nobody holds ${kind} ${value}`);
  return lead;
};

const idsIn = async (leadId: string): Promise<string[]> =>
  (await product.leads.log(leadId, null)).entries.map(({ event }) => event.id).sort();

const quarantined = async (): Promise<string[]> => {
  const reasons: string[] = [];
  for (const pk of quarantinePks(new Date(NOW).toISOString().slice(0, 10)))
    for await (const items of server.table.query({
      KeyConditionExpression: 'pk = :pk',
      values: { ':pk': pk },
    }))
      reasons.push(...items.map(({ reason }) => String(reason)));
  return reasons;
};

const degrade = () => createDegrade(product)({}, { getRemainingTimeInMillis: () => 60_000 } as never);

describe('a score', () => {
  test('rises with events, tells of the bands it crosses, and counts an entry', async () => {
    const userId = fresh('u');
    await product.send([message({ userId }), message({ userId })]);
    expect(await leadOf('user', userId)).toMatchObject({ total: 20, standing: { band: 'cold' }, entry: 0 });
    await product.send([message({ userId, type: 'track', event: 'Demo Booked' })]);
    const lead = await leadOf('user', userId);
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
    const { id } = await leadOf('user', userId);
    // As a scorer leaves it that is killed after its puts.
    const identify = message({ type: 'identify', userId, traits: { email, title: 'CTO' } });
    await product.leads.put(id, { event: toLeadEvent(identify), sentAs: identify.key }, null);
    await product.send([message({ userId })]);
    expect(await leadOf('user', userId)).toMatchObject({ standing: { band: 'warm' }, email });
  });

  test('does not change when its messages come again', async () => {
    const sent = [message({ userId: fresh('u') }), message({ userId: fresh('u') })];
    await product.send(sent);
    const before = await leadOf('user', sent[0]?.userId ?? '');
    await product.send(sent);
    await product.send(sent);
    expect(await leadOf('user', sent[0]?.userId ?? '')).toMatchObject({ total: before.total });
  });

  test('fades when its time has come, and only then', async () => {
    const userId = fresh('u');
    await product.send([message({ userId }), message({ userId }), message({ userId })]);
    const warm = await leadOf('user', userId);
    expect(warm.standing?.band).toBe('warm');
    expect(warm.due).toBe(warm.next);
    product.now = (warm.next ?? 0) - MINUTE;
    await degrade();
    expect((await leadOf('user', userId)).version).toBe(warm.version);
    product.now = (warm.next ?? 0) + MINUTE;
    await degrade();
    expect((await leadOf('user', userId)).standing?.band).toBe('cold');
    expect(product.told.at(-1)).toMatchObject({ kind: 'lead.band.changed', from: 'warm', to: 'cold' });
  });

  test('is the same by snapshot and tail as by the whole log', async () => {
    const userId = fresh('u');
    for (let day = 60; day >= 0; day -= 1)
      await product.send([message({ userId, properties: { path: '/' } }, NOW - day * DAY)]);
    const lead = await leadOf('user', userId);
    expect(lead.snapshot).not.toBeNull();
    const { entries } = await product.leads.log(lead.id, null);
    const { engine } = await product.rulesets.live();
    const whole = engine.evaluate({ events: entries.map(({ event }) => event) }, NOW);
    expect(entries).toHaveLength(61);
    expect(lead.total).toBe(whole.total);
    // Late, behind the snapshot: the whole log is read, and it counts.
    await product.send([message({ userId, type: 'track', event: 'Demo Booked' }, NOW - 40 * DAY)]);
    expect((await leadOf('user', userId)).total).toBe(Math.min(100, lead.total + 40));
  });

  test('takes in an event that is dated a little ahead when its time comes', async () => {
    const userId = fresh('u');
    await product.send([message({ userId }, NOW), { ...message({ userId }, NOW), occurredAt: NOW + HOUR }]);
    expect(await leadOf('user', userId)).toMatchObject({ total: 10, due: NOW + HOUR });
    product.now = NOW + HOUR + MINUTE;
    await degrade();
    expect((await leadOf('user', userId)).total).toBeCloseTo(20, 0);
  });
});

describe('changes that the bus did not take', () => {
  test('stay pending, and are told by the next run of degrade', async () => {
    const userId = fresh('u');
    const { changes } = product;
    const deaf = { ...product, changes: { publish: () => Promise.resolve(new Set<string>()) } };
    const detail = { key: { scope: 'server' }, receivedAt: NOW, messages: [message({ userId })] };
    await invoke(deaf, [{ source: 'kindling.ingest', 'detail-type': 'kindling.messages', detail }]);
    const left = await leadOf('user', userId);
    expect(Object.keys(left.pending)).toEqual([`${left.id}#${left.version}#lead.band.changed`]);
    expect(left.due).toBe(NOW + 2 * MINUTE);
    product.now = NOW + 15 * MINUTE;
    await createDegrade({ ...product, changes })({}, { getRemainingTimeInMillis: () => 60_000 } as never);
    expect(product.told.map(({ changeId }) => changeId)).toEqual(Object.keys(left.pending));
    expect(await leadOf('user', userId)).toMatchObject({ pending: {} });
  });
});

describe('who is who', () => {
  test('two first messages with the same e-mail at once make one lead', async () => {
    for (let round = 0; round < 5; round += 1) {
      const email = `${fresh('ann')}@example.com`;
      const [one, other] = [fresh('a'), fresh('a')];
      const sent = [one, other].map((anonymousId) =>
        message({ type: 'identify', anonymousId, traits: { email } }),
      );
      await Promise.all(sent.map((each) => product.send([each])));
      const lead = await leadOf('email', email);
      expect((await leadOf('anonymous', one)).id).toBe(lead.id);
      expect((await leadOf('anonymous', other)).id).toBe(lead.id);
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
    const lead = await leadOf('email', email);
    for (const id of ids) expect((await leadOf('anonymous', id)).id).toBe(lead.id);
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
    expect(await leadOf('user', userId)).toMatchObject({
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
    const lead = await leadOf('anonymous', anonymousId);
    expect(lead.id).toBe((await leadOf('user', userId)).id);
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
      const [one, other] = [await leadOf('user', ann), await leadOf('user', bob)];
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
    expect((await leadOf('user', old)).id).toBe((await leadOf('user', now)).id);
    expect((await leadOf('user', now)).total).toBe(20);
  });

  test.for(['undefined', 'null', 'anonymous', 'guest', '0', '[object Object]'])(
    'the placeholder %s is nobody',
    async (userId) => {
      const before = (await quarantined()).length;
      await product.send([message({ userId }), message({ userId: fresh('u') })]);
      expect(await quarantined()).toHaveLength(before + 1);
      await expect(leadOf('user', userId)).rejects.toThrow('nobody holds');
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
    const [victim, stranger] = [await leadOf('user', userId), await leadOf('anonymous', anonymousId)];
    expect(victim.id).not.toBe(stranger.id);
    expect(victim.total).toBe(0);
    expect(stranger).toMatchObject({ email: null, total: 30 });
  });

  test('speaks for nobody known without an anonymous id', async () => {
    const userId = fresh('u');
    await product.send([message({ userId })]);
    await product.send([message({ userId, messageId: `${userId}-forged` })], 'browser');
    expect((await leadOf('user', userId)).total).toBe(10);
    expect(await quarantined()).toContain(
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
    const lead = await leadOf('user', userId);
    expect(lead.id).toBe((await leadOf('anonymous', anonymousId)).id);
    expect(lead.id).toBe((await leadOf('email', `${userId}@example.com`)).id);
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
    expect((await leadOf('user', userId)).total).toBe(50);
    expect(await quarantined()).toContain('a track without an event');
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
    expect((await leadOf('user', good)).total).toBe(10);
  });

  test('brings what became of a mail to its lead', async () => {
    const userId = fresh('u');
    await product.send([message({ userId })]);
    const { id } = await leadOf('user', userId);
    const mail = {
      messageId: 'ses-1',
      timestamp: new Date(NOW).toISOString(),
      tags: { lead: [id], email: ['welcome'] },
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

test('a new ruleset reaches every lead, some a run, and again after a rollback', async () => {
  const userId = fresh('u');
  await product.send([message({ userId })]);
  const generous = structuredClone((await import('./product.ts')).ruleset) as {
    scores: Record<string, { rules: Record<string, { points: number }> }>;
  };
  (generous.scores.engagement?.rules.page as { points: number }).points = 30;
  const changed = await createProduct(server.table, generous as never);
  changed.now = NOW + 10 * MINUTE;
  const run = (ports: Product) =>
    createDegrade(ports)({}, { getRemainingTimeInMillis: () => 60_000 } as never);
  await run(changed);
  expect((await leadOf('user', userId)).total).toBeCloseTo(30, 0);
  expect((await changed.rulesets.rescore())?.done).toBe(true);
  const back = await createProduct(server.table);
  back.now = NOW + 20 * MINUTE;
  await run(back);
  const lead = await leadOf('user', userId);
  expect(lead.total).toBeCloseTo(10, 0);
  expect(lead.epoch).toBe((await back.rulesets.live()).epoch);
});
