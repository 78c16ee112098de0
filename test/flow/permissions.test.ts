import { once } from 'node:events';
import { appendFile, copyFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../cli/product.ts';
import { erasedLead, type Lead } from '../../core/lead.ts';
import { tableLeads } from '../../functions/aws/leads.ts';
import { tableQuarantine } from '../../functions/aws/quarantine.ts';
import { openTable } from '../../functions/aws/table.ts';
import { tableStandings } from '../../functions/handoffs/standing.ts';
import { tablePeople } from '../../functions/journeys/people.ts';
import type { UnsettledMails } from '../../core/view/mail.ts';
import { tableClaims } from '../../functions/mail/claims.ts';
import { readTemplate, type Template } from '../../local/template.ts';
import { functionNames, refused, type Seen, unused } from '../infra/policy.ts';
import { rulesWithAccounts } from './account-rules.ts';
import { run } from '../cli/run.ts';
import { changedRules } from './changed-rules.ts';
import { type Product, startProduct } from './product.ts';

const START = '2026-05-04T08:00:00.000Z';
const SHARDS = { due: 1, band: 1 };

let rules: string;
let product: Product;
let template: Template;
let store: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  // Another DynamoDB than the embedded one, so that the test can reach into the table, too.
  store = dynalite({ createTableMs: 0 });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  rules = await rulesWithAccounts();
  await appendFile(join(rules, 'handoff.yaml'), 'answer_within: 4h\n');
  await copyFile(
    join(import.meta.dirname, 'handoff-rules', 'emails', 'morning.mjml'),
    join(rules, 'emails', 'morning.mjml'),
  );
  const files = await build(rules, AbortSignal.timeout(60_000));
  template = readTemplate(files, '2f8d6c1e-0000-4000-8000-000000000000');
  product = await startProduct({
    args: ['--rules', rules, '--virtual-clock', START, '--dynamodb', endpoint],
  });
});
afterAll(async () => {
  await product.end();
  client.destroy();
  store.close();
  await rm(rules, { recursive: true, force: true });
});

const message = (type: string, userId: string, messageId: string, rest: object) => ({
  type,
  userId,
  messageId,
  timestamp: START,
  ...rest,
});
const person = (userId: string, title: string) =>
  message('identify', userId, `i-${userId}`, {
    traits: { email: `${userId}@beta.example`, firstName: 'Kim', lastName: 'Berg', title },
  });

/** An answer whose process died before the bus had heard of it: only the handoff's own watch goes on with it. */
const leaveAnswerUntold = async (leadId: string): Promise<void> => {
  const table = openTable(client, tableName());
  const standings = tableStandings(table, tablePeople(table));
  const standing = await standings.find({ of: 'lead', id: leadId, entry: 1 });
  if (standing === null) throw new Error('no handoff');
  const answer = { what: 'accepted', by: 'Nora', at: Date.parse(START) + 3_600_000 } as const;
  const { record } = standing;
  expect(
    await standings.write(standing, {
      ...record,
      state: 'accepted',
      answer,
      untold: ['answer'],
      revision: 1,
    }),
  ).toBe(true);
};

/** By the link of the account's card in Teams. */
const answerByCard = async (): Promise<void> => {
  const cards = JSON.stringify(await product.get('/_local/teams'));
  const links = [...cards.matchAll(/"(http[^"]+\/h\/([^".?]+)[^"?]+)\?answer=accepted"/g)];
  const ofAccount = links.find(([, , said = '']) => Buffer.from(said, 'base64url').includes('"account"'));
  const link = ofAccount?.[1] ?? '';
  expect((await fetch(link)).status).toBe(200);
  const form = new URLSearchParams({ answer: 'accepted' });
  expect((await fetch(link, { method: 'POST', body: form })).status).toBe(200);
};

const fillInForm = async (): Promise<void> => {
  const body = JSON.stringify({ token: 'f1', email: 'kim@beta.example' });
  const hmac = createHmac('sha256', 'a-key-of-the-local-runtime').update(body).digest('base64');
  const headers = { 'typeform-signature': `sha256=${hmac}` };
  expect((await fetch(`${product.url}/hooks/typeform`, { method: 'POST', headers, body })).status).toBe(200);
  await product.idle();
  const { timeline } = await product.lead('kim@beta.example');
  expect(timeline.map(({ name }) => name)).toContain('Form Submitted');
};

/** A link that somebody opened in Slack, which tells of it. */
const answerBySlack = async (): Promise<void> => {
  const { now } = await product.get<{ now: string }>('/_local/clock');
  const timestamp = String(Math.floor(Date.parse(now) / 1000));
  const body = 'payload=%7B%7D';
  const hmac = createHmac('sha256', 'slack-signs-with-this-locally').update(`v0:${timestamp}:${body}`);
  const headers = {
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${hmac.digest('hex')}`,
  };
  expect((await fetch(`${product.url}/slack/actions`, { method: 'POST', headers, body })).status).toBe(200);
};

/** A merge whose process died right after the younger lead was fenced: only degrade goes on with it. */
const leaveMergeHalfDone = async (younger: string, older: string): Promise<void> => {
  const leads = tableLeads(openTable(client, tableName()), SHARDS);
  const merged = (await leads.read(younger)) as Lead;
  const fenced = {
    ...merged,
    version: merged.version + 1,
    into: older,
    listed: null,
    due: merged.asOf,
    snapshot: null,
  };
  expect(await leads.commit(fenced, merged.version)).toBe(true);
};
/** An erasure whose function died right after the fence. */
const leaveErasureHalfDone = async (leadId: string): Promise<void> => {
  const leads = tableLeads(openTable(client, tableName()), SHARDS);
  const lead = (await leads.read(leadId)) as Lead;
  const erasure = { at: Date.parse(START), by: 'ada@seller.example', reason: 'asked' };
  expect(await leads.commit(erasedLead(lead, erasure), lead.version)).toBe(true);
};
/** A mail whose sender died between its claim and SES. */
const leaveMailUnknown = async (leadId: string): Promise<void> => {
  const at = Date.parse(START);
  const note = { by: 'nobody', at, journey: 'warm-up', email: 'welcome', subject: 'Welcome' };
  const claims = tableClaims(openTable(client, tableName()));
  expect(await claims.take({ leadId, entry: 'e', step: '1', visit: 0 }, note)).toBe('mine');
};
/** Other rules, a challenger that comes and goes, and what was. */
const changeRules = async (): Promise<void> => {
  const dearer = await changedRules({ 'scores/engagement.yaml': [['points: 50', 'points: 65']] }, rules);
  for (const args of [
    ['deploy', '--rules', dearer, '--cap-handoffs', '5', '--no-wait'],
    ['deploy', '--shadow', dearer],
    ['deploy', '--end-shadow'],
    ['rulesets'],
  ])
    expect(await run([...args, '--url', product.url])).toMatchObject({ code: 0, err: '' });
  await rm(dearer, { recursive: true });
};
const tableName = (): string => template.ofType('AWS::DynamoDB::Table')[0]?.name ?? '';

test('every function does what the policies allow, and the policies allow what it does and nothing else', async () => {
  await product.send(
    person('kim', 'Head of IT'),
    message('page', 'kim', 'p1', { properties: { path: '/pricing' } }),
    message('track', 'kim', 't1', { event: 'Demo Booked' }),
    person('ida', 'Head of Growth'),
    person('bob', 'Student'),
    // Warm by two looks that fade within hours: degrade tells of it.
    person('eve', 'Student'),
    message('page', 'eve', 'p2', { properties: { path: '/pricing' } }),
    message('page', 'eve', 'p3', { properties: { path: '/pricing/all' } }),
    { type: 'track', messageId: 'bad' },
  );
  await product.idle();
  await product.send(person('dan', 'Student'), message('track', 'dan', 't2', { event: 'Demo Booked' }));
  await product.advance('14m');
  await changeRules();
  // A minute later degrade finds the rescore waiting.
  await product.advance('46m');
  expect(await product.lead('dan@beta.example')).toMatchObject({ qualified: true });
  const [kim, bob] = [await product.lead('kim@beta.example'), await product.lead('bob@beta.example')];
  expect(kim.qualified).toBe(true);
  await leaveMergeHalfDone(bob.id, kim.id);
  const dan = await product.lead('dan@beta.example');
  await leaveErasureHalfDone(dan.id);
  await leaveAnswerUntold(kim.id);
  await product.advance('3d');
  expect(await product.lead('eve@beta.example')).toMatchObject({ band: 'cold' });

  expect((await product.lead('kim@beta.example')).timeline.map(({ name }) => name)).toContain(
    'handoff.accepted',
  );
  await answerByCard();
  await fillInForm();
  await answerBySlack();
  await product.get('/api/handoffs?state=unanswered');
  await product.get('/api/report');
  await product.leads('?band=warm');
  await product.leads('?q=kim');
  await product.get('/api/bands');
  await product.quarantine();
  const say = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${product.url}/api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(202);
  };
  await say(`leads/${encodeURIComponent(kim.id)}/adjustments`, { score: 'fit', points: 1, why: 'Called us' });
  // What an older version of the product refused, and this one takes.
  const waits = { id: 'abc', receivedAt: Date.parse(START) };
  const raw = JSON.stringify(message('page', 'kim', 'p9', { properties: { path: '/' } }));
  const quarantine = tableQuarantine(openTable(client, tableName()));
  await quarantine.put({ ...waits, raw, reason: 'of a kind that we do not know', scope: 'server' });
  await say('quarantine/replay', { items: [{ id: waits.id }] });
  await product.idle();
  expect((await product.quarantine()).map(({ id }) => id)).not.toContain(waits.id);
  await leaveMailUnknown(kim.id);
  const { mails } = await product.get<UnsettledMails>('/api/mails?outcome=unknown');
  expect(mails).toMatchObject([{ lead: { id: kim.id }, email: 'welcome' }]);
  await say(`mails/${mails[0]?.id ?? ''}/dismiss`, {});
  await product.idle();
  expect(await product.get('/api/mails?outcome=unknown')).toEqual({ mails: [], more: false });
  // Kim asked for a demo, Eve looked twice: together they were ready.
  expect(await product.get('/api/accounts/beta.example')).toMatchObject({
    handoffs: [{ state: 'accepted' }],
  });
  const mail = (await product.mail()).find((each) => String(each.to).includes('ida@'));
  const link = /<(http[^>]+)>/.exec(mail?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
  expect((await fetch(link)).status).toBe(200);
  const oneClick = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  expect((await fetch(link, { method: 'POST', body: oneClick })).status).toBe(200);
  await product.idle();

  expect(await product.get('/api/erased')).toMatchObject({ erased: [{ lead: dan.id }] });
  const erased = await fetch(`${product.url}/api/leads/${encodeURIComponent(kim.id)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'They asked us to' }),
  });
  expect(await erased.json()).toMatchObject({ lead: kim.id, done: true });

  const seen = await product.get<Seen[]>('/_local/actions');
  expect(new Set(seen.map((each) => each.function)).size).toBe(functionNames(template).length);
  expect(refused(template, seen)).toEqual([]);
  expect(unused(template, seen)).toEqual([]);
}, 150_000);
