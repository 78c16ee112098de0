import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { followedHandoffs } from '../../../functions/handoffs/followed.ts';
import { heedingSales } from '../../../functions/handoffs/heed.ts';
import { closeDoubles } from '../../../functions/handoffs/merged.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { createWatch } from '../../../functions/handoffs/watch.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { NOW, putLead } from '../nurture.ts';
import { type Answering, FREJA, SIGNING, startAnswering } from './answering.ts';

let sales: Answering;
beforeAll(async () => {
  sales = await startAnswering();
});
afterAll(() => sales.store.stop());
beforeEach(() => sales.reset());

const AKSEL = { name: 'Aksel', email: 'a@example.com' };
const AKSELS: Partial<HandoffRecord> = {
  at: NOW + 1_000,
  owner: AKSEL,
  asked: [{ owner: AKSEL, at: NOW + 1_000, why: 'first' }],
};
const standings = () => tableStandings(sales.store.table, tablePeople(sales.store.table));
/** Two leads that sales was told of become one: Freja was asked about the older, then Aksel about the younger. */
const mergeTwo = async (id: string, close = true): Promise<{ old: string; young: string }> => {
  const [old, young] = [`${id}-old`, `${id}-young`];
  await sales.open(old);
  await sales.open(young, AKSELS);
  await putLead(sales.store.table, young, { into: old });
  const leads = tableLeads(sales.store.table, { due: 1, band: 1 });
  for (const extra of await leads.extras(young)) await leads.takeExtra(old, young, extra);
  if (close) await closeDoubles(standings(), old, NOW + 2_000);
  return { old, young };
};
const followed = (id: string) => followedHandoffs(sales.store.table).find(id, 1);
const watch = (leadId: string) =>
  createWatch(sales.ports)({ action: 'watch', leadId, entry: 1, told: 0 }) as Promise<{ outcome: string }>;

test('the older handoff stays open; the other is closed, and nobody is reminded of it', async () => {
  const { old, young } = await mergeTwo('m1');
  expect(await followed(old)).toMatchObject({ state: 'open', owner: FREJA });
  expect(await followed(young)).toMatchObject({
    state: 'closed',
    owner: AKSEL,
    merged: { into: { of: 'lead', id: old, entry: 1 }, at: NOW + 2_000 },
  });
  sales.now = NOW + 30 * 86_400_000;
  expect(await watch(young)).toEqual({ outcome: 'done' });
  expect(await watch(old)).toMatchObject({ outcome: 'ask' });
});

test('closed again it is as it was', async () => {
  const { old, young } = await mergeTwo('m2');
  const before = await followed(young);
  await closeDoubles(standings(), old, NOW + 9_000);
  expect(await followed(young)).toEqual(before);
});

test('a merge that died before it could close one is made up for by the next look of its machine', async () => {
  const { old, young } = await mergeTwo('m3', false);
  sales.now = NOW + 30 * 86_400_000;
  expect(await watch(young)).toEqual({ outcome: 'done' });
  expect(await followed(young)).toMatchObject({ state: 'closed', merged: { at: sales.now } });
  expect(await followed(old)).toMatchObject({ state: 'open' });
});

test('the buttons of the closed one answer for the other, under the name of who was asked', async () => {
  const { old, young } = await mergeTwo('m4');
  const token = sales.tokenOf(young);
  expect((await sales.page(token)).body).toContain('I take it');
  expect((await sales.page(token, { answer: 'accepted' })).body).toContain('Aksel took it');
  expect(await followed(old)).toMatchObject({ state: 'accepted', answer: { by: 'Aksel' } });
  expect(await followed(young)).toMatchObject({ state: 'closed' });
  expect(sales.told).toMatchObject([
    { event: 'handoff.accepted', leadId: old, properties: { handoff: `lead/${old}/1` } },
  ]);
  // Freja's own message tells her that it was taken.
  expect((await sales.page(sales.tokenOf(old), { answer: 'not-now' })).body).toContain('Aksel took it');
});

test('so do those in Slack, and the message shows what became of it', async () => {
  const { old, young } = await mergeTwo('m5');
  await sales.page(sales.tokenOf(old), { answer: 'accepted' });
  const payload = JSON.stringify({
    type: 'block_actions',
    user: { name: 'aksel.lind' },
    actions: [{ action_id: 'handoff.accept', value: JSON.stringify({ of: 'lead', id: young, entry: 1 }) }],
    response_url: 'https://hooks.slack.com/actions/T1/1/x',
  });
  const body = new URLSearchParams({ payload }).toString();
  const at = String(NOW / 1000);
  const signature = createHmac('sha256', SIGNING).update(`v0:${at}:${body}`).digest('hex');
  const headers = { 'x-slack-request-timestamp': at, 'x-slack-signature': `v0=${signature}` };
  expect((await sales.call('POST', '/slack/actions', { body, headers })).status).toBe(200);
  expect(sales.posted[0]?.posting.body).toContain('Freja took it');
  expect(await followed(old)).toMatchObject({ answer: { by: 'Freja' } });
});

test('what a CRM says of the person is of the one that stays, though the other is newer', async () => {
  const { old } = await mergeTwo('m6');
  const properties = { by: 'the CRM' };
  const event = { id: 'e', name: 'handoff.accepted', type: 'track', properties, occurredAt: NOW + 5_000 };
  await heedingSales(standings())({ id: old }, [event as never]);
  expect(await followed(old)).toMatchObject({ state: 'accepted', answer: { by: 'the CRM' } });
});

test('answers to two handoffs of one number are two events, whosever they were', async () => {
  await sales.open('m7-old');
  await sales.page(sales.tokenOf('m7-old'), { answer: 'not-now' });
  await sales.open('m7-young', AKSELS);
  await putLead(sales.store.table, 'm7-young', { into: 'm7-old' });
  const leads = tableLeads(sales.store.table, { due: 1, band: 1 });
  for (const extra of await leads.extras('m7-young')) await leads.takeExtra('m7-old', 'm7-young', extra);
  await sales.page(sales.tokenOf('m7-young'), { answer: 'accepted' });
  expect(sales.told.map(({ leadId }) => leadId)).toEqual(['m7-old', 'm7-old']);
  expect(new Set(sales.told.map(({ messageId }) => messageId)).size).toBe(2);
});
