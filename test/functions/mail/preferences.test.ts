import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { fc, test as property } from '@fast-check/vitest';
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
  headers: Record<string, string> = {},
): Promise<APIGatewayProxyStructuredResultV2> => {
  const event = {
    rawPath: `/u/${token}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
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

test('the pages speak the lead’s language, else its browser’s, else English', async () => {
  await putLead(store.table, 'sv', {}, { email: 'sv@example.com', locale: 'sv_SE' });
  await putLead(store.table, 'fi', {}, { email: 'fi@example.com', locale: 'fi' });
  const page = async (lead: string, wanted = '', method = 'GET', body = ''): Promise<string> =>
    (await request(method, lead === '' ? 'x' : link(lead), body, { 'accept-language': wanted })).body ?? '';
  expect(await page('sv', 'en')).toMatch(/lang="sv"[^]*Avregistrera/);
  expect(await page('sv', '', 'POST', 'confirm=unsubscribe')).toContain('Du är avregistrerad');
  expect(await page('fi', 'de, sv-FI;q=0.8, en;q=0.5')).toContain('Avregistrera');
  expect(await page('fi', 'sv;q=0, en;q=0.5')).toContain('lang="en"');
  expect(await page('fi', ';;q=x,,')).toContain('Unsubscribe');
  expect(await page('', 'sv')).toContain('Länken fungerar inte');
  expect(await page('')).toContain('This link does not work');
});

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

const TOPICS = { product: 'What is new in the product', newsletter: 'The monthly letter <3' };
const choices = (leadId: string): string =>
  linkToken({ purpose: 'preferences', leadId, topic: null }, SECRET);
const aboutTopic = (leadId: string, topic: string): string =>
  linkToken({ purpose: 'unsubscribe', leadId, topic }, SECRET);
const withTopics = async (method: string, token: string, body = '') => {
  const { topics } = ports;
  ports = { ...ports, topics: () => Promise.resolve(TOPICS) };
  const answer = await request(method, token, body);
  ports = { ...ports, topics };
  return { ...answer, body: answer.body ?? '' };
};
const stampIn = (body: string): string => /name="stamp" value="([\w-]+)"/.exec(body)?.[1] ?? '';
const topicsOff = async (email: string): Promise<readonly string[]> =>
  (await tableSuppressions(store.table).preferences(suppressionHash(email) ?? '')).off;

test('one click on a mail about a topic stops that topic, and no other', async () => {
  await putLead(store.table, 'k', {});
  const answer = await withTopics('POST', aboutTopic('k', 'newsletter'), ONE_CLICK);
  expect(answer.body).toContain('The monthly letter &lt;3');
  expect(await suppressed('k@example.com')).toBeNull();
  expect(await topicsOff('k@example.com')).toEqual(['newsletter']);
  expect(JSON.parse(told[0]?.detail ?? '')).toMatchObject({ properties: { topic: 'newsletter' } });
});

test('topics are chosen on a page, called off and taken up again', async () => {
  await putLead(store.table, 'l', {});
  const page = await withTopics('GET', choices('l'));
  expect(page.body.match(/checked/g)).toHaveLength(2);
  const save = (from: string, kept: string) =>
    withTopics('POST', choices('l'), `confirm=topics&stamp=${stampIn(from)}${kept}`);
  expect((await save(page.body, '&topic=product')).body).toContain('What is new in the product');
  expect(await topicsOff('l@example.com')).toEqual(['newsletter']);
  const second = await withTopics('GET', choices('l'));
  expect(second.body.match(/checked/g)).toHaveLength(1);
  await save(second.body, '&topic=product&topic=newsletter');
  expect(await topicsOff('l@example.com')).toEqual([]);
  expect(told.map(({ detail }) => (JSON.parse(detail) as { event: string }).event)).toEqual([
    'email.unsubscribed',
    'email.resubscribed',
  ]);
});

test('an old form, sent again, changes nothing and shows what holds', async () => {
  await putLead(store.table, 'm', {});
  const old = stampIn((await withTopics('GET', choices('m'))).body);
  await withTopics('POST', choices('m'), 'confirm=all');
  expect(await suppressed('m@example.com')).toBe('unsubscribed');
  told.length = 0;
  for (const stamp of [old, '', 'x'.repeat(22), '<script>']) {
    const answer = await withTopics('POST', choices('m'), `confirm=topics&stamp=${stamp}&topic=product`);
    expect(answer.statusCode).toBe(409);
    expect(answer.body).not.toContain('<script>');
  }
  expect(await suppressed('m@example.com')).toBe('unsubscribed');
  expect(told).toEqual([]);
});

test('who wanted no mails at all may choose some again', async () => {
  await putLead(store.table, 'n', {});
  await withTopics('POST', choices('n'), 'confirm=all');
  const page = await withTopics('GET', choices('n'));
  expect(page.body).toContain('you get no mails at all');
  await withTopics('POST', choices('n'), `confirm=topics&stamp=${stampIn(page.body)}&topic=product`);
  expect(await suppressed('n@example.com')).toBeNull();
  expect(await topicsOff('n@example.com')).toEqual(['newsletter']);
});

test('a bounce and a complaint are not for a page to take back', async () => {
  await putLead(store.table, 'p', {});
  const suppressions = tableSuppressions(store.table);
  await suppressions.put({ hash: suppressionHash('p@example.com') ?? '', reason: 'unsubscribed' }, NOW);
  const page = await withTopics('GET', choices('p'));
  await suppressions.put({ hash: suppressionHash('p@example.com') ?? '', reason: 'complained' }, NOW);
  const body = `confirm=topics&stamp=${stampIn(page.body)}&topic=product`;
  expect((await withTopics('POST', choices('p'), body)).statusCode).toBe(409);
  const now = await withTopics('GET', choices('p'));
  expect(now.body).toContain('unwanted');
  expect(now.body).not.toContain('<form');
  expect(await suppressed('p@example.com')).toBe('complained');
});

test('news of an unsubscription that comes after it was taken back changes nothing', async () => {
  const suppressions = tableSuppressions(store.table);
  const hash = suppressionHash('late@example.com') ?? '';
  await suppressions.put({ hash, reason: 'unsubscribed' }, NOW);
  await suppressions.lift(hash, null, NOW + 10);
  await suppressions.put({ hash, reason: 'unsubscribed' }, NOW + 5);
  expect(await suppressions.find(hash)).toBeNull();
  await suppressions.put({ hash, reason: 'unsubscribed' }, NOW + 20);
  expect(await suppressions.find(hash)).toBe('unsubscribed');
  await suppressions.lift(hash, null, NOW + 15);
  expect(await suppressions.find(hash)).toBe('unsubscribed');
});

property.prop([fc.string(), fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('GET', 'POST')], {
  numRuns: 300,
})(
  'no token but ours does anything: made up, cut, or with any byte changed',
  async (noise, at, byte, method) => {
    await putLead(store.table, 'forged', {});
    const ours = aboutTopic('forged', 'newsletter');
    const bytes = Buffer.from(ours);
    bytes[at % bytes.length] = byte;
    for (const token of [noise, bytes.toString('latin1'), ours.slice(0, at % ours.length), ours + noise]) {
      if (token === ours) continue;
      expect((await withTopics(method, token, ONE_CLICK)).statusCode).toBe(400);
    }
    expect(await topicsOff('forged@example.com')).toEqual([]);
    expect(told).toEqual([]);
  },
);

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
