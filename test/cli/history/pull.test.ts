import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { pullAll, type PullOptions } from '../../../cli/history/pull.ts';
import { refresh } from '../../../cli/history/refresh.ts';
import { openStore } from '../../../cli/history/store.ts';
import { storeHistory } from '../../../cli/history/store-history.ts';
import { tableReader } from '../../../cli/history/table-reader.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { erasedLead, newLead, type Lead } from '../../../core/lead.ts';
import { UNCONFIRMED } from '../../../core/message/clicks.ts';
import { eventKey, handoffKey, journeyKey } from '../../../functions/aws/keys.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { tableAccounts } from '../../../functions/aws/accounts.ts';
import { folder } from '../folder.ts';
import { startTable, type TestTable } from '../../functions/table.ts';

const NOW = Date.UTC(2026, 2, 1);
const STANDING = { band: 'cold', grade: null, group: null, qualified: false };
const LEADS = 60;

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
  for (let n = 0; n < LEADS; n += 1) await put(n, 1 + (n % 7));
  const { table: items } = table;
  await items.put({ ...handoffKey('lead-1', 2), entry: 2, at: NOW - 5, state: 'open' });
  await items.put({
    ...journeyKey('lead-1', 'warm-up'),
    entry: 'x',
    change: 'lead-1#3#k',
    version: 3,
    at: NOW - 9,
    ruleset: 'r',
    running: true,
  });
  await tableAccounts(items, { now: () => NOW }).put('acme', {
    event: {
      id: 'g1',
      occurredAt: NOW - 10,
      type: 'group',
      name: '',
      properties: {},
      groupId: 'acme',
      traits: { employees: 40 },
    },
    sentAs: new Date(NOW - 10).toISOString(),
  });
});
afterAll(() => table.stop());

const leads = () => tableLeads(table.table, { due: 1, band: 1 });
const event = (n: number, each: number): LeadEvent => ({
  id: `m${n}-${each}`,
  occurredAt: NOW - (each + 1) * 3_600_000,
  type: 'page',
  name: 'page',
  properties: { path: each % 2 ? '/pricing' : '/' },
});
const lead = (n: number, version: number): Lead => ({
  ...newLead(`lead-${n}`, NOW, { users: [`user-${n}`], emails: [`u${n}@x.example`] }),
  version,
  standing: STANDING,
  listed: { band: 'cold', since: NOW - n },
  entry: n === 1 ? 2 : 0,
});
const put = async (n: number, events: number): Promise<void> => {
  for (let each = 0; each < events; each += 1)
    await leads().put(
      `lead-${n}`,
      { event: event(n, each), sentAs: new Date(event(n, each).occurredAt).toISOString() },
      null,
    );
  expect(await leads().commit(lead(n, 1), 0)).toBe(true);
};

let dir = '';
beforeEach(() => {
  dir = join(folder(), 'history');
});
const options = (more: Partial<PullOptions> = {}): PullOptions => ({
  origin: { table: 'a table', sample: 1 },
  segments: 3,
  now: NOW,
  signal: new AbortController().signal,
  report: () => {},
  size: { rows: 40, leads: 8 },
  ...more,
});
/** Pages of seven items end in the middle of leads. */
const reader = () => tableReader(table.client, 'kindling', 7);

const held = async (from = dir): Promise<Record<string, string[]>> => {
  const found: Record<string, string[]> = {};
  for await (const chunk of (await storeHistory(from, NOW)).chunks())
    for (const { id, from: first, to } of chunk.leads) {
      expect(found[id]).toBeUndefined();
      found[id] = Array.from(
        { length: to - first },
        (_, n) =>
          `${chunk.at[first + n]} ${JSON.stringify(chunk.contents[chunk.content[first + n] ?? -1]?.properties)}`,
      );
    }
  return found;
};
const expected = (n: number, events: number): string[] =>
  Array.from({ length: events }, (_, each) => event(n, each))
    .map(({ occurredAt, properties }) => `${occurredAt} ${JSON.stringify(properties)}`)
    .toReversed();
const all = (): Record<string, string[]> =>
  Object.fromEntries(Array.from({ length: LEADS }, (_, n) => [`lead-${n}`, expected(n, 1 + (n % 7))]));

describe('a whole pull', () => {
  test('counts a click in a mail that a page confirmed, as the scorer does, and no other', async () => {
    const clickAt = (at: number): LeadEvent => ({
      id: `click-${at}`,
      occurredAt: at,
      type: 'track',
      name: 'email.clicked',
      properties: { url: String(at) },
      suspected: UNCONFIRMED,
    });
    const clicks = [clickAt(NOW - 3_600_000 - 60_000), clickAt(NOW - 9_000_000)];
    for (const click of clicks)
      await leads().put('lead-0', { event: click, sentAs: new Date(click.occurredAt).toISOString() }, null);
    await pullAll(reader(), openStore(dir), options());
    const texts = (await held())['lead-0'] ?? [];
    expect(texts.filter((text) => text.includes('url'))).toEqual([
      `${NOW - 3_660_000} ${JSON.stringify({ url: String(NOW - 3_660_000) })}`,
    ]);
    for (const { id, occurredAt } of clicks)
      await table.table.remove(eventKey('lead-0', new Date(occurredAt).toISOString(), id));
  });

  test('holds every lead once, with its events in order, and what was done about it', async () => {
    expect(await pullAll(reader(), openStore(dir), options())).toBe(LEADS);
    expect(await held()).toEqual(all());
    const source = await storeHistory(dir, NOW);
    expect(source.note).toBeNull();
    expect(source.accounts.get('acme')?.events.map(({ traits }) => traits)).toEqual([{ employees: 40 }]);
    const first = [];
    for await (const chunk of source.chunks()) first.push(...chunk.leads.filter(({ id }) => id === 'lead-1'));
    expect(first[0]).toMatchObject({
      email: 'u1@x.example',
      user: 'user-1',
      state: {
        entry: 2,
        handoffs: [{ entry: 2, at: NOW - 5, state: 'open' }],
        journeys: { 'warm-up': { at: NOW - 9, version: 3, running: true } },
      },
    });
  });

  test('a sample holds the same leads each time, and a larger one holds them, too', async () => {
    const sampled = async (sample: number): Promise<string[]> => {
      const into = join(folder(), 'history');
      await pullAll(reader(), openStore(into), options({ origin: { table: 'a table', sample } }));
      expect((await storeHistory(into, NOW)).note).toContain(`${sample * 100} % of all leads`);
      return Object.keys(await held(into)).sort();
    };
    const [few, again, more] = [await sampled(0.3), await sampled(0.3), await sampled(0.6)];
    expect(few.length).toBeGreaterThan(5);
    expect(few.length).toBeLessThan(LEADS / 2);
    expect(again).toEqual(few);
    expect(more).toEqual(expect.arrayContaining(few));
  });
});

test('a pull that was stopped anywhere goes on from there, reads little twice, and ends as one in one go', async () => {
  for (let stopAt = 1; stopAt < 36; stopAt += 5) {
    const into = join(folder(), 'history');
    const stop = new AbortController();
    let pages = 0;
    const counted = reader();
    const stopping = {
      ...counted,
      scan: async (...args: Parameters<typeof counted.scan>) => {
        pages += 1;
        if (pages === stopAt) stop.abort();
        return counted.scan(...args);
      },
    };
    const first = pullAll(stopping, openStore(into), options({ signal: stop.signal }));
    await expect(first.then(() => undefined)).rejects.toThrow();
    const kept = (await openStore(into).progress())?.chunks.length ?? 0;
    // What a kill leaves half written.
    writeFileSync(join(into, 'scan-1-0-9.kh.new'), 'half');
    writeFileSync(join(into, 'scan-1-0-9.kh'), 'not named by anything');
    pages = -1000;
    await pullAll(stopping, openStore(into), options({ now: NOW + 5 }));
    const rest = pages + 1000;
    expect(await held(into)).toEqual(all());
    expect(readdirSync(into).filter((name) => name.startsWith('scan-1-'))).toEqual([]);
    if (kept > 3) expect(rest).toBeLessThan(40);
  }
});

describe('the next pull', () => {
  test('reads only leads that have changed, and forgets those that are gone', async () => {
    const store = openStore(dir);
    await pullAll(reader(), store, options());
    // One does something, one comes, one is merged into another, one is erased.
    await leads().put(
      'lead-3',
      { event: event(3, 20), sentAs: new Date(event(3, 20).occurredAt).toISOString() },
      null,
    );
    expect(await leads().commit({ ...lead(3, 2) }, 1)).toBe(true);
    await put(100, 2);
    expect(await leads().commit({ ...lead(5, 2), into: 'lead-3', listed: null, standing: null }, 1)).toBe(
      true,
    );
    await table.table.remove({ pk: 'LEAD#lead-6', sk: 'LEAD' });

    const partitions: string[] = [];
    const watched = reader();
    const manifest = await store.manifest();
    const refreshed = await refresh(
      { ...watched, partition: (pk) => (partitions.push(pk), watched.partition(pk)) },
      store,
      manifest!,
      options({ now: NOW + 1000 }),
    );
    expect(refreshed).toEqual({ changed: 2, gone: 2, leads: LEADS - 1 });
    expect(partitions.toSorted()).toEqual(['LEAD#lead-100', 'LEAD#lead-3']);
    const { 'lead-5': _, 'lead-6': __, ...rest } = all();
    expect(await held()).toEqual({
      ...rest,
      'lead-3': [`${event(3, 20).occurredAt} {"path":"/"}`, ...expected(3, 4)],
      'lead-100': expected(100, 2),
    });
    const again = await refresh(reader(), store, (await store.manifest())!, options({ now: NOW + 2000 }));
    expect(again).toEqual({ changed: 0, gone: 0, leads: LEADS - 1 });
  });

  test('leaves nothing of an erased lead on disk, and nobody else out', async () => {
    const store = openStore(dir);
    await pullAll(reader(), store, options({ size: { rows: 1_000, leads: 4 } }));
    const before = await held();
    const lead7 = await leads().read('lead-7');
    if (lead7 === null) throw new Error('no lead');
    const erased = erasedLead(lead7, { at: NOW, by: 'ada@seller.example', reason: 'asked' });
    expect(await leads().commit(erased, lead7.version)).toBe(true);

    const refreshed = await refresh(reader(), store, (await store.manifest())!, options({ now: NOW + 3000 }));
    expect(refreshed).toMatchObject({ gone: 1 });
    const { 'lead-7': gone, ...rest } = before;
    expect(gone).toBeDefined();
    expect(await held()).toEqual(rest);
    const chunks = readdirSync(dir).filter((file) => file.endsWith('.kh'));
    const inside = await Promise.all(chunks.map((file) => store.readLeads(file)));
    expect(inside.flat().map(({ id }) => id)).not.toContain('lead-7');
    // One chunk of four leads went, and the rest of it is in a new one.
    expect(refreshed?.changed).toBeLessThan(4);
  });
});

test('a damaged file is told, with what mends it', async () => {
  await pullAll(reader(), openStore(dir), options());
  const [name = ''] = readdirSync(dir).filter((file) => file.endsWith('.kh'));
  const bytes = readFileSync(join(dir, name));
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  writeFileSync(join(dir, name), bytes);
  await expect(held()).rejects.toThrow(/is damaged \(scan-.*`kindling history pull --fresh`/);
});
