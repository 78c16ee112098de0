import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { accountPk } from '../../../functions/aws/keys.ts';
import { tableRolledUp } from '../../../functions/aws/rolled-up.ts';
import { tableHeld } from '../../../functions/handoffs/held.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tablePeople, type PersonNow } from '../../../functions/journeys/people.ts';
import { tablePublished } from '../../../functions/aws/published.ts';
import { tableLimits } from '../../../functions/journeys/limits.ts';
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
const started: { machine: string; name: string; input: object }[] = [];
let failing = false;
const people = new Map<string, PersonNow>();

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: {}, bands: { bands: { new: 0, cold: 10, warm: 20 } } },
    journeys: {
      'warm-up': journey(),
      again: journey({ journey: 'again', start: { band: 'cold' }, again_after: '90d' }),
      newer: journey({ journey: 'newer' }),
    },
    handoff: { again_after: '30d', default: { name: 'Sales', email: 'sales@example.com' } },
  });
  ports = {
    people: tablePeople(table),
    entries: tableEntries(table),
    handoffs: tableHandoffs(table),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    executions: {
      start: (machine, name, input) => {
        if (failing) return Promise.reject(new Error('Step Functions is away'));
        started.push({ machine, name, input });
        return Promise.resolve();
      },
    },
    standings: { at: (leadId) => Promise.resolve(people.get(leadId) ?? null) },
    clock: { now: () => NOW },
    machines: { of: () => Promise.resolve({ 'warm-up': 'arn:warm-up', again: 'arn:again' }) },
    handoffMachine: 'arn:handoff',
    held: tableHeld(table),
    limits: tableLimits(table, tablePublished(table)),
    rolledUp: tableRolledUp(table, { due: 1, band: 1 }),
    accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  started.length = 0;
  failing = false;
});

const change = (leadId: string, more: object = {}): object => ({
  changeId: `${leadId}#3#lead.band.changed`,
  leadId,
  kind: 'lead.band.changed',
  from: 'cold',
  to: 'warm',
  version: 3,
  entry: 0,
  at: NOW,
  ruleset: RULESET,
  ...more,
});
/** Answers how many messages of the queue come back. */
const hear = async (...changes: object[]): Promise<number> => {
  const Records = changes.map((detail, index) => ({
    messageId: `m${index}`,
    body: JSON.stringify({ source: 'kindling.score', detail }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(NOW) },
  }));
  const answer = await createStart(ports)({ Records } as unknown as SQSEvent, {} as never);
  return answer.batchItemFailures.length;
};

test('a lead that entered a journey’s band starts it, with ids and nothing else', async () => {
  await putLead(store.table, 's1', {});
  expect(await hear(change('s1'))).toBe(0);
  expect(started).toHaveLength(1);
  expect(started[0]).toMatchObject({
    machine: 'arn:warm-up',
    input: { leadId: 's1', journey: 'warm-up', ruleset: RULESET },
  });
  expect(Object.keys(started[0]?.input ?? {}).sort()).toEqual(['entry', 'journey', 'leadId', 'ruleset']);
  expect(started[0]?.name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
});

test('the same change heard again starts the same execution, and another change none', async () => {
  await putLead(store.table, 's2', {});
  await hear(change('s2'), change('s2'));
  await hear(change('s2', { changeId: 's2#9#lead.band.changed', version: 9 }));
  expect(new Set(started.map(({ name }) => name)).size).toBe(1);
});

test('an execution that could not be started is started when the message comes back', async () => {
  await putLead(store.table, 's3', {});
  failing = true;
  expect(await hear(change('s3'))).toBe(1);
  failing = false;
  expect(await hear(change('s3'))).toBe(0);
  expect(started).toHaveLength(1);
});

test('a change heard again after its journey has ended starts nothing', async () => {
  await putLead(store.table, 's4', {});
  await hear(change('s4'));
  const { entry } = started[0]?.input as { entry: string };
  await tableEntries(store.table).end('s4', 'warm-up', entry, 'completed', NOW);
  await hear(change('s4'));
  expect(started).toHaveLength(1);
});

test('the lead is read again: one that has moved on, or is merged or gone, starts nothing', async () => {
  await putLead(store.table, 's5', { standing: standing('hot') });
  await putLead(store.table, 's6', { into: 's1' });
  expect(await hear(change('s5'), change('s6'), change('nobody'))).toBe(0);
  expect(started).toEqual([]);
});

test('a lead without an address does not use up its one time', async () => {
  await putLead(store.table, 's7', {}, {});
  await hear(change('s7'));
  expect(started).toEqual([]);
  await putLead(store.table, 's7', {});
  await hear(change('s7', { changeId: 's7#5#lead.band.changed', version: 5 }));
  expect(started).toHaveLength(1);
});

test('a journey may be entered again after its time, and not before', async () => {
  await putLead(store.table, 's8', { standing: standing('cold') });
  const cold = (version: number, at: number): object =>
    change('s8', { changeId: `s8#${version}#lead.band.changed`, version, at, from: 'warm', to: 'cold' });
  await hear(cold(3, NOW));
  const { entry } = started[0]?.input as { entry: string };
  await hear(cold(4, NOW + 200 * DAY));
  expect(started).toHaveLength(1);
  await tableEntries(store.table).end('s8', 'again', entry, 'completed', NOW + DAY);
  await hear(cold(5, NOW + 89 * DAY));
  expect(started).toHaveLength(1);
  await hear(cold(6, NOW + 90 * DAY));
  expect(started).toHaveLength(2);
});

const qualified = (leadId: string): object =>
  change(leadId, { changeId: `${leadId}#7#lead.qualified`, kind: 'lead.qualified' });
const handoff = (entry: number, at: number, state: HandoffRecord['state']): HandoffRecord =>
  ({
    entry,
    at,
    state,
    owner: { name: 'S', email: 's@example.com' },
    ruleset: RULESET,
    brief: {},
  }) as HandoffRecord;

test('a lead that qualified is handed off, under a name that its entry gives', async () => {
  await putLead(store.table, 'q1', { standing: standing('hot', true), entry: 2 });
  await hear(qualified('q1'), qualified('q1'));
  expect(started).toHaveLength(2);
  expect(new Set(started.map(({ name }) => name))).toEqual(new Set(['handoff-q1-2']));
  expect(started[0]).toEqual({
    machine: 'arn:handoff',
    name: 'handoff-q1-2',
    input: { leadId: 'q1', accountId: null, entry: 2, ruleset: RULESET },
  });
});

test('one that no longer qualifies, is handed off already, or was so recently is not', async () => {
  const hot = { standing: standing('hot', true), entry: 2 };
  await putLead(store.table, 'q2', { standing: standing('warm'), entry: 2 });
  await putLead(store.table, 'q3', hot);
  await tableHandoffs(store.table).open('q3', handoff(1, NOW - 300 * DAY, 'open'));
  await putLead(store.table, 'q4', hot);
  await tableHandoffs(store.table).open('q4', handoff(1, NOW - 29 * DAY, 'closed'));
  await putLead(store.table, 'q5', hot);
  await tableHandoffs(store.table).open('q5', handoff(1, NOW - 31 * DAY, 'closed'));
  await hear(qualified('q2'), qualified('q3'), qualified('q4'), qualified('q5'));
  expect(started.map(({ name }) => name)).toEqual(['handoff-q5-2']);
});

test('a malformed message fails alone', async () => {
  await putLead(store.table, 's9', {});
  expect(await hear({ nonsense: true }, change('s9'))).toBe(1);
  expect(started).toHaveLength(1);
});
