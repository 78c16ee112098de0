import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accountPk } from '../../../functions/aws/keys.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { followedHandoffs } from '../../../functions/handoffs/followed.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { createWatch } from '../../../functions/handoffs/watch.ts';
import { NOW, putLead, RULESET } from '../nurture.ts';
import { type Answering, startAnswering } from './answering.ts';

let sales: Answering;
beforeAll(async () => {
  sales = await startAnswering();
});
afterAll(() => sales.store.stop());
beforeEach(() => sales.reset());

test('asks the same one again, whatever crashes, until they have been told', async () => {
  await sales.open('w1');
  const watch = createWatch(sales.ports);
  const task = (done: number) => ({ action: 'watch', leadId: 'w1', entry: 1, told: done });
  // Noon in Copenhagen on a Thursday: four hours of work end at four.
  expect(await watch(task(0))).toEqual({ outcome: 'wait', until: '2026-05-14T14:00:00.000Z' });
  sales.now = Date.parse('2026-05-14T14:00:00Z');
  expect(await watch(task(0))).toEqual({ outcome: 'ask', visit: 1 });
  expect(await watch(task(0))).toEqual({ outcome: 'ask', visit: 1 });
  expect(await watch(task(1))).toMatchObject({ outcome: 'wait' });
  expect(await sales.find('w1')).toMatchObject({ asked: [{ why: 'first' }, { why: 'reminder' }] });
  sales.now += 24 * 3_600_000;
  expect(await watch(task(1))).toEqual({ outcome: 'done' });
  expect(await sales.find('w1')).toMatchObject({ state: 'open', unansweredAt: sales.now });
  expect(await watch(task(1))).toEqual({ outcome: 'done' });
});

test('goes on where its lead was merged, also before the merge has taken the handoff along', async () => {
  await sales.open('w2');
  const watch = createWatch(sales.ports);
  const task = (done: number) => ({ action: 'watch', leadId: 'w2', entry: 1, told: done });
  expect(await watch(task(0))).toEqual({ outcome: 'wait', until: '2026-05-14T14:00:00.000Z' });
  await putLead(sales.store.table, 'w2-older', {});
  await sales.open('w2-older', { state: 'closed', at: NOW - 1 });
  await putLead(sales.store.table, 'w2', { into: 'w2-older' });
  sales.now = Date.parse('2026-05-14T14:00:00Z');
  expect(await watch(task(0))).toEqual({ outcome: 'wait', until: '2026-05-14T14:05:00.000Z' });
  const leads = tableLeads(sales.store.table, { due: 1, band: 1 });
  for (const extra of await leads.extras('w2')) await leads.takeExtra('w2-older', 'w2', extra);
  sales.now = Date.parse('2026-05-14T14:05:00Z');
  expect(await watch(task(0))).toEqual({ outcome: 'ask', visit: 1 });
  // Those who tell of it read who is asked now, and not the survivor's own of the same number.
  const found = await followedHandoffs(sales.store.table).find('w2', 1);
  expect(found).toMatchObject({ asked: [{ why: 'first' }, { why: 'reminder' }] });
  expect(await sales.find('w2-older')).toMatchObject({ asked: [{ why: 'first' }] });
  sales.now = NOW;
  await sales.page(sales.tokenOf('w2'), { answer: 'accepted' });
  expect(await watch(task(1))).toEqual({ outcome: 'done' });
  expect(await followedHandoffs(sales.store.table).find('w2', 1)).toMatchObject({ state: 'accepted' });
  expect(await sales.find('w2-older')).toMatchObject({ state: 'closed', at: NOW - 1 });
  expect(await watch({ ...task(0), leadId: 'nobody' })).toEqual({ outcome: 'done' });
});

test('of an account, too', async () => {
  const owner = { name: 'Freja', email: 'f@example.com' };
  const brief = {
    people: [{ leadId: 'p1' }, { leadId: 'p2' }],
    name: 'Acme',
    band: null,
    more: 0,
    industry: null,
    country: null,
  };
  await tableHandoffs(sales.store.table, accountPk).open('acme.example', {
    ...{ entry: 1, at: NOW, state: 'open', owner, ruleset: RULESET },
    brief: brief as never,
  });
  await sales.page(sales.tokenOf('acme.example', { of: 'account' }), { answer: 'accepted' });
  expect(sales.told.map(({ event, leadId }) => `${event} ${leadId}`)).toEqual([
    'handoff.accepted p1',
    'handoff.accepted p2',
  ]);
  const watch = createWatch(sales.ports);
  expect(
    await watch({ action: 'watch', leadId: null, accountId: 'acme.example', entry: 1, told: 0 }),
  ).toEqual({ outcome: 'done' });
});
