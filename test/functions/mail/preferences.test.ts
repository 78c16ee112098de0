import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { linkToken } from '../../../core/nurture/link.ts';
import { parseMessage } from '../../../core/message/message.ts';
import { suppressionHash } from '../../../core/nurture/suppression.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { createPreferences, type PreferencesPorts } from '../../../functions/mail/preferences.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import { NOW, putLead, startTable, type TestTable } from '../nurture.ts';

const SECRET = 'a secret of more than sixteen characters';
const ONE_CLICK = 'List-Unsubscribe=One-Click';
let store: TestTable;
let ports: PreferencesPorts;
const told: BusEntry[] = [];

beforeAll(async () => {
  store = await startTable();
  ports = {
    people: tablePeople(store.table),
    suppressions: tableSuppressions(store.table),
    topics: () => Promise.resolve({}),
    publish: (entry) => {
      told.push(entry);
      return Promise.resolve(true);
    },
    clock: { now: () => NOW },
    linkSecret: () => Promise.resolve(SECRET),
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  told.length = 0;
});

const request = async (
  method: string,
  token: string,
  body = '',
): Promise<APIGatewayProxyStructuredResultV2> => {
  const event = {
    rawPath: `/u/${token}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    pathParameters: { token },
    requestContext: { http: { method }, requestId: 'r' },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
  return createPreferences(ports)(event as never, {} as never);
};
const suppressed = (email: string): Promise<string | null> =>
  tableSuppressions(store.table).find(suppressionHash(email) ?? '');
const link = (leadId: string): string => linkToken({ purpose: 'unsubscribe', leadId, topic: null }, SECRET);

test('looking at the page changes nothing, as scanners open every link', async () => {
  await putLead(store.table, 'a', {});
  for (const method of ['GET', 'HEAD', 'GET'])
    expect((await request(method, link('a'))).statusCode).toBe(200);
  expect((await request('GET', link('a'))).body).toContain('<form method="post">');
  expect(await suppressed('a@example.com')).toBeNull();
  expect(told).toEqual([]);
});

test.each([
  ['a mail program’s one click', 'b', ONE_CLICK],
  ['the page’s own button', 'c', 'confirm=unsubscribe'],
])('%s unsubscribes and says so on the bus', async (_, leadId, body) => {
  await putLead(store.table, leadId, { emails: [`${leadId}@old.example`] });
  const answer = await request('POST', link(leadId), body);
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain('You are unsubscribed');
  expect(await suppressed(`${leadId}@example.com`)).toBe('unsubscribed');
  expect(await suppressed(`${leadId}@old.example`)).toBe('unsubscribed');
  expect(told).toMatchObject([{ source: 'kindling.preferences', detailType: 'kindling.message' }]);
  const parsed = parseMessage(JSON.parse(told[0]?.detail ?? ''), { receivedAt: NOW });
  expect(parsed).toMatchObject({
    ok: true,
    message: { event: 'email.unsubscribed', leadId, occurredAt: NOW },
  });
});

test('a second click is the same event', async () => {
  await putLead(store.table, 'd', {});
  await request('POST', link('d'), ONE_CLICK);
  await request('POST', link('d'), ONE_CLICK);
  const ids = told.map(({ detail }) => (JSON.parse(detail) as { messageId: string }).messageId);
  expect(new Set(ids).size).toBe(1);
});

test('a merged lead’s link unsubscribes who it became', async () => {
  await putLead(store.table, 'old', { into: 'e' });
  await putLead(store.table, 'e', {});
  await request('POST', link('old'), ONE_CLICK);
  expect(await suppressed('e@example.com')).toBe('unsubscribed');
});

test('the link of an erased lead is answered as any other', async () => {
  expect((await request('POST', link('nobody'), ONE_CLICK)).statusCode).toBe(200);
  expect(told).toEqual([]);
});

test('a link with any character changed does nothing', async () => {
  await putLead(store.table, 'f', {});
  const token = link('f');
  for (let at = 0; at < token.length; at += 1) {
    const tampered = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect((await request('POST', tampered, ONE_CLICK)).statusCode).toBe(400);
    expect((await request('GET', tampered)).statusCode).toBe(400);
  }
  for (const nonsense of ['', '%00', '../../etc', '<script>', 'x'.repeat(4_000)]) {
    const answer = await request('POST', nonsense, ONE_CLICK);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).not.toContain('<script>');
  }
  expect(await suppressed('f@example.com')).toBeNull();
  expect(told).toEqual([]);
});

test('a POST that asks for nothing does nothing', async () => {
  await putLead(store.table, 'g', {});
  for (const body of ['', 'x', 'confirm=yes', '{"List-Unsubscribe":"One-Click"}'])
    expect((await request('POST', link('g'), body)).statusCode).toBe(400);
  expect(await suppressed('g@example.com')).toBeNull();
});
