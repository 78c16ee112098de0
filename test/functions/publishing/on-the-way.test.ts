import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Journey } from '../../../core/schema/journey.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import { tableClaims } from '../../../functions/mail/claims.ts';
import { travellersOf } from '../../../functions/publishing/on-the-way.ts';
import { NOW, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const DAY = 86_400_000;
const journey: Journey = {
  journey: 'warm-up',
  start: { band: 'warm' },
  steps: [{ wait: '1d' }, { send: 'a' }, { wait: { until: { at: '09:00' } } }, { notify: 'sales' }],
};

let store: TestTable;
beforeAll(async () => {
  store = await startTable();
  await putRuleset(store.table, { journeys: { 'warm-up': journey } });
});
afterAll(() => store.stop());

const enter = async (leadId: string, step?: string, at = NOW - DAY): Promise<void> => {
  const entries = tableEntries(store.table);
  const entry = { entry: `e-${leadId}`, change: 'c', version: 1, at, ruleset: RULESET, running: true };
  await entries.claim(leadId, 'warm-up', entry, null);
  if (step !== undefined) await entries.reach(leadId, 'warm-up', entry, step);
};
const claim = async (leadId: string, outcome?: 'sent' | 'throttled'): Promise<void> => {
  const claims = tableClaims(store.table);
  const name = { leadId, entry: `e-${leadId}`, step: '2', visit: 0 };
  const note = { by: 'i', at: NOW, journey: 'warm-up', email: 'a', subject: 'A' };
  await claims.take(name, note);
  if (outcome !== undefined) await claims.settle(name, note, { outcome });
};

test('whoever is on the way is counted where they stand, by the version that they began with', async () => {
  for (const lead of ['new1', 'new2']) await enter(lead);
  for (const lead of ['at-mail', 'throttled', 'sent', 'unknown']) await enter(lead, '2');
  await claim('throttled', 'throttled');
  await claim('sent', 'sent');
  await claim('unknown');
  await enter('waits', '3');
  await enter('told', '4');
  await enter('ended', '3');
  await tableEntries(store.table).end('ended', 'warm-up', 'e-ended', 'completed', NOW);
  await enter('long-ago', '3', NOW - 500 * DAY);
  expect(await travellersOf(store.table, 'warm-up', NOW)).toEqual([
    { version: RULESET, journey, at: { '': 2, '2': 2, '2+': 2, '3': 1, '4+': 1 } },
  ]);
  expect(await travellersOf(store.table, 'another', NOW)).toEqual([]);
});

test('one that has ended comes to no step any more', async () => {
  const entries = tableEntries(store.table);
  const ended = { entry: 'e-ended', change: 'c', version: 1, at: NOW - DAY, ruleset: RULESET, running: true };
  await entries.reach('ended', 'warm-up', ended, '4');
  const [there] = await travellersOf(store.table, 'warm-up', NOW);
  expect(there?.at['4+']).toBe(1);
});
