import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { newAccount } from '../../../core/accounts/account-projection.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { isHeldOut } from '../../../core/nurture/share.ts';
import { accountPk, takenPk } from '../../../functions/aws/keys.ts';
import { tableHeld } from '../../../functions/handoffs/held.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import { tablePeople, type PersonNow } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { createStart, type StartPorts } from '../../../functions/journeys/start.ts';
import {
  journey,
  NOW,
  putLead,
  putRuleset,
  RULESET,
  standing,
  startTable,
  type TestTable,
} from '../nurture.ts';

const DAY = 86_400_000;
let store: TestTable;
let ports: StartPorts;
const started: { name: string; input: { leadId: string; journey?: string; entry: unknown } }[] = [];
const people = new Map<string, PersonNow>();
let members: string[] = [];
let place = { band: 'surging', qualified: true };

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  const journeys = [
    journey({ journey: 'of-group', start: { group: 'revenue' } }),
    journey({ journey: 'of-grade', start: { grade: ['A', 'B'] }, again_after: '10d' }),
    journey({ journey: 'of-event', start: { event: 'Guide Downloaded', 'lead.country': 'DK' } }),
    journey({ journey: 'of-cold', start: { band: 'cold' } }),
    journey({ journey: 'gone', start: { band: 'warm' }, retired: true }),
    journey({ journey: 'of-account', start: { account: { band: 'surging' } }, steps: [{ notify: 'sales' }] }),
    journey({ journey: 'of-danes', start: { band: 'warm' }, for: { 'lead.country': 'DK' } }),
    journey({ journey: 'held', start: { grade: 'D' }, hold_out: '50%', again_after: '10d' }),
  ];
  await putRuleset(table, {
    scoring: { settings: {}, bands: { bands: { cold: 0, warm: 20, hot: 70 } } },
    journeys: Object.fromEntries(journeys.map((each) => [each.journey, each])),
    handoff: { default: { name: 'Sales', email: 'sales@example.com' } },
  });
  ports = {
    people: tablePeople(table),
    entries: tableEntries(table),
    handoffs: tableHandoffs(table),
    held: tableHeld(table),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    executions: {
      start: (_, name, input) => {
        started.push({ name, input: input as (typeof started)[number]['input'] });
        return Promise.resolve();
      },
    },
    standings: { at: (leadId) => Promise.resolve(people.get(leadId) ?? null) },
    clock: { now: () => NOW },
    limits: { take: () => Promise.resolve(true) },
    machines: {
      of: () =>
        Promise.resolve(Object.fromEntries(journeys.map((each) => [each.journey, `arn:${each.journey}`]))),
    },
    handoffMachine: 'arn:handoff',
    rolledUp: {
      read: (id) => Promise.resolve({ ...newAccount(id), place, entry: 1 }),
      // eslint-disable-next-line @typescript-eslint/require-await
      members: async function* () {
        yield members;
      },
    },
    accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  started.length = 0;
  people.clear();
  members = [];
  place = { band: 'surging', qualified: true };
});

const is = (leadId: string, country: string, events: readonly Partial<LeadEvent>[] = []): void => {
  people.set(leadId, {
    attributes: { lead: { country }, account: {} },
    events: events.map((event) => ({ type: 'track', properties: {}, id: 'x', ...event })),
  } as unknown as PersonNow);
};
const change = (leadId: string, kind: string, more: object = {}): object => ({
  ...{ changeId: `${leadId}#3#${kind}`, leadId, kind, from: null, to: null, version: 3, entry: 0, at: NOW },
  ...{ ruleset: RULESET, ...more },
});
const hear = async (...changes: object[]): Promise<string[]> => {
  const Records = changes.map((detail, index) => ({
    messageId: `m${index}`,
    body: JSON.stringify({ source: 'kindling.score', detail }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(NOW) },
  }));
  const { batchItemFailures } = await createStart(ports)({ Records } as unknown as SQSEvent, {} as never);
  expect(batchItemFailures).toEqual([]);
  return started.splice(0).map(({ input }) => `${input.leadId} ${input.journey ?? 'handoff'}`);
};

test('groups and grades start journeys when they are entered', async () => {
  const revenue = { ...standing('hot'), group: 'revenue', grade: 'B' };
  await putLead(store.table, 'a', { standing: revenue });
  expect(await hear(change('a', 'lead.group.changed', { from: 'radar', to: 'revenue' }))).toEqual([
    'a of-group',
  ]);
  expect(await hear(change('a', 'lead.grade.changed', { from: 'C', to: 'B' }))).toEqual(['a of-grade']);
  await putLead(store.table, 'a2', { standing: revenue });
  expect(await hear(change('a2', 'lead.grade.changed', { from: 'B', to: 'B' }))).toEqual([]);
});

test('a new lead enters the group and grade that it stands in at once, and not the lowest band', async () => {
  await putLead(store.table, 'b', { standing: { ...standing('cold'), group: 'revenue', grade: 'A' } });
  expect(await hear(change('b', 'lead.band.changed', { from: null, to: 'cold' }))).toEqual([
    'b of-group',
    'b of-grade',
  ]);
  await putLead(store.table, 'b2', { standing: standing('cold') });
  expect(await hear(change('b2', 'lead.band.changed', { from: 'warm', to: 'cold' }))).toEqual(['b2 of-cold']);
});

test('an event starts the journeys that the change names, if the lead is for them', async () => {
  await putLead(store.table, 'c', {});
  await putLead(store.table, 'c2', {});
  is('c', 'DK');
  is('c2', 'SE');
  const downloaded = (leadId: string): object =>
    change(leadId, 'lead.event', { changeId: `${leadId}#e1#lead.event`, to: 'of-event,unknown' });
  expect(await hear(downloaded('c'), downloaded('c2'))).toEqual(['c of-event']);
  // Heard again, it starts the same execution again, which exists.
  expect(await hear(downloaded('c'))).toEqual(['c of-event']);
});

test('what a merged lead did is its survivor’s', async () => {
  await putLead(store.table, 'd', {});
  await putLead(store.table, 'd-old', { into: 'd' });
  is('d', 'DK');
  expect(await hear(change('d-old', 'lead.event', { to: 'of-event' }))).toEqual(['d of-event']);
  expect(await hear(change('d-old', 'lead.band.changed', { from: 'cold' }))).toEqual([]);
});

test('a segment lets in whoever has its attributes', async () => {
  await putLead(store.table, 'e', {});
  await putLead(store.table, 'e2', {});
  is('e', 'DK');
  is('e2', 'SE');
  const warm = (leadId: string): object => change(leadId, 'lead.band.changed', { from: 'cold', to: 'warm' });
  expect(await hear(warm('e'), warm('e2'))).toEqual(['e of-danes']);
});

test('a lead that gets its address enters where it stands, and by what it did within the day', async () => {
  await putLead(store.table, 'f', { since: NOW, createdAt: NOW - DAY });
  is('f', 'DK', [{ name: 'Guide Downloaded', occurredAt: NOW - 5_000 }]);
  expect(await hear(change('f', 'lead.addressed'))).toEqual(['f of-event', 'f of-danes']);
  expect(await tableEntries(store.table).find('f', 'of-event')).toMatchObject({ at: NOW - 5_000 });
  await putLead(store.table, 'f2', { since: NOW, createdAt: NOW - DAY });
  is('f2', 'SE', [{ name: 'Guide Downloaded', occurredAt: NOW - 2 * DAY }]);
  expect(await hear(change('f2', 'lead.addressed'))).toEqual([]);
});

test('one that was never anywhere else has not entered the lowest band; one that came back to it has', async () => {
  await putLead(store.table, 'g', { standing: standing('cold'), createdAt: NOW - DAY, since: NOW - DAY });
  await putLead(store.table, 'g2', { standing: standing('cold'), createdAt: NOW - DAY, since: NOW });
  expect(await hear(change('g', 'lead.addressed'), change('g2', 'lead.addressed'))).toEqual(['g2 of-cold']);
});

test('all people of an account that turns enter, those too who cannot be written to where nobody is', async () => {
  await putLead(store.table, 'h', { account: 'acme' });
  await putLead(store.table, 'h2', { account: 'acme' }, {});
  await putLead(store.table, 'h3', { account: 'other' });
  members = ['h', 'h2', 'h3', 'nobody'];
  const turned = { accountId: 'acme', changeId: 'acme#2#account.band.changed', kind: 'account.band.changed' };
  const more = { from: 'quiet', to: 'surging', version: 2, entry: 0, at: NOW, ruleset: RULESET };
  expect((await hear({ ...turned, ...more })).sort()).toEqual(['h of-account', 'h2 of-account']);
  place = { band: 'quiet', qualified: false };
  expect(await hear({ ...turned, ...more, changeId: 'acme#3#account.band.changed' })).toEqual([]);
});

test('who is held out gets nothing, is noted as that, and stays held out', async () => {
  const leads = Array.from({ length: 40 }, (_, n) => `held-${n}`);
  for (const lead of leads)
    await putLead(store.table, lead, { standing: { ...standing('hot'), grade: 'D' }, entry: 4 });
  const graded = (version: number, at: number) => (leadId: string) =>
    change(leadId, 'lead.grade.changed', { changeId: `${leadId}#${version}#x`, version, at, from: 'C' });
  const out = leads.filter((lead) => isHeldOut(lead, 'held', '50%'));
  const others = leads.filter((lead) => !out.includes(lead));
  expect(await hear(...leads.map(graded(3, NOW)))).toEqual(others.map((lead) => `${lead} held`));
  // Heard again: those who run are resumed, the others are noted and nothing else.
  expect(await hear(...leads.map(graded(3, NOW)))).toEqual(others.map((lead) => `${lead} held`));
  expect(await hear(...out.map(graded(9, NOW + 20 * DAY)))).toEqual([]);
  const listed: Record<string, unknown>[] = [];
  const pages = store.table.query({ KeyConditionExpression: 'pk = :pk', values: { ':pk': takenPk('held') } });
  for await (const items of pages) listed.push(...items);
  const first = listed.filter(({ at }) => at === NOW);
  expect(
    first
      .filter(({ heldOut }) => heldOut === true)
      .map(({ leadId }) => leadId)
      .sort(),
  ).toEqual(out.toSorted());
  expect(first).toHaveLength(leads.length);
  expect(first.every(({ qualifiedBefore }) => qualifiedBefore === 4)).toBe(true);
});

test('who is held out takes no place of those whom a switch of rules may let in', async () => {
  const leads = Array.from({ length: 12 }, (_, n) => `limited-${n}`);
  for (const lead of leads)
    await putLead(store.table, lead, { standing: { ...standing('hot'), grade: 'D' }, entry: 1 });
  const others = leads.filter((lead) => !isHeldOut(lead, 'held', '50%'));
  expect(others.length).toBeLessThan(leads.length);
  let places = others.length;
  const { limits } = ports;
  ports = { ...ports, limits: { take: () => Promise.resolve((places -= 1) >= 0) } };
  const graded = leads.map((lead) => change(lead, 'lead.grade.changed', { from: 'C', deploy: 2 }));
  expect(await hear(...graded)).toEqual(others.map((lead) => `${lead} held`));
  expect(places).toBe(0);
  ports = { ...ports, limits };
});

test('a retired journey takes nobody in', async () => {
  await putLead(store.table, 'i', {});
  is('i', 'SE');
  expect(await hear(change('i', 'lead.band.changed', { from: 'cold', to: 'warm' }))).toEqual([]);
});

test('a journey hands a lead over that has not qualified, once for one asking', async () => {
  await putLead(store.table, 'j', {});
  const asked = change('j', 'lead.handoff.asked', { changeId: 'j#journey#ab' });
  await createStart(ports)(
    {
      Records: [asked, asked].map((detail, n) => ({
        messageId: `${n}`,
        body: JSON.stringify({ detail }),
        attributes: {},
      })),
    } as unknown as SQSEvent,
    {} as never,
  );
  expect(new Set(started.map(({ name }) => name)).size).toBe(1);
  expect(started[0]?.input).toMatchObject({ leadId: 'j', entry: expect.any(Number) as number });
  expect(Number(started[0]?.input.entry)).toBeGreaterThanOrEqual(500_000);
});
