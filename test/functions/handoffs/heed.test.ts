import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { heedingSales } from '../../../functions/handoffs/heed.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { NOW } from '../nurture.ts';
import { type Answering, startAnswering } from './answering.ts';

let sales: Answering;
beforeAll(async () => {
  sales = await startAnswering();
});
afterAll(() => sales.store.stop());
beforeEach(() => sales.reset());

const event = (name: string, properties = {}, at = NOW + 1_000) =>
  ({ id: `e-${name}`, name, type: 'track', properties, occurredAt: at }) as never;
const heed = (id: string, ...events: never[]): Promise<void> =>
  heedingSales(tableStandings(sales.store.table, tablePeople(sales.store.table)))({ id }, events);

test('over the API closes the loop, and the bus is not sales.told what it said', async () => {
  await sales.open('h1');
  await heed('h1', event('handoff.accepted', { by: 'the CRM' }));
  expect(await sales.find('h1')).toMatchObject({ state: 'accepted', answer: { by: 'the CRM' } });
  await heed('h1', event('deal.won', { amount: 5000 }, NOW + 2_000));
  const record = await sales.find('h1');
  expect(record).toMatchObject({ state: 'closed', deal: { what: 'won', amount: 5000 } });
  expect(record?.untold ?? []).toEqual([]);
});

test('of an earlier time, or of a lead without a handoff, changes nothing', async () => {
  await sales.open('h2');
  await heed('h2', event('deal.won', {}, NOW - 1), event('page'));
  expect(await sales.find('h2')).toMatchObject({ state: 'open' });
  await expect(heed('nobody', event('deal.won'))).resolves.toBeUndefined();
});

test('a rejection with its reason', async () => {
  await sales.open('h3');
  await heed('h3', event('handoff.rejected', { reason: 'not-now' }));
  expect(await sales.find('h3')).toMatchObject({ state: 'closed', answer: { what: 'not-now' } });
});
