import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Evaluation } from '../../../core/evaluation.ts';
import { createHandoff, type HandoffPorts } from '../../../functions/handoffs/open.ts';
import { tableAccountOwners } from '../../../functions/handoffs/account-owners.ts';
import { tableTurns } from '../../../functions/handoffs/turns.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import type { PersonNow } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const DAY = 86_400_000;
let store: TestTable;
let ports: { -readonly [K in keyof HandoffPorts]: HandoffPorts[K] };
let person: PersonNow | null;

const evaluation: Evaluation = {
  at: NOW,
  band: 'hot',
  grade: 'A',
  group: 'revenue',
  qualified: true,
  scores: { fit: 20, engagement: 30.5 },
  total: 70.5,
  bandSince: NOW,
  contributions: [
    { rule: 'pricing', score: 'engagement', points: 30.5, why: 'It matters.', events: [] },
    { rule: 'careers', score: 'engagement', points: -5, why: 'No.', events: [] },
  ],
  nextChange: null,
};

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: { time_zone: 'Europe/Copenhagen' } },
    handoff: {
      again_after: '30d',
      owners: [
        { when: { 'account.employees': '500..' }, name: 'Noor', email: 'noor@example.com' },
        { when: { 'lead.country': ['DK', 'SE'] }, name: 'Freja', email: 'freja@example.com' },
      ],
      default: { name: 'Sales', email: 'sales@example.com' },
    },
  });
  const lead = await putLead(table, 'x', {});
  person = { lead, evaluation, events: [], attributes: { lead: {}, account: {} } };
  ports = {
    standings: { at: () => Promise.resolve(person) },
    handoffs: tableHandoffs(table),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    clock: { now: () => NOW },
    adjusted: () => Promise.resolve([]),
    turns: tableTurns(table),
    accountOwners: tableAccountOwners(table),
    sentences: () => Promise.resolve(({ rule }) => `Because of ${rule}`),
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  if (person !== null) person = { ...person, evaluation, attributes: { lead: {}, account: {} } };
});

const open = (leadId: string, entry = 1): Promise<object> =>
  createHandoff(ports)({ leadId, entry, ruleset: RULESET });

test('a qualified lead’s handoff is opened, with its owner and the reasons in words', async () => {
  expect(await open('a')).toEqual({ outcome: 'go' });
  expect(await ports.handoffs.find('a', 1)).toMatchObject({
    entry: 1,
    at: NOW,
    state: 'open',
    owner: { name: 'Sales' },
    brief: {
      total: 71,
      band: 'hot',
      reasons: [{ sentence: 'Because of pricing', why: 'It matters.', points: 31 }],
    },
  });
});

test.each([
  [{ lead: { country: 'se' }, account: {} }, 'Freja'],
  [{ lead: { country: 'DK' }, account: { employees: 900 } }, 'Noor'],
  [{ lead: { country: 'FR' }, account: { employees: 20 } }, 'Sales'],
])('%j goes to %s', async (attributes, owner) => {
  if (person !== null) person = { ...person, attributes };
  await open(`o-${owner}`);
  expect(await ports.handoffs.find(`o-${owner}`, 1)).toMatchObject({ owner: { name: owner } });
});

test('whoever had the last of a company gets the next, of whatever person, unless the company says who has it', async () => {
  const { table } = store;
  const before = { person, rulesets: ports.rulesets };
  const team = ['Ida', 'Bo'].map((name) => ({ name, email: `${name.toLowerCase()}@example.com` }));
  const handoff = { owners: [{ by: 'account' }, { team: 'us' }], teams: { us: { members: team } } };
  const rules = { ...handoff, default: { name: 'Sales', email: 'sales@example.com' } };
  ports.rulesets = { ...ports.rulesets, handoff: () => Promise.resolve(rules as never) };
  const of = async (id: string, account: string, said: Record<string, string> = {}): Promise<string> => {
    const lead = await putLead(table, id, { membership: { account } as never });
    person = { lead, evaluation, events: [], attributes: { lead: {}, account: said } };
    await open(id);
    return (await ports.handoffs.find(id, 1))?.owner.name ?? '';
  };
  const first = await of('acme-1', 'acme.example');
  // Another company takes the turn in between.
  const other = await of('beta-1', 'beta.example');
  expect(new Set([first, other])).toEqual(new Set(['Ida', 'Bo']));
  expect(await of('acme-2', 'acme.example')).toBe(first);
  expect(await of('acme-3', 'acme.example')).toBe(first);
  expect(await of('acme-4', 'acme.example', { owner: other })).toBe(other);
  expect(await of('acme-5', 'acme.example')).toBe(other);
  person = before.person;
  ports.rulesets = before.rulesets;
});

test('asked again, also after a lost answer, it is the handoff that was opened', async () => {
  await open('b');
  if (person !== null) person = { ...person, evaluation: { ...evaluation, total: 90 } };
  expect(await open('b')).toEqual({ outcome: 'go' });
  expect(await ports.handoffs.find('b', 1)).toMatchObject({ brief: { total: 71 } });
});

test('a lead that no longer qualifies when it is looked at makes none', async () => {
  if (person !== null) person = { ...person, evaluation: { ...evaluation, qualified: false } };
  expect(await open('c')).toEqual({ outcome: 'stop', reason: 'no-longer-qualified' });
  expect(await ports.handoffs.list('c')).toEqual([]);
});

test('none while one is open, nor within the time after the last', async () => {
  await open('d', 1);
  expect(await open('d', 2)).toEqual({ outcome: 'stop', reason: 'open' });
  const first = await ports.handoffs.find('d', 1);
  if (first !== null) await ports.handoffs.open('e', { ...first, state: 'closed', at: NOW - 30 * DAY + 1 });
  expect(await open('e', 2)).toEqual({ outcome: 'stop', reason: 'too-soon' });
  if (first !== null) await ports.handoffs.open('f', { ...first, state: 'closed', at: NOW - 30 * DAY });
  expect(await open('f', 2)).toEqual({ outcome: 'go' });
});

test('an entry that the lead has left behind yields to the newer one', async () => {
  const before = person;
  if (person !== null) person = { ...person, lead: { ...person.lead, entry: 3 } };
  expect(await open('g', 2)).toEqual({ outcome: 'stop', reason: 'outdated' });
  expect(await open('g', 3)).toEqual({ outcome: 'go' });
  person = before;
});
