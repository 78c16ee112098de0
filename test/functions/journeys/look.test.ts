import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { suppressionHash, suppressionOfLead } from '../../../core/nurture/suppression.ts';
import { accountPk, handoffKey } from '../../../functions/aws/keys.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { takenKey } from '../../../functions/aws/keys.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableInHand } from '../../../functions/handoffs/in-hand.ts';
import { createLook, type LookPorts } from '../../../functions/journeys/look.ts';
import { tablePeople, type PersonNow } from '../../../functions/journeys/people.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import { NOW, putLead, RULESET, standing, startTable, type TestTable } from '../nurture.ts';

let store: TestTable;
let ports: LookPorts;
let now: { band: string; events: readonly LeadEvent[] } = { band: 'warm', events: [] };
let computed = 0;

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  ports = {
    people: tablePeople(table),
    standings: {
      at: () => {
        computed += 1;
        return Promise.resolve({
          evaluation: { band: now.band, scores: {}, total: 0 },
          attributes: { lead: {}, account: {} },
          events: now.events,
        } as unknown as PersonNow);
      },
    },
    entries: tableEntries(table),
    inHand: tableInHand(table),
    suppressions: tableSuppressions(table),
    rulesets: { settings: () => Promise.resolve({ time_zone: 'Europe/Copenhagen' }) },
    clock: { now: () => NOW },
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  now = { band: 'warm', events: [] };
  computed = 0;
});

test('it is noted where a lead is, once for a wait; where that cannot be noted the lead goes on', async () => {
  const at = async (leadId: string): Promise<unknown> =>
    (await store.table.get(takenKey('warm-up', ENTERED, leadId)))?.step;
  await onItsWay('noted');
  expect(await at('noted')).toBeUndefined();
  await look('noted', { step: '3' });
  expect(await at('noted')).toBe('3');
  const waits = { action: 'for', condition: { event: 'X' }, timeoutMs: 1e9 };
  await look('noted', { ...waits, step: '4', since: null, looks: 0 });
  expect(await at('noted')).toBe('4');
  await look('noted', { ...waits, step: '5', since: NOW, looks: 3 });
  expect(await at('noted')).toBe('4');
  await onItsWay('busy');
  const busy = { ...ports.entries, reach: () => Promise.reject(new Error('throttled')) };
  expect(
    await createLook({ ...ports, entries: busy })({
      ...{ leadId: 'busy', entry: 'e1', journey: 'warm-up', ruleset: RULESET },
      ...{ step: '2', visit: 0, action: 'continue' },
    }),
  ).toEqual({ outcome: 'go' });
});

const ENTERED = NOW - 1_000;
const onItsWay = async (leadId: string): Promise<void> => {
  await putLead(store.table, leadId, { standing: standing('warm') });
  const entry = { entry: 'e1', change: 'c', version: 1, at: ENTERED, ruleset: RULESET, running: true };
  await tableEntries(store.table).claim(leadId, 'warm-up', entry, null);
};
const look = (leadId: string, more: object = {}): Promise<object> =>
  createLook(ports)({
    leadId,
    entry: 'e1',
    journey: 'warm-up',
    ruleset: RULESET,
    step: '2',
    visit: 0,
    action: 'continue',
    ...more,
  });

test('a lead on its way goes on, at the price of no score', async () => {
  await onItsWay('a');
  expect(await look('a')).toEqual({ outcome: 'go' });
  expect(computed).toBe(0);
});

test('a band or an event that the journey stops at stops it, by the score as it is now', async () => {
  await onItsWay('b');
  const stop = [{ band: 'hot' }, { event: 'Demo Booked' }];
  expect(await look('b', { stop })).toEqual({ outcome: 'go' });
  now = { band: 'hot', events: [] };
  expect(await look('b', { stop })).toEqual({ outcome: 'stop', reason: 'condition' });
  now = { band: 'warm', events: [event('Demo Booked', NOW)] };
  expect(await look('b', { stop })).toEqual({ outcome: 'stop', reason: 'condition' });
});

const event = (name: string, occurredAt: number): LeadEvent => ({
  id: `${name}${occurredAt}`,
  occurredAt,
  type: 'track',
  name,
  properties: {},
});

test('an `if` goes by what happened since the lead entered, not by what brought it in or lies ahead', async () => {
  await onItsWay('c');
  const condition = { event: 'Trial Started' };
  for (const [occurredAt, outcome] of [
    [ENTERED - 1, 'else'],
    [ENTERED, 'else'],
    [ENTERED + 1, 'then'],
    [NOW, 'then'],
    [NOW + 1, 'else'],
  ] as const) {
    now = { band: 'warm', events: [event('Trial Started', occurredAt)] };
    expect(await look('c', { action: 'if', condition })).toEqual({ outcome });
  }
});

test('an `if` stops where the journey stops', async () => {
  await onItsWay('d');
  now = { band: 'hot', events: [] };
  expect(await look('d', { action: 'if', condition: { band: 'hot' }, stop: [{ band: 'hot' }] })).toEqual({
    outcome: 'stop',
    reason: 'condition',
  });
});

test.each(['bounced', 'complained', 'unsubscribed'] as const)(
  'an address that %s stops it',
  async (reason) => {
    await onItsWay(`f-${reason}`);
    await tableSuppressions(store.table).put(
      { hash: suppressionHash(`f-${reason}@example.com`) ?? '', reason },
      NOW,
    );
    expect(await look(`f-${reason}`)).toEqual({ outcome: 'stop', reason });
  },
);

test('a lead that called mails off stops, whatever its address is by now, and before every kind of step', async () => {
  await onItsWay('f-lead');
  await tableSuppressions(store.table).put(
    { hash: suppressionOfLead('f-lead'), reason: 'unsubscribed' },
    NOW,
  );
  const stops = { outcome: 'stop', reason: 'unsubscribed' };
  expect(await look('f-lead')).toEqual(stops);
  expect(await look('f-lead', { action: 'if', condition: { band: 'warm' } })).toEqual(stops);
  expect(await look('f-lead', { action: 'split', split: { a: '100%' } })).toEqual(stops);
  expect(await look('f-lead', { action: 'until', until: { at: '09:00' } })).toEqual(stops);
  const wait = { action: 'for', condition: { event: 'Trial Started' }, timeoutMs: 1, since: null, looks: 0 };
  expect(await look('f-lead', wait)).toEqual(stops);
  // Of one topic: other mails go on, and `send` knows which.
  await onItsWay('f-topic');
  await tableSuppressions(store.table).put(
    { hash: suppressionOfLead('f-topic'), reason: 'unsubscribed', topic: 'product' },
    NOW,
  );
  expect(await look('f-topic')).toEqual({ outcome: 'go' });
});

test('somebody of an account that sales took stops, wherever they were merged; until it is taken they go on', async () => {
  const { table } = store;
  await onItsWay('named');
  await onItsWay('colleague');
  const account = tableHandoffs(table, accountPk);
  await tableInHand(table).note(['named', 'merged-away'], 'acme.example', 2);
  expect(await look('named')).toEqual({ outcome: 'go' });
  for (const [entry, state, outcome] of [
    [1, 'accepted', 'go'],
    [2, 'open', 'go'],
    [2, 'accepted', 'stop'],
    [2, 'closed', 'go'],
  ] as const) {
    await table.put({ ...handoffKey('acme.example', entry, accountPk), entry, at: NOW, state });
    expect(await look('named')).toMatchObject({ outcome });
  }
  expect(await account.find('acme.example', 2)).toMatchObject({ state: 'closed' });
  await table.put({ ...handoffKey('acme.example', 2, accountPk), entry: 2, at: NOW, state: 'accepted' });
  expect(await look('named')).toEqual({ outcome: 'stop', reason: 'handed-off' });
  expect(await look('colleague')).toEqual({ outcome: 'go' });
  const leads = tableLeads(table, { due: 1, band: 1 });
  for (const extra of await leads.extras('merged-away'))
    await leads.takeExtra('colleague', 'merged-away', extra);
  expect(await look('colleague')).toEqual({ outcome: 'stop', reason: 'handed-off' });
});

test('a lead that sales holds, that is gone or merged, or whose entry is another one, stops', async () => {
  await onItsWay('g');
  await tableHandoffs(store.table).open('g', { entry: 1, at: NOW, state: 'open' } as HandoffRecord);
  expect(await look('g')).toEqual({ outcome: 'stop', reason: 'handed-off' });
  await onItsWay('h');
  await putLead(store.table, 'h', { into: 'a' });
  expect(await look('h')).toEqual({ outcome: 'stop', reason: 'merged' });
  expect(await look('nobody')).toEqual({ outcome: 'stop', reason: 'erased' });
  await onItsWay('i');
  expect(await look('i', { entry: 'e2' })).toEqual({ outcome: 'stop', reason: 'left' });
});

test('the end frees the lead, once, and ends no newer entry', async () => {
  await onItsWay('j');
  expect(await look('j', { action: 'end', entry: 'e0' })).toMatchObject({ outcome: 'ended' });
  expect(await ports.entries.find('j', 'warm-up')).toMatchObject({ running: true });
  expect(await look('j', { action: 'end' })).toMatchObject({ outcome: 'ended' });
  expect(await look('j', { action: 'end' })).toMatchObject({ outcome: 'ended' });
  expect(await ports.entries.find('j', 'warm-up')).toMatchObject({ running: false, entry: 'e1' });
  expect(await look('j')).toEqual({ outcome: 'stop', reason: 'left' });
});

test('a goal that is reached ends the journey before anything stops it', async () => {
  await onItsWay('g1');
  now = { band: 'hot', events: [] };
  const asked = { stop: [{ band: 'hot' }], goal: [{ band: ['hot'] }] };
  expect(await look('g1', asked)).toEqual({ outcome: 'stop', reason: 'goal' });
  now = { band: 'warm', events: [] };
  expect(await look('g1', asked)).toEqual({ outcome: 'go' });
});

test('a goal that is reached at the end is reached; the end tells why', async () => {
  await onItsWay('g2');
  now = { band: 'hot', events: [] };
  expect(await look('g2', { action: 'end', why: 'completed', goal: [{ band: 'hot' }] })).toMatchObject({
    reason: 'goal',
  });
  await onItsWay('g3');
  expect(await look('g3', { action: 'end', why: 'exit' })).toMatchObject({ reason: 'exit' });
});

test('a merge takes an entry along, and its end ends both', async () => {
  await onItsWay('m1');
  await onItsWay('m2');
  await putLead(store.table, 'm1', { into: 'm2' });
  expect(await look('m1')).toEqual({ outcome: 'stop', reason: 'merged' });
  await look('m1', { action: 'end', why: 'merged' });
  for (const lead of ['m1', 'm2'])
    expect(await tableEntries(store.table).find(lead, 'warm-up')).toMatchObject({ running: false });
});

test('a split answers with the lead’s way, always the same', async () => {
  await onItsWay('s1');
  const split = { short: '50%', long: '50%' };
  const first = await look('s1', { action: 'split', split });
  expect(first).toEqual({ outcome: expect.stringMatching(/^way (short|long)$/) as string });
  expect(await look('s1', { action: 'split', split })).toEqual(first);
});

test('a wait until a time of the week goes by the settings’ clock, or the lead’s', async () => {
  await onItsWay('u1');
  const until = { weekday: 'fri', at: '09:00' };
  // A Thursday, 12:00 in Copenhagen.
  expect(await look('u1', { action: 'until', until })).toEqual({
    outcome: 'go',
    until: '2026-05-15T07:00:00.000Z',
  });
  await putLead(
    store.table,
    'u1',
    { standing: standing('warm') },
    { email: 'u1@example.com', timezone: 'Australia/Sydney' },
  );
  expect(await look('u1', { action: 'until', until })).toEqual({
    outcome: 'go',
    until: '2026-05-14T23:00:00.000Z',
  });
});

test('a wait for an event tells when to ask again, ends when it happened, and at its end', async () => {
  await onItsWay('w1');
  const wait = { action: 'for', condition: { event: 'Trial Started' }, timeoutMs: 3_600_000 };
  const first = { outcome: 'wait', since: NOW, looks: 1, until: new Date(NOW + 600_000).toISOString() };
  expect(await look('w1', { ...wait, since: null, looks: 0 })).toEqual(first);
  expect(await look('w1', { ...wait, since: NOW - 3_500_000, looks: 9 })).toEqual({
    ...{ outcome: 'wait', since: NOW - 3_500_000, looks: 10 },
    until: new Date(NOW + 100_000).toISOString(),
  });
  expect(await look('w1', { ...wait, since: NOW - 3_600_000, looks: 10 })).toEqual({ outcome: 'go' });
  now = { band: 'warm', events: [event('Trial Started', NOW)] };
  expect(await look('w1', { ...wait, since: null, looks: 0 })).toEqual({ outcome: 'go' });
});
