import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Publication, Terms } from '../../../core/publish/origin.ts';
import { partsOf } from '../../../core/publish/parts.ts';
import { type Ruleset, rulesetHash } from '../../../core/ruleset.ts';
import { tablePublished } from '../../../functions/aws/published.ts';
import { tableLimits } from '../../../functions/journeys/limits.ts';
import type { LogEntry } from '../../../functions/ports.ts';
import { putWhole } from '../../../functions/publishing/parts.ts';
import { switchTo } from '../../../functions/publishing/switch.ts';
import { bringLead } from '../../../functions/rescoring/bring-lead.ts';
import { progressOf, readRun } from '../../../functions/rescoring/progress.ts';
import {
  beginRescore,
  bringSegment,
  finishRescore,
  type RescorePorts,
} from '../../../functions/rescoring/segment.ts';
import { rescoreStarter, SETTLED } from '../../../functions/rescoring/start.ts';
import { scoreLead } from '../../../functions/scoring/score-lead.ts';
import { publishPorts } from '../publishing/publisher.ts';
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
  ruleset,
} from '../scoring/product.ts';
import { meter, type Metered } from '../scoring/meter.ts';
import { startTable, type TestTable } from '../table.ts';

const SEGMENTS = 3;
const UNLIMITED: Terms = { handoffs: null, mails: null };

let server: TestTable;
let product: Product;
let metered: { take: () => Metered };
let now = NOW;
const executions: { name: string; input: Readonly<Record<string, unknown>> }[] = [];

beforeAll(async () => {
  server = await startTable();
  product = await createProduct(server.table);
  metered = meter(server.client);
});
afterAll(() => server.stop());

const starter = () =>
  rescoreStarter(
    server.table,
    {
      start: (_machine, name, input) => {
        if (!executions.some((each) => each.name === name)) executions.push({ name, input });
        return Promise.resolve();
      },
    },
    'arn:rescore',
    SEGMENTS,
    () => now,
  );

/** Makes these rules live, an hour later. @param deployed the rules of the stack */
const deploy = async (rules: Ruleset, terms = UNLIMITED, deployed = ruleset): Promise<Publication> => {
  now += HOUR;
  product.now = now;
  const hash = rulesetHash(rules);
  await putWhole(server.table, hash, partsOf(rules));
  const ports = { ...publishPorts(server.table, deployed, () => now), startRescore: starter() };
  const publication = await switchTo(ports, { hash, commit: null, by: null, terms });
  now += 10 * MINUTE;
  product.now = now;
  return publication;
};

/** Rules like those of the product, with other points for pages and forms. */
const worth = (page: number, form = 40): Ruleset => {
  const rules = structuredClone(ruleset) as unknown as {
    scores: Record<string, { rules: Record<string, { points: number }> }>;
  };
  (rules.scores['engagement']?.rules['page'] as { points: number }).points = page;
  (rules.scores['engagement']?.rules['form'] as { points: number }).points = form;
  return rules as unknown as Ruleset;
};

const rescorePorts = (): RescorePorts => ({ ...product, table: server.table, rate: 100_000 });
const all = async ({ epoch }: Publication, ports: RescorePorts = rescorePorts()): Promise<void> => {
  await beginRescore(ports, epoch);
  for (let segment = 0; segment < SEGMENTS; segment += 1)
    for (let outcome = 'more'; outcome === 'more';)
      ({ outcome } = await bringSegment(ports, { epoch, segment, of: SEGMENTS }, () => 60_000));
  await finishRescore(ports, epoch);
};
/** What all leads are, held against what these rules make of their logs. */
const wrong = async (users: readonly string[]): Promise<string[]> => {
  const { engine } = await product.rulesets.live();
  const found: string[] = [];
  for (const user of users) {
    const lead = await leadOf(product, 'user', user);
    const { entries } = await product.leads.log(lead.id, null);
    const is = engine.evaluate({ events: entries.map(({ event }) => event) }, lead.asOf);
    if (
      is.total !== lead.total ||
      is.band !== lead.standing?.band ||
      is.qualified !== lead.standing.qualified
    )
      found.push(user);
  }
  return found;
};
const readers: string[] = [];
const askers: string[] = [];

test('brings every lead to the new rules: a write for each that changes, none for the others', async () => {
  for (let n = 0; n < 130; n += 1) {
    readers.push(fresh('reader'));
    askers.push(fresh('asker'));
    await product.send([
      message({ userId: readers.at(-1), type: 'page' }),
      message({ userId: askers.at(-1), type: 'track', event: 'Demo Booked' }),
    ]);
  }
  const publication = await deploy(worth(11));
  expect(executions.at(-1)).toEqual({
    name: `rescore-${publication.epoch}-1`,
    input: {
      epoch: publication.epoch,
      startAt: new Date(publication.at + SETTLED).toISOString(),
      segments: [0, 1, 2].map((segment) => ({ epoch: publication.epoch, segment, of: SEGMENTS })),
    },
  });
  metered.take();
  product.told.length = 0;
  await all(publication);
  const { items } = metered.take();
  expect(items).toEqual({ LEAD: readers.length, SEGMENT: expect.any(Number) as number, RUN: 2 });
  // A page of leads is noted before it is worked on: 100 of them take some units.
  expect(items['SEGMENT']).toBeLessThanOrEqual(0.08 * 260);
  expect(product.told).toEqual([]);
  expect(await wrong([...readers, ...askers])).toEqual([]);
  const progress = await progressOf(server.table, publication);
  expect(progress).toMatchObject({
    state: 'done',
    looked: 260,
    changed: 130,
    failed: 0,
    segmentsDone: SEGMENTS,
    before: { cold: 130, warm: 130 },
    after: { cold: 130, warm: 130 },
  });
  // As people read them: the lowest first.
  expect(Object.keys(progress.before ?? {})).toEqual(['cold', 'warm']);
  expect(Object.keys(progress.after ?? {})).toEqual(['cold', 'warm']);
});

test('costs nothing where all is as it was, however long ago', async () => {
  await deploy(worth(11, 41));
  await all(await deploy(worth(11)));
  now += 3 * DAY;
  product.now = now;
  // Another name, and the same points.
  const publication = await deploy({ ...worth(11), settings: { time_zone: 'Europe/Berlin' } });
  metered.take();
  await all(publication);
  expect(metered.take().items['LEAD']).toBeUndefined();
  expect(await progressOf(server.table, publication)).toMatchObject({ looked: 260, changed: 0 });
});

test('those who cross cost one write, too: what was told goes with the next', async () => {
  const publication = await deploy(worth(11, 70));
  product.told.length = 0;
  metered.take();
  await all(publication);
  expect(metered.take().items['LEAD']).toBe(askers.length);
  const qualified = () => product.told.filter(({ kind }) => kind === 'lead.qualified');
  expect(qualified()).toHaveLength(askers.length);
  expect(new Set(product.told.map(({ deploy: epoch }) => epoch))).toEqual(new Set([publication.epoch]));
  expect(await progressOf(server.table, publication)).toMatchObject({
    qualified: 130,
    before: { cold: 130, warm: 130 },
    after: { cold: 130, hot: 130 },
  });
  await all(publication);
  expect(qualified()).toHaveLength(askers.length);

  const [, userId = ''] = askers;
  const lead = await leadOf(product, 'user', userId);
  expect(lead).toMatchObject({ toldBy: publication.epoch, due: null });
  expect(Object.keys(lead.pending)).toHaveLength(2);
  metered.take();
  await product.send([message({ userId, type: 'track', event: 'Looked' }, now)]);
  expect(metered.take().items).toEqual({ LEAD: 1, EVT: 1 });
  const after = await leadOf(product, 'user', userId);
  expect(after.pending).toEqual({});
  expect(after.toldBy).toBeUndefined();
  // Told once more, under the same name: whoever hears it knows it.
  expect(new Set(qualified().map(({ changeId }) => changeId)).size).toBe(askers.length);
});

test('what a rescore left is told again for two months, and then goes silently', async () => {
  const [, , userId = ''] = askers;
  const lead = await leadOf(product, 'user', userId);
  expect(Object.keys(lead.pending)).toHaveLength(2);
  product.told.length = 0;
  product.now = now + 61 * DAY;
  await product.send([message({ userId, type: 'track', event: 'Looked' }, product.now)]);
  product.now = now;
  expect(product.told).toEqual([]);
  expect((await leadOf(product, 'user', userId)).pending).toEqual({});
});

test('while the bus takes nothing nobody is passed over', async () => {
  const publication = await deploy(worth(11, 45));
  let open = false;
  const shut: RescorePorts = {
    ...rescorePorts(),
    pause: () => Promise.resolve(),
    changes: { publish: async (changes) => (open ? product.changes.publish(changes) : new Set()) },
  };
  product.told.length = 0;
  await expect(all(publication, shut)).rejects.toThrow('the bus did not take');
  expect(await progressOf(server.table, publication)).toMatchObject({ state: 'running', segmentsDone: 0 });
  open = true;
  await all(publication, shut);
  const left = product.told.filter(({ kind }) => kind === 'lead.disqualified');
  expect(new Set(left.map(({ leadId }) => leadId)).size).toBe(askers.length);
  expect(await progressOf(server.table, publication)).toMatchObject({ state: 'done', failed: 0 });
  await all(await deploy(worth(11, 70)));
});

test('a log that is long gets a snapshot, so that the next event need not read it once more', async () => {
  const userId = fresh('long');
  // Some 450 bytes each.
  for (let n = 0; n < 900; n += 100)
    await product.send(
      Array.from({ length: 100 }, (_, each) =>
        message(
          { userId, properties: { path: `/${'p'.repeat(200)}` } },
          now - 100 * DAY + (n + each) * MINUTE,
        ),
      ),
    );
  for (const form of [71, 72]) {
    metered.take();
    await all(await deploy(worth(11, form)));
    expect(metered.take().items['SNAP']).toBeGreaterThan(0);
    const before = await leadOf(product, 'user', userId);
    expect(before.snapshot).not.toBeNull();
    await product.send([message({ userId, type: 'track', event: 'Looked' }, now)]);
    expect(metered.take().reads).toBeLessThan(50);
    const lead = await leadOf(product, 'user', userId);
    expect(lead.total).toBe(before.total);
    expect(await wrong([userId])).toEqual([]);
  }
});

test('killed at any step and begun again it ends right', async () => {
  const publication = await deploy(worth(25, 30));
  product.told.length = 0;
  const ports = rescorePorts();
  let steps = 0;
  let left = 0;
  /** Dies after so many reads and writes of leads. */
  const dying: RescorePorts = {
    ...ports,
    leads: new Proxy(ports.leads, {
      get:
        (target, name) =>
        (...args: never[]) => {
          steps += 1;
          if ((left -= 1) < 0) throw new Error('killed');
          return (Reflect.get(target, name) as (...given: never[]) => unknown)(...args);
        },
    }),
    pause: () => Promise.resolve(),
  };
  // What throws in a lead is that lead's failure; only what throws around it ends the segment. So the page goes, too.
  const page: RescorePorts = {
    ...dying,
    table: {
      ...server.table,
      put: async (item) => (left < 0 ? Promise.reject(new Error('killed')) : server.table.put(item)),
    },
  };
  for (let life = 1; ; life += 1) {
    left = 97 * life;
    const done = await all(publication, page).then(
      () => true,
      () => false,
    );
    if (done) break;
  }
  expect(steps).toBeGreaterThan(500);
  // Also of those who had moved in the index by the time that their page was done again.
  const cooled = product.told.filter(({ kind, to }) => kind === 'lead.band.changed' && to === 'warm');
  expect(new Set(cooled.map(({ leadId }) => leadId)).size).toBe(askers.length);
  expect(await wrong([...readers, ...askers])).toEqual([]);
  expect(await progressOf(server.table, publication)).toMatchObject({
    state: 'done',
    failed: 0,
    after: { cold: 130, warm: 130 },
  });
});

test('events go on being scored meanwhile, by the new rules, and what they start is not the deploy’s', async () => {
  const publication = await deploy(worth(25, 10));
  await all(publication);
  const next = await deploy(worth(25, 65), { handoffs: 0, mails: 0 });
  product.told.length = 0;
  const [asker = '', other = ''] = askers;
  const newcomer = fresh('newcomer');
  await product.send([
    // Hot by the rules alone, whatever she does now.
    message({ userId: asker }, now),
    // Nobody before.
    message({ userId: newcomer, type: 'track', event: 'Demo Booked' }, now),
  ]);
  await all(next);
  const leadIds = await Promise.all(
    [asker, newcomer, other].map(async (user) => (await leadOf(product, 'user', user)).id),
  );
  const deploys = leadIds.map((id) =>
    product.told
      .filter(({ leadId, kind }) => leadId === id && kind === 'lead.qualified')
      .map((each) => each.deploy),
  );
  expect(deploys).toEqual([[next.epoch], [undefined], [next.epoch]]);
  expect(await wrong([...readers, ...askers])).toEqual([]);
});

test('what a lead does under new rules for the first time is its own', async () => {
  const userId = fresh('quiet');
  await product.send([message({ userId, type: 'track', event: 'Demo Booked' }, now)]);
  await deploy(worth(10, 40));
  await all(await deploy(worth(10, 41)));
  await deploy(worth(10, 42));
  product.told.length = 0;
  await product.send([message({ userId, type: 'track', event: 'Demo Booked' }, now)]);
  const { id } = await leadOf(product, 'user', userId);
  const qualified = product.told.filter(({ leadId, kind }) => leadId === id && kind === 'lead.qualified');
  expect(qualified).toHaveLength(1);
  expect(qualified[0]?.deploy).toBeUndefined();
});

test('a scorer that has the old rules cached cannot commit over the new ones', async () => {
  const userId = fresh('late');
  await product.send([message({ userId, type: 'track', event: 'Demo Booked' }, now)]);
  const stale = await createProduct(server.table, worth(10, 42));
  stale.now = now;
  await stale.rulesets.live();
  const publication = await deploy(worth(10, 64));
  await all(publication);
  const { id } = await leadOf(product, 'user', userId);
  // Its clock stands: to its mind no minute has passed.
  const entry: LogEntry = {
    event: { id: fresh('m'), type: 'page', name: 'page', occurredAt: now, properties: {} },
    sentAs: new Date(now).toISOString(),
  };
  await scoreLead(stale, id, [entry], 'events');
  const lead = await leadOf(product, 'user', userId);
  expect(lead).toMatchObject({ epoch: publication.epoch, ruleset: publication.hash });
  expect(await wrong([userId])).toEqual([]);
});

test('two that bring one lead write it once', async () => {
  const [asker = ''] = askers;
  await deploy(worth(10, 66));
  const { id } = await leadOf(product, 'user', asker);
  const live = await product.rulesets.live();
  product.told.length = 0;
  const both = await Promise.all([bringLead(product, id, live), bringLead(product, id, live)]);
  expect(both.filter((each) => each?.changed)).toHaveLength(1);
});

test('a rescore that another switch overtakes leaves the leads to that one', async () => {
  const first = await deploy(worth(10, 30));
  await deploy(worth(10, 31));
  const answer = await bringSegment(
    rescorePorts(),
    { epoch: first.epoch, segment: 0, of: SEGMENTS },
    () => 60_000,
  );
  expect(answer).toEqual({ outcome: 'superseded' });
});

test('one that has stopped is started again, and goes on; one that has ended is not', async () => {
  const publication = await deploy(worth(10, 32));
  const names = () => executions.map(({ name }) => name);
  await starter()(publication);
  expect(names().filter((name) => name.startsWith(`rescore-${publication.epoch}-`))).toHaveLength(1);
  now += 30 * MINUTE;
  await Promise.all([starter()(publication), starter()(publication)]);
  expect(names().filter((name) => name.startsWith(`rescore-${publication.epoch}-`))).toEqual([
    `rescore-${publication.epoch}-1`,
    `rescore-${publication.epoch}-2`,
  ]);
  product.now = now;
  await all(publication);
  expect((await readRun(server.table, publication.epoch))?.finishedAt).toBe(now);
  now += 60 * MINUTE;
  await starter()(publication);
  expect(names()).not.toContain(`rescore-${publication.epoch}-3`);
});

test('the limit of a switch is exact, however often it is asked', async () => {
  const { epoch } = await deploy(worth(10, 33), { handoffs: 5, mails: 0 });
  const limits = () => tableLimits(server.table, tablePublished(server.table));
  const names = Array.from({ length: 12 }, (_, n) => `handoff-${n}`);
  const asked = await Promise.all([...names, ...names].map((name) => limits().take(epoch, 'handoffs', name)));
  expect(asked.slice(0, 12).filter(Boolean).length).toBeGreaterThan(0);
  const again = await Promise.all(names.map((name) => limits().take(epoch, 'handoffs', name)));
  expect(again.filter(Boolean)).toHaveLength(5);
  expect(await limits().take(epoch, 'mails', 'a')).toBe(false);
  expect(
    (await progressOf(server.table, (await tablePublished(server.table).live()) as Publication)).started,
  ).toEqual({
    handoffs: 5,
    mails: 0,
  });
  const free = await deploy(worth(10, 34));
  expect(await limits().take(free.epoch, 'mails', 'a')).toBe(true);
});

test('people of accounts cost one write each, too, also where an earlier rescore has left something to tell', async () => {
  const accounts = {
    account: { from: ['account.id'], rollup: { engagement: { sum: 'engagement' } } },
  } as unknown as NonNullable<Ruleset['accounts']>;
  const withAccounts = (form: number): Ruleset => ({ ...worth(11, form), accounts });
  const next = (form: number) => deploy(withAccounts(form), UNLIMITED, { ...ruleset, accounts });
  await all(await next(41));
  const people = Array.from({ length: 24 }, () => fresh('colleague'));
  for (const [n, userId] of people.entries())
    await product.send([
      message({ userId, type: 'group', groupId: `company-${n % 4}`, traits: {} }),
      message({ userId, type: 'track', event: 'Demo Booked' }),
    ]);
  const stored = async () => Promise.all(people.map((user) => leadOf(product, 'user', user)));
  const versions = async (): Promise<number[]> => (await stored()).map(({ version }) => version);
  // They become hot, and then warm again.
  for (const form of [71, 42, 72]) {
    const before = await versions();
    product.asked.length = 0;
    await all(await next(form));
    // Every write of a lead is a version of it.
    expect(await versions()).toEqual(before.map((version) => version + 1));
    const asked = product.asked.map(({ accountId }) => accountId);
    for (let company = 0; company < 4; company += 1) expect(asked).toContain(`company-${company}`);
    for (const { account, pending, standing } of await stored()) {
      expect(account).toMatch(/^company-\d$/);
      expect(Object.keys(pending).length).toBeGreaterThan(0);
      expect(standing?.band).toBe(form > 70 ? 'hot' : 'warm');
    }
  }
});
