import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { accountPk } from '../../../functions/aws/keys.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableInHand } from '../../../functions/handoffs/in-hand.ts';
import { heedingSales } from '../../../functions/handoffs/heed.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { NOW } from '../nurture.ts';
import { type Answering, FREJA, startAnswering } from './answering.ts';

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

test('is of the handoff that it names; an account’s answer says nothing of a person’s own', async () => {
  await sales.open('h4');
  await sales.open('h4', { entry: 2, at: NOW + 10 });
  await heed('h4', event('handoff.accepted', { handoff: 'account/acme.example/1' }));
  expect(await sales.find('h4', 2)).toMatchObject({ state: 'open' });
  await heed('h4', event('handoff.accepted', { handoff: 'lead/h4/1' }));
  expect(await sales.find('h4', 1)).toMatchObject({ state: 'accepted' });
  expect(await sales.find('h4', 2)).toMatchObject({ state: 'open' });
});

test('of somebody whom only their account’s handoff names, it is of that', async () => {
  const { table } = sales.store;
  const accounts = tableHandoffs<AccountBrief>(table, accountPk);
  const brief = { name: 'Acme', people: [{ leadId: 'h5' }] } as unknown as AccountBrief;
  await accounts.open('acme.example', {
    entry: 3,
    at: NOW,
    state: 'open',
    owner: FREJA,
    ruleset: 'r',
    brief,
  });
  await tableInHand(table).note(['h5'], 'acme.example', 3);
  await heed('h5', event('deal.won', { amount: 9000 }));
  expect(await accounts.find('acme.example', 3)).toMatchObject({
    state: 'closed',
    deal: { what: 'won', amount: 9000 },
  });
});
