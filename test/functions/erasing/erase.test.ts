import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotFound } from '../../../functions/errors.ts';
import { tableIdentities } from '../../../functions/aws/identities.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { handoffKey, journeyKey, leadPk, takenPk, accountPk } from '../../../functions/aws/keys.ts';
import type { Table } from '../../../functions/aws/table.ts';
import { eraseLead, finishErasure, type ErasePorts } from '../../../functions/erasing/erase.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import { suppressionHash, suppressionOfLead } from '../../../core/nurture/suppression.ts';
import { createDegrade } from '../../../functions/scoring/degrade-leads.ts';
import {
  createProduct,
  DAY,
  HOUR,
  leadOf,
  message,
  MINUTE,
  NOW,
  quarantined,
  type Product,
} from '../scoring/product.ts';
import { startTable, type TestTable } from '../table.ts';
import { all, makeKnown, noted, traces, type Known } from './person.ts';

class Crash extends Error {}

/** Days on which nothing was refused are not asked for: that is most of an erasure's time on this table. */
const withoutEmptyDays = (table: Table): Table => ({
  ...table,
  query: (input) => {
    const pk = String(input.values[':pk']);
    const day = /^QUARANTINE#(\d{4}-\d\d-\d\d)/.exec(pk)?.[1];
    return day !== undefined && Math.abs(Date.parse(day) - NOW) > 3 * DAY
      ? (async function* () {})()
      : table.query(input);
  },
});

let server: TestTable;
let product: Product;
const startAnew = async (): Promise<void> => {
  const started = await startTable();
  server = { ...started, table: withoutEmptyDays(started.table) };
  product = await createProduct(server.table);
};
/** Tests that look through the whole table again and again do so on a small one. */
const startAnewEvery = async (rounds: number, round: number): Promise<void> => {
  if (round % rounds !== 0) return;
  await server.stop();
  await startAnew();
};
beforeAll(startAnew);
afterAll(() => server.stop());

const WHO = { by: 'ada@seller.example', reason: 'They asked us to' };

/** The ports over a table that does this before each of its writes. */
const before = (step: () => Promise<void>): ErasePorts => {
  const table: Table = {
    ...server.table,
    put: async (...args) => (await step(), server.table.put(...args)),
    remove: async (...args) => (await step(), server.table.remove(...args)),
  };
  return {
    ...product,
    table,
    leads: tableLeads(table, { due: 2, band: 2 }),
    identities: tableIdentities(table, product.pause),
    suppressions: tableSuppressions(table),
  };
};

const erase = async (ports: ErasePorts, lead: string) => {
  await eraseLead(ports, lead, WHO);
  return finishErasure(ports, lead);
};

const degrade = async (at: number): Promise<void> => {
  product.now = at;
  await createDegrade(product)({}, { getRemainingTimeInMillis: () => 60_000 } as never);
};
/** Degrade's rounds until an erasure that was begun now is over. */
const settle = async (): Promise<void> => {
  await degrade(product.now + 15 * MINUTE);
  await degrade(product.now + 30 * MINUTE);
};

const eventsUnder = async (lead: string): Promise<number> =>
  (await product.leads.log(lead, null)).entries.length;

/** Nothing of the person is left, nothing old comes back, and what is new is of a new lead. */
const checkErased = async (
  { lead, merged, user, anonymous, secrets, sent }: Known,
  erasedBy = NOW,
): Promise<void> => {
  expect(await traces(server, secrets)).toEqual([]);
  for (const id of [lead, merged]) {
    const left = await product.leads.read(id);
    expect(left).toMatchObject({
      users: [],
      emails: [],
      email: null,
      name: null,
      due: null,
      pending: {},
      account: null,
    });
    expect(left?.erased).toMatchObject(WHO);
    expect(left?.erased?.at).toBeGreaterThanOrEqual(erasedBy);
    expect(await noted(server, id)).toMatchObject([{ ...WHO, at: left?.erased?.at }]);
  }
  const items = await all(server);
  const refused = (await quarantined(server.table)).length;
  await product.send(sent);
  // What becomes of a mail, or what sales answers, names the lead itself; whoever it was is no lead any more.
  const named = [lead, merged].map((leadId) =>
    message({ type: 'track', event: 'email.opened', leadId }, product.now),
  );
  expect(await product.send(named)).toEqual({ batchItemFailures: [] });
  expect(await all(server)).toEqual(items);
  expect(await quarantined(server.table)).toHaveLength(refused);

  const back = [
    message({ userId: user, anonymousId: anonymous[0] }, product.now),
    message({ anonymousId: anonymous[1] }, product.now),
  ];
  expect(await product.send(back)).toEqual({ batchItemFailures: [] });
  const comer = await leadOf(product, 'user', user);
  expect([lead, merged]).not.toContain(comer.id);
  expect(comer).toMatchObject({ emails: [], users: [user] });
  expect(await eventsUnder(comer.id)).toBe(1);
  // A late one for a key that is held again is refused just the same.
  await product.send(sent);
  expect(await eventsUnder(comer.id)).toBe(1);
  expect(await eventsUnder(lead)).toBe(0);
};

describe('a lead is erased', () => {
  test('with everything that names it, and comes back as another', async () => {
    const known = await makeKnown(server, product);
    expect(known.merged).not.toBe('');
    const removed = await erase(product, known.lead);
    expect(removed).toMatchObject({ mails: 1, handoffs: 1, journeys: 1, merged: 1, refused: 1, keys: 4 });
    expect(await traces(server, known.secrets)).toEqual([]);
    await settle();
    const handoffs = (await all(server)).filter(
      ({ pk, sk }) => pk === accountPk('acct-1') && sk === handoffKey('', 1).sk,
    );
    expect(handoffs).toMatchObject([{ brief: { people: [{ name: 'Stays' }] }, revision: 1 }]);
    expect((await all(server)).filter(({ pk }) => pk === takenPk('warm-up'))).toMatchObject([
      { leadId: known.lead, running: false, why: 'erased' },
    ]);
    expect(await quarantined(server.table)).toEqual(['event is missing']);
    await checkErased(known);
  });

  test('by whichever of its ids, once', async () => {
    const known = await makeKnown(server, product);
    const first = await eraseLead(product, known.merged, WHO);
    expect(first.id).toBe(known.lead);
    product.now += MINUTE;
    const again = await eraseLead(product, known.lead, { by: 'somebody else', reason: 'again' });
    expect(again.erased).toEqual(first.erased);
    await settle();
    await checkErased(known);
    await expect(eraseLead(product, 'nobody', WHO)).rejects.toThrow(NotFound);
  });

  test('and whoever looks at it finds nobody', async () => {
    const known = await makeKnown(server, product);
    const told = product.told.length;
    await eraseLead(product, known.lead, WHO);
    const people = tablePeople(server.table);
    expect(await people.find(known.lead)).toBeNull();
    expect(
      await tableStandings(server.table, people).find({ of: 'lead', id: known.lead, entry: 1 }),
    ).toBeNull();
    await settle();
    expect(product.told).toHaveLength(told);
    expect(await server.table.get(journeyKey(known.lead, 'warm-up'))).toBeNull();
  });

  test('after a crash before any of its writes', { timeout: 300_000 }, async () => {
    let writes = 0;
    await erase(
      before(() => Promise.resolve(void (writes += 1))),
      (await makeKnown(server, product)).lead,
    );
    expect(writes).toBeGreaterThan(30);
    for (let dies = 1; dies <= writes + 1; dies += 1) {
      await startAnewEvery(4, dies);
      const known = await makeKnown(server, product);
      let done = 0;
      const dying = before(() => {
        done += 1;
        return done >= dies ? Promise.reject(new Crash()) : Promise.resolve();
      });
      await erase(dying, known.lead).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      // Who asked for it hears nothing, and may ask again; without the fence nothing has begun.
      if ((await product.leads.read(known.lead))?.erased === undefined)
        await eraseLead(product, known.lead, WHO);
      await settle();
      await checkErased(known);
    }
  });

  test('whatever is sent between any two of its writes', { timeout: 300_000 }, async () => {
    let writes = 0;
    await erase(
      before(() => Promise.resolve(void (writes += 1))),
      (await makeKnown(server, product)).lead,
    );
    for (let at = 1; at <= writes; at += 1) {
      await startAnewEvery(4, at);
      const known = await makeKnown(server, product);
      let done = 0;
      const fresh = message({ userId: known.user, type: 'track', event: 'Back again' }, NOW + 2 * HOUR);
      await erase(
        before(async () => {
          done += 1;
          if (done !== at) return;
          const was = product.now;
          await product.send(known.sent.slice(2));
          product.now = NOW + 2 * HOUR;
          expect(await product.send([fresh])).toEqual({ batchItemFailures: [] });
          product.now = was;
        }),
        known.lead,
      );
      await settle();
      const left = await product.leads.read(known.lead);
      expect(left?.erased).toMatchObject(WHO);
      expect(await traces(server, [`+46-${known.secrets[0] ?? ''}`])).toEqual([]);
      expect((await all(server)).filter(({ pk }) => pk === leadPk(known.lead))).toHaveLength(1);
      // What came before the fence went with it; what came after is of the new lead.
      const wasErased = (left?.erased?.at ?? 0) >= NOW + 2 * HOUR;
      if (wasErased) continue;
      const comer = await leadOf(product, 'user', known.user);
      expect(comer.id).not.toBe(known.lead);
      expect((await product.leads.log(comer.id, null)).entries.map(({ event }) => event.name)).toEqual([
        'Back again',
      ]);
    }
  });

  test('keeps what it called off, by whatever address it comes back', async () => {
    const known = await makeKnown(server, product);
    await product.suppressions.put({ hash: suppressionOfLead(known.lead), reason: 'unsubscribed' }, NOW);
    await product.suppressions.put(
      { hash: suppressionOfLead(known.lead), reason: 'unsubscribed', topic: 'news' },
      NOW,
    );
    await erase(product, known.lead);
    expect(await product.suppressions.preferences(suppressionHash(known.email) ?? '')).toEqual({
      all: 'unsubscribed',
      off: ['news'],
    });
  });

  test('by degrade, where there was no time to do it at once', async () => {
    const known = await makeKnown(server, product);
    await eraseLead(product, known.lead, WHO);
    expect(await finishErasure(product, known.lead, () => false)).toBeNull();
    expect(await product.leads.read(known.lead)).toMatchObject({ emails: [known.email], email: null });
    expect((await traces(server, known.secrets)).length).toBeGreaterThan(0);
    await degrade(product.now + 15 * MINUTE);
    expect(await traces(server, known.secrets)).toEqual([]);
    await settle();
    await checkErased(known);
  });

  test('and what was written meanwhile by who had read it before goes at the last look', async () => {
    const known = await makeKnown(server, product);
    await erase(product, known.lead);
    const [secret = ''] = known.secrets;
    await product.leads.keepAttributes(known.lead, { firstName: secret });
    await server.table.put({
      ...handoffKey(known.lead, 2),
      entry: 2,
      at: NOW,
      brief: { name: secret },
      owner: { name: 'N', email: 'n@seller.example' },
    });
    await degrade(product.now + 10 * MINUTE);
    expect(await traces(server, known.secrets)).toHaveLength(2);
    await settle();
    await checkErased(known);
  });

  test('with more ids and addresses than a lead names itself', async () => {
    product.now = NOW;
    const ids = Array.from({ length: 12 }, (_, n) => `many-${n}`);
    for (const [n, userId] of ids.entries()) {
      const previousId = n === 0 ? {} : { type: 'alias', previousId: ids[n - 1] };
      await product.send([message({ type: 'identify', userId, ...previousId }, NOW - HOUR + n)]);
      const traits = { email: `${userId}@many.example` };
      await product.send([message({ type: 'identify', userId, traits }, NOW - HOUR + n)]);
    }
    const { id, users } = await leadOf(product, 'user', 'many-0');
    expect((await leadOf(product, 'email', 'many-11@many.example')).id).toBe(id);
    expect(users.length).toBeLessThan(ids.length);
    // Users and addresses, and what each was before: as an anonymous id, too.
    expect(await erase(product, id)).toMatchObject({ keys: 12 + 12 + 11 });
    expect(await traces(server, ['many-'])).toEqual([]);
  });

  test('and a browser that others share stays theirs', async () => {
    const [first, second, browser] = ['zed-1', 'zed-2', 'zed-browser'];
    product.now = NOW;
    await product.send([message({ userId: first, anonymousId: browser }, NOW - 5 * HOUR)]);
    await product.send([message({ userId: second, anonymousId: browser }, NOW - 2 * HOUR)]);
    const [one, other] = [await leadOf(product, 'user', first), await leadOf(product, 'user', second)];
    await erase(product, one.id);
    await settle();
    const late = [
      message({ anonymousId: browser }, NOW - 4 * HOUR),
      message({ anonymousId: browser }, NOW - HOUR),
    ];
    expect(await product.send(late)).toEqual({ batchItemFailures: [] });
    expect(await eventsUnder(one.id)).toBe(0);
    expect(await eventsUnder(other.id)).toBe(2);
  });

  test('twice, by the same person', async () => {
    const known = await makeKnown(server, product);
    await erase(product, known.lead);
    await settle();
    const back = message(
      {
        anonymousId: known.anonymous[0],
        traits: { phone: `+46-${known.secrets[0] ?? ''}` },
        type: 'identify',
      },
      product.now,
    );
    await product.send([back]);
    const comer = await leadOf(product, 'anonymous', known.anonymous[0] ?? '');
    expect(comer.id).not.toBe(known.lead);
    product.now += MINUTE;
    await erase(product, comer.id);
    await settle();
    expect(await traces(server, known.secrets)).toEqual([]);
    await product.send([back, ...known.sent]);
    expect(await traces(server, known.secrets)).toEqual([]);
    await product.send([message({ anonymousId: known.anonymous[0] }, product.now)]);
    const third = await leadOf(product, 'anonymous', known.anonymous[0] ?? '');
    expect([known.lead, comer.id]).not.toContain(third.id);
  });

  test('and a merge that was under way into it is erased with it', async () => {
    const known = await makeKnown(server, product);
    const merged = await product.leads.read(known.merged);
    if (merged === null) throw new Error('no merged lead');
    // As if the merge had stopped right after its fence.
    await product.leads.commit({ ...merged, version: merged.version + 1, due: NOW }, merged.version);
    await eraseLead(product, known.lead, WHO);
    await degrade(product.now + MINUTE);
    await settle();
    await checkErased(known);
  });
});
