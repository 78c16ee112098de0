import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { accountPk } from '../../../functions/aws/keys.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { createWebhook, type WebhookPorts } from '../../../functions/handoffs/webhook.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { tableClaims } from '../../../functions/mail/claims.ts';
import type { Posted, Posting } from '../../../functions/outbound/post.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const SECRET = `whsec_${btoa('a key of 24 bytes or more')}`;
let store: TestTable;
let ports: WebhookPorts;
let answer: Posted = { status: 204 };
let posted: { address: string; posting: Posting }[] = [];

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: {} },
    handoff: { default: { name: 'S', email: 's@example.com' }, notify: { webhook: 'crm' } },
  });
  let invocations = 0;
  ports = {
    people: tablePeople(table),
    handoffs: tableHandoffs(table),
    accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    claims: tableClaims(table),
    accountClaims: tableClaims(table, accountPk),
    secret: () => Promise.resolve(JSON.stringify({ crm: { url: 'https://crm.example/in', secret: SECRET } })),
    post: (address, posting) => {
      posted.push({ address, posting });
      return Promise.resolve(answer);
    },
    clock: { now: () => Date.now() },
    invocation: () => `i${(invocations += 1)}`,
    publicUrl: 'https://kindling.example',
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  posted = [];
  answer = { status: 204 };
});

const journeyTask = (leadId: string, webhook = 'crm') => ({
  action: 'webhook',
  leadId,
  entry: 'warm-up-1',
  journey: 'warm-up',
  ruleset: RULESET,
  step: '2',
  visit: 0,
  webhook,
});
const tell = (task: object): Promise<object> => createWebhook(ports)(task);

test('a journey tells a webhook once, signed so that the receiver can verify it', async () => {
  await putLead(store.table, 'a', {}, { email: 'a@example.com', name: 'Ann "<b>" \r\n{{ x }}' });
  expect(await Promise.all([tell(journeyTask('a')), tell(journeyTask('a'))])).toContainEqual({
    outcome: 'sent',
  });
  expect(await tell(journeyTask('a'))).toEqual({ outcome: 'sent' });
  expect(posted).toHaveLength(1);
  const [{ address, posting } = { address: '', posting: { body: '' } }] = posted;
  expect(address).toBe('https://crm.example/in');
  const read = new Webhook(SECRET).verify(posting.body, posting.headers as Record<string, string>);
  expect(read).toMatchObject({
    type: 'journey.webhook',
    data: { journey: 'warm-up', lead: { id: 'a', attributes: { name: 'Ann "<b>" \r\n{{ x }}' } } },
  });
  const other = new Webhook(`whsec_${btoa('some other key, just as long')}`);
  expect(() => other.verify(posting.body, posting.headers as Record<string, string>)).toThrow();
});

test('told to come back, it comes back with the same id; told no, it does not', async () => {
  await putLead(store.table, 'b', {});
  answer = { status: 503 };
  await expect(tell(journeyTask('b'))).rejects.toMatchObject({ name: 'Throttled' });
  answer = { status: 204 };
  expect(await tell(journeyTask('b'))).toEqual({ outcome: 'sent' });
  const ids = posted.map(({ posting }) => posting.headers?.['webhook-id']);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
  await putLead(store.table, 'c', {});
  answer = { status: 410 };
  expect(await tell(journeyTask('c'))).toEqual({ outcome: 'refused' });
  answer = { status: 204 };
  expect(await tell(journeyTask('c'))).toEqual({ outcome: 'refused' });
});

test('without an answer it may have arrived: it is not told again', async () => {
  await putLead(store.table, 'd', {});
  answer = { unknown: 'no answer in time' };
  expect(await tell(journeyTask('d'))).toEqual({ outcome: 'unknown' });
  answer = { status: 204 };
  expect(await tell(journeyTask('d'))).toEqual({ outcome: 'unknown' });
  expect(posted).toHaveLength(1);
});

test('nobody is told of a lead that is gone, nor by a webhook that nobody has set up', async () => {
  expect(await tell(journeyTask('nobody'))).toEqual({ outcome: 'stopped' });
  await putLead(store.table, 'e', {});
  expect(await tell(journeyTask('e', 'other'))).toEqual({ outcome: 'skipped' });
  await putLead(store.table, 'm', { into: 'e' });
  expect(await tell(journeyTask('m'))).toEqual({ outcome: 'stopped' });
  expect(posted).toEqual([]);
});

test('a handoff is told to the CRM with everything that sales is told', async () => {
  const record: HandoffRecord = {
    entry: 1,
    at: NOW,
    state: 'open',
    owner: { name: 'Freja', email: 'f@example.com' },
    ruleset: RULESET,
    brief: {
      ...{ name: 'Ann', email: 'a@example.com', company: null, title: null, phone: null, country: null },
      ...{ band: 'hot', grade: null, group: null, total: 71 },
      ...{ scores: [], reasons: [], timeline: [], products: [] },
    },
  };
  await ports.handoffs.find('h', 1);
  await tableHandoffs(store.table).open('h', record);
  expect(await tell({ leadId: 'h', entry: 1, step: 'webhook', visit: 0 })).toEqual({ outcome: 'sent' });
  expect(JSON.parse(posted[0]?.posting.body ?? '')).toMatchObject({
    type: 'handoff.opened',
    data: { handoff: 'lead/h/1', lead: { id: 'h', total: 71 }, owner: { email: 'f@example.com' } },
  });
});
