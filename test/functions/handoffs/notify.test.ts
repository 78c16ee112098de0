import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { accountPk } from '../../../functions/aws/keys.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { tableClaims } from '../../../functions/mail/claims.ts';
import { createNotify, type NotifyPorts } from '../../../functions/handoffs/notify.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { poster } from '../../../functions/outbound/post.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

let store: TestTable;
let ports: NotifyPorts;
let server: Server;
let address: string;
let status = 200;
const posted: { text: string; blocks: unknown[] }[] = [];

beforeAll(async () => {
  store = await startTable();
  await putRuleset(store.table, { scoring: { settings: {} } });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      if (status === 0) {
        request.socket.destroy();
        return;
      }
      if (status === 200) posted.push(JSON.parse(body) as (typeof posted)[number]);
      response.writeHead(status, status === 302 ? { location: address } : {}).end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  let invocations = 0;
  ports = {
    handoffs: tableHandoffs(store.table),
    accountHandoffs: tableHandoffs<AccountBrief>(store.table, accountPk),
    rulesets: tableRulesetParts(store.table, { now: () => NOW }),
    claims: tableClaims(store.table),
    accountClaims: tableClaims(store.table, accountPk),
    people: tablePeople(store.table),
    slackSecret: () => Promise.resolve(address),
    teamsSecret: () => Promise.resolve('none'),
    linkSecret: () => Promise.resolve('a secret of more than 16 characters'),
    post: poster({ loopback: true }),
    clock: { now: () => NOW },
    invocation: () => `i${(invocations += 1)}`,
    publicUrl: 'https://kindling.example',
  };
});
afterAll(async () => {
  server.close();
  await store.stop();
});
beforeEach(() => {
  status = 200;
  posted.length = 0;
});

const open = async (leadId: string): Promise<void> => {
  await tableHandoffs(store.table).open(leadId, {
    entry: 1,
    at: NOW,
    state: 'open',
    owner: { name: 'Freja', email: 'f@example.com' },
    ruleset: RULESET,
    brief: {
      name: 'Ann',
      email: null,
      company: null,
      title: null,
      phone: null,
      country: null,
      band: 'hot',
      grade: null,
      group: null,
      total: 71,
      scores: [],
      reasons: [],
      timeline: [],
      products: [],
    },
  } satisfies HandoffRecord);
};
const tell = (leadId: string, more: Partial<NotifyPorts> = {}): Promise<object> =>
  createNotify({ ...ports, ...more })({ channel: 'slack', leadId, entry: 1, step: 'slack', visit: 0 });

test('a handoff is told once, however often it is asked for', async () => {
  await open('a');
  expect(await Promise.all([tell('a'), tell('a'), tell('a')])).toContainEqual({ outcome: 'sent' });
  expect(await tell('a')).toEqual({ outcome: 'sent' });
  expect(posted).toHaveLength(1);
  expect(JSON.stringify(posted[0])).toContain('https://kindling.example/leads/a');
});

test('where Slack is not used nothing is claimed', async () => {
  await open('b');
  expect(await tell('b', { slackSecret: () => Promise.resolve(' none ') })).toEqual({ outcome: 'skipped' });
  expect(await tell('b')).toEqual({ outcome: 'sent' });
});

test('without an answer it may have been told: it is not told again', async () => {
  await open('c');
  status = 0;
  expect(await tell('c')).toEqual({ outcome: 'unknown' });
  status = 200;
  expect(await tell('c')).toEqual({ outcome: 'unknown' });
  expect(posted).toHaveLength(0);
});

test('asked to wait, it is told by the next try', async () => {
  await open('d');
  status = 429;
  await expect(tell('d')).rejects.toMatchObject({ name: 'Throttled' });
  status = 200;
  expect(await tell('d')).toEqual({ outcome: 'sent' });
});

test.each([
  [404, 'refused'],
  [500, 'unknown'],
  [302, 'refused'],
])('an answer of %i is %s', async (code, outcome) => {
  await open(`e${code}`);
  status = code;
  expect(await tell(`e${code}`)).toEqual({ outcome });
  expect(posted).toHaveLength(0);
});

test('a journey tells a team what its file says, or where the lead came by; once', async () => {
  await putLead(store.table, 'n', {}, { email: 'n@example.com', firstName: 'Nina' });
  const note = (step: string, text?: string): Promise<object> =>
    createNotify(ports)({
      ...{ action: 'notify', leadId: 'n', entry: 'e1', journey: 'warm-up', ruleset: RULESET },
      ...{ step, visit: 0, team: 'sales', ...(text === undefined ? {} : { text }) },
    });
  expect(await note('2', 'They came back.')).toEqual({ outcome: 'sent' });
  expect(await note('2', 'They came back.')).toEqual({ outcome: 'sent' });
  expect(await note('3')).toEqual({ outcome: 'sent' });
  expect(posted).toHaveLength(2);
  expect(JSON.stringify(posted[0])).toContain('They came back.');
  expect(JSON.stringify(posted[1])).toContain('step 3 of the journey');
});

test('a handoff that is not open is not told', async () => {
  expect(await tell('nobody')).toEqual({ outcome: 'stopped' });
});
