import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerToken } from '../../../core/handoff/answer-link.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { accountPk } from '../../../functions/aws/keys.ts';
import { createAnswers } from '../../../functions/handoffs/answers.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { heedingSales } from '../../../functions/handoffs/heed.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { followedHandoffs } from '../../../functions/handoffs/followed.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { createWatch, type WatchPorts } from '../../../functions/handoffs/watch.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import type { Posting } from '../../../functions/outbound/post.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const LINK = 'a secret that signs the links';
const SIGNING = 'slack signs with this';
let store: TestTable;
let now = NOW;
let busIsDown = false;
let told: { event: string; leadId: string; messageId: string; properties: Record<string, unknown> }[] = [];
let posted: { address: string; posting: Posting }[] = [];
let ports: Parameters<typeof createAnswers>[0] & WatchPorts;

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: { time_zone: 'Europe/Copenhagen' } },
    handoff: {
      default: { name: 'Sales', email: 's@example.com' },
      answer_within: '4h',
      reasons: { 'too-small': 'Company <too> small' },
    },
  });
  ports = {
    standings: tableStandings(table, tablePeople(table)),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    publish: ({ detail }: BusEntry) => {
      if (busIsDown) return Promise.resolve(false);
      told.push(...(JSON.parse(detail) as { batch: typeof told }).batch);
      return Promise.resolve(true);
    },
    linkSecret: () => Promise.resolve(LINK),
    slackSecret: () => Promise.resolve(JSON.stringify({ url: 'https://x', signing_secret: SIGNING })),
    post: (address, posting) => {
      posted.push({ address, posting });
      return Promise.resolve({ status: 200 });
    },
    localSlack: false,
    clock: { now: () => now },
    publicUrl: 'https://kindling.example',
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  now = NOW;
  busIsDown = false;
  told = [];
  posted = [];
});

const HOSTILE = `<script>alert(1)</script> "{{ x }}" <!channel>\r\nBcc: evil@example.com`;
const open = async (id: string, more: Partial<HandoffRecord> = {}): Promise<void> => {
  await putLead(store.table, id, {});
  const owner = { name: 'Freja', email: 'f@example.com' };
  await tableHandoffs(store.table).open(id, {
    entry: 1,
    at: NOW,
    state: 'open',
    owner,
    asked: [{ owner, at: NOW, why: 'first' }],
    ruleset: RULESET,
    brief: {
      ...{ name: HOSTILE, email: null, company: HOSTILE, title: null, phone: null, country: null },
      ...{ band: 'hot', grade: null, group: null, total: 71 },
      ...{ scores: [], reasons: [], timeline: [], products: [] },
    },
    ...more,
  });
};
const find = (id: string) => tableHandoffs(store.table).find(id, 1);
const tokenOf = (id: string, more = {}): string =>
  answerToken({ of: 'lead', id, entry: 1, asked: 0, expiresAt: NOW + 1_000_000, ...more }, LINK);

const call = async (
  method: string,
  path: string,
  {
    body = '',
    headers = {},
    query = {},
    params = {},
  }: Partial<Record<'headers' | 'query' | 'params', object>> & { body?: string } = {},
): Promise<{ status: number; body: string }> => {
  const event = {
    requestContext: { http: { method }, requestId: 'r' },
    rawPath: path,
    headers,
    queryStringParameters: query,
    pathParameters: params,
    body,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
  const answer = await createAnswers(ports)(event, {} as Context);
  return { status: answer.statusCode ?? 0, body: answer.body ?? '' };
};
const page = (token: string, form?: Record<string, string>) =>
  call(form === undefined ? 'GET' : 'POST', `/h/${token}`, {
    params: { token },
    ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
  });

describe('the page behind a button', () => {
  test('looking changes nothing, also at an address that asks for an answer', async () => {
    await open('look');
    const { status, body } = await page(tokenOf('look'));
    expect(status).toBe(200);
    expect(body).toContain('I take it');
    await call('GET', '/h/x', { params: { token: tokenOf('look') }, query: { answer: 'accepted' } });
    await call('HEAD', '/h/x', { params: { token: tokenOf('look') }, query: { answer: 'accepted' } });
    expect(await find('look')).toMatchObject({ state: 'open' });
    expect(told).toEqual([]);
  });

  test('what strangers called themselves stays text', async () => {
    await open('text');
    const { body } = await page(tokenOf('text'));
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).not.toContain('<script');
    expect(body).toContain('Company &lt;too&gt; small');
  });

  test('one answer counts, and is told once, however often a button is pressed', async () => {
    await open('twice');
    const answers = await Promise.all([
      page(tokenOf('twice'), { answer: 'accepted' }),
      page(tokenOf('twice'), { answer: 'accepted' }),
      page(tokenOf('twice'), { answer: 'not-now' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await page(tokenOf('twice'), { answer: 'not-a-fit', reason: 'too-small' });
    const record = await find('twice');
    expect(record?.untold).toEqual([]);
    // Told twice by two clicks at once, it is one event: the ids are the same.
    expect(new Set(told.map(({ messageId }) => messageId)).size).toBe(1);
    expect(new Set(told.map(({ event }) => event)).size).toBe(1);
  });

  test.each([
    [{ answer: 'accepted' }, 'accepted', 'handoff.accepted', undefined],
    [{ answer: 'not-now' }, 'closed', 'handoff.rejected', 'not-now'],
    [{ answer: 'not-a-fit', reason: 'too-small' }, 'closed', 'handoff.rejected', 'too-small'],
  ])('%j', async (form, state, event, reason) => {
    const id = `a-${form.answer}`;
    await open(id);
    await page(tokenOf(id), form);
    expect(await find(id)).toMatchObject({ state, answer: { what: form.answer, by: 'Freja', at: NOW } });
    expect(told).toEqual([
      expect.objectContaining({
        event,
        leadId: id,
        messageId: `handoff#${id}#1#answer`,
        properties: { handoff: `lead/${id}/1`, by: 'Freja', ...(reason === undefined ? {} : { reason }) },
      }),
    ]);
  });

  test('once it is taken, the page asks how it ended', async () => {
    await open('deal');
    expect((await page(tokenOf('deal'), { answer: 'won' })).status).toBe(200);
    expect(await find('deal')).toMatchObject({ state: 'open' });
    const after = await page(tokenOf('deal'), { answer: 'accepted' });
    expect(after.body).toContain('Freja took it, 14 May 2026, 12:00.');
    expect(after.body).toContain('The deal is won');
    await page(tokenOf('deal'), { answer: 'lost', reason: 'too dear' });
    await page(tokenOf('deal'), { answer: 'won' });
    expect(await find('deal')).toMatchObject({ state: 'closed', deal: { what: 'lost', reason: 'too dear' } });
    expect(told.map(({ event }) => event)).toEqual(['handoff.accepted', 'deal.lost']);
  });

  test('forged, tampered with at any byte, of another secret, stale, or without an answer: refused, with no change', async () => {
    await open('safe');
    const token = tokenOf('safe');
    const forged = answerToken(
      { of: 'lead', id: 'safe', entry: 1, asked: 0, expiresAt: NOW + 1_000 },
      'another secret, as long',
    );
    const bad = [forged, '', '.', 'x', `${token}x`, token.slice(0, -1), `${token}.`];
    for (let place = 0; place < token.length; place += 1)
      bad.push(token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1));
    for (const each of bad) expect((await page(each, { answer: 'accepted' })).status, each).toBe(400);
    now = NOW + 1_000_000;
    expect((await page(token, { answer: 'accepted' })).status).toBe(410);
    now = NOW;
    for (const form of [
      {},
      { answer: 'toString' },
      { answer: 'not-a-fit', reason: '__proto__' },
      { answer: 'not-a-fit' },
    ])
      expect((await page(token, form as Record<string, string>)).status).toBe(400);
    expect((await page(tokenOf('nobody'), { answer: 'accepted' })).status).toBe(410);
    expect(await find('safe')).toMatchObject({ state: 'open' });
    expect(told).toEqual([]);
  });

  test('the address holds no address of a person', () => {
    const [payload = ''] = tokenOf('lead-1').split('.');
    expect(Buffer.from(payload, 'base64url').toString()).not.toContain('@');
  });

  test('an answer that the bus did not hear of is told by whoever comes by next', async () => {
    await open('down');
    busIsDown = true;
    expect((await page(tokenOf('down'), { answer: 'accepted' })).status).toBe(200);
    expect(await find('down')).toMatchObject({ state: 'accepted', untold: ['answer'] });
    busIsDown = false;
    const watch = createWatch(ports);
    expect(await watch({ action: 'watch', leadId: 'down', entry: 1, told: 0 })).toEqual({ outcome: 'done' });
    expect(told.map(({ event }) => event)).toEqual(['handoff.accepted']);
    expect(await find('down')).toMatchObject({ untold: [] });
  });

  test('a merged lead’s handoff is answered where it went', async () => {
    await open('younger');
    const record = await find('younger');
    await putLead(store.table, 'younger', { into: 'older' });
    await putLead(store.table, 'older', {});
    await store.table.put({ pk: 'LEAD#older', sk: 'HANDOFF#000001', from: 'younger', ...record });
    await page(tokenOf('younger'), { answer: 'accepted' });
    expect(await find('older')).toMatchObject({ state: 'accepted' });
    expect(told).toMatchObject([{ event: 'handoff.accepted', leadId: 'older' }]);
  });
});

describe('buttons in Slack', () => {
  const payloadOf = (id: string, action: object) => ({
    type: 'block_actions',
    user: { id: 'U1', username: 'noor', name: 'noor.haddad' },
    actions: [action],
    message: {
      blocks: [
        {
          type: 'actions',
          elements: [{ action_id: 'handoff.accept', value: JSON.stringify({ of: 'lead', id, entry: 1 }) }],
        },
      ],
    },
    response_url: 'https://hooks.slack.com/actions/T1/1/x',
  });
  const accept = (id: string) => ({
    action_id: 'handoff.accept',
    value: JSON.stringify({ of: 'lead', id, entry: 1 }),
  });
  const press = (payload: object, more: { at?: number; secret?: string; tamper?: number } = {}) => {
    const timestamp = String(Math.floor((more.at ?? NOW) / 1000));
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const signature = `v0=${createHmac('sha256', more.secret ?? SIGNING)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex')}`;
    const place = more.tamper;
    const sent =
      place === undefined
        ? body
        : body.slice(0, place) + (body[place] === 'A' ? 'B' : 'A') + body.slice(place + 1);
    return call('POST', '/slack/actions', {
      body: sent,
      headers: { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': signature },
    });
  };

  test('double clicks make one answer, and the message shows who took it', async () => {
    await open('s1');
    const pressed = await Promise.all([
      press(payloadOf('s1', accept('s1'))),
      press(payloadOf('s1', accept('s1'))),
    ]);
    expect(pressed.map(({ status }) => status)).toEqual([200, 200]);
    expect(await find('s1')).toMatchObject({ state: 'accepted', answer: { by: 'noor.haddad' } });
    expect(new Set(told.map(({ messageId }) => messageId)).size).toBe(1);
    expect(posted.length).toBeGreaterThan(0);
    for (const { address, posting } of posted) {
      expect(address).toBe('https://hooks.slack.com/actions/T1/1/x');
      expect(posting.body).toContain('"replace_original":true');
      expect(posting.body).toContain('noor.haddad took it');
      expect(posting.body).not.toContain('handoff.accept');
      // All but the header, which is plain text.
      const { text, blocks } = JSON.parse(posting.body) as { text: string; blocks: object[] };
      expect(text + JSON.stringify(blocks.slice(1))).not.toContain('<!channel>');
    }
  });

  test('a reason is chosen from the menu', async () => {
    await open('s2');
    const chosen = { action_id: 'handoff.not-a-fit', selected_option: { value: 'too-small' } };
    expect((await press(payloadOf('s2', chosen))).status).toBe(200);
    expect(told).toMatchObject([{ event: 'handoff.rejected', properties: { reason: 'too-small' } }]);
  });

  test('who comes second reads who was first', async () => {
    await open('s3');
    await page(tokenOf('s3'), { answer: 'not-now' });
    await press(payloadOf('s3', accept('s3')));
    expect(posted[0]?.posting.body).toContain('Not now, says Freja');
    expect(await find('s3')).toMatchObject({ state: 'closed' });
  });

  test('forged, stale, replayed later, or tampered with at any byte: refused, with no change', async () => {
    await open('s4');
    const payload = payloadOf('s4', accept('s4'));
    expect((await press(payload, { secret: 'another' })).status).toBe(401);
    expect((await press(payload, { at: NOW - 301_000 })).status).toBe(401);
    expect((await press(payload, { at: NOW + 301_000 })).status).toBe(401);
    const length = new URLSearchParams({ payload: JSON.stringify(payload) }).toString().length;
    for (let place = 0; place < length; place += 7)
      expect((await press(payload, { tamper: place })).status).toBe(401);
    expect((await call('POST', '/slack/actions', { body: 'payload=%7B%7D' })).status).toBe(401);
    expect((await call('GET', '/slack/actions')).status).toBe(404);
    expect(await find('s4')).toMatchObject({ state: 'open' });
    expect([...told, ...posted]).toEqual([]);
  });

  test('where Slack’s key is not known its buttons are not heard', async () => {
    await open('s5');
    const before = ports;
    ports = { ...ports, slackSecret: () => Promise.resolve('https://hooks.slack.com/services/x') };
    expect((await press(payloadOf('s5', accept('s5')), { secret: '' })).status).toBe(401);
    ports = before;
  });

  test('a signed payload of any shape is heard without harm, and nothing is posted elsewhere than to Slack', async () => {
    await open('s6');
    const shapes = [null, [], 5, {}, { type: 'block_actions', actions: [null] }, { type: 'view_submission' }];
    for (const each of shapes) expect((await press(each as object)).status).toBe(200);
    await press({ ...payloadOf('s6', accept('s6')), response_url: 'https://evil.example/' });
    expect(posted).toEqual([]);
  });
});

describe('what sales says elsewhere', () => {
  const event = (name: string, properties = {}, at = NOW + 1_000) =>
    ({ id: `e-${name}`, name, type: 'track', properties, occurredAt: at }) as never;
  const heed = (id: string, ...events: never[]): Promise<void> =>
    heedingSales(tableStandings(store.table, tablePeople(store.table)))({ id }, events);

  test('over the API closes the loop, and the bus is not told what it said', async () => {
    await open('h1');
    await heed('h1', event('handoff.accepted', { by: 'the CRM' }));
    expect(await find('h1')).toMatchObject({ state: 'accepted', answer: { by: 'the CRM' } });
    await heed('h1', event('deal.won', { amount: 5000 }, NOW + 2_000));
    const record = await find('h1');
    expect(record).toMatchObject({ state: 'closed', deal: { what: 'won', amount: 5000 } });
    expect(record?.untold ?? []).toEqual([]);
  });

  test('of an earlier time, or of a lead without a handoff, changes nothing', async () => {
    await open('h2');
    await heed('h2', event('deal.won', {}, NOW - 1), event('page'));
    expect(await find('h2')).toMatchObject({ state: 'open' });
    await expect(heed('nobody', event('deal.won'))).resolves.toBeUndefined();
  });

  test('a rejection with its reason', async () => {
    await open('h3');
    await heed('h3', event('handoff.rejected', { reason: 'not-now' }));
    expect(await find('h3')).toMatchObject({ state: 'closed', answer: { what: 'not-now' } });
  });
});

describe('the watch', () => {
  test('asks the same one again, whatever crashes, until they have been told', async () => {
    await open('w1');
    const watch = createWatch(ports);
    const task = (done: number) => ({ action: 'watch', leadId: 'w1', entry: 1, told: done });
    // Noon in Copenhagen on a Thursday: four hours of work end at four.
    expect(await watch(task(0))).toEqual({ outcome: 'wait', until: '2026-05-14T14:00:00.000Z' });
    now = Date.parse('2026-05-14T14:00:00Z');
    expect(await watch(task(0))).toEqual({ outcome: 'ask', visit: 1 });
    expect(await watch(task(0))).toEqual({ outcome: 'ask', visit: 1 });
    expect(await watch(task(1))).toMatchObject({ outcome: 'wait' });
    expect(await find('w1')).toMatchObject({ asked: [{ why: 'first' }, { why: 'reminder' }] });
    now += 24 * 3_600_000;
    expect(await watch(task(1))).toEqual({ outcome: 'done' });
    expect(await find('w1')).toMatchObject({ state: 'open', unansweredAt: now });
    expect(await watch(task(1))).toEqual({ outcome: 'done' });
  });

  test('goes on where its lead was merged, also before the merge has taken the handoff along', async () => {
    await open('w2');
    const watch = createWatch(ports);
    const task = (done: number) => ({ action: 'watch', leadId: 'w2', entry: 1, told: done });
    expect(await watch(task(0))).toEqual({ outcome: 'wait', until: '2026-05-14T14:00:00.000Z' });
    await putLead(store.table, 'w2-older', {});
    await open('w2-older');
    await putLead(store.table, 'w2', { into: 'w2-older' });
    now = Date.parse('2026-05-14T14:00:00Z');
    expect(await watch(task(0))).toEqual({ outcome: 'wait', until: '2026-05-14T14:05:00.000Z' });
    const leads = tableLeads(store.table, { due: 1, band: 1 });
    for (const extra of await leads.extras('w2')) await leads.takeExtra('w2-older', 'w2', extra);
    now = Date.parse('2026-05-14T14:05:00Z');
    expect(await watch(task(0))).toEqual({ outcome: 'ask', visit: 1 });
    // Those who tell of it read who is asked now, and not the survivor's own of the same number.
    const found = await followedHandoffs(store.table).find('w2', 1);
    expect(found).toMatchObject({ asked: [{ why: 'first' }, { why: 'reminder' }] });
    expect(await find('w2-older')).toMatchObject({ asked: [{ why: 'first' }] });
    now = NOW;
    await page(tokenOf('w2'), { answer: 'accepted' });
    expect(await watch(task(1))).toEqual({ outcome: 'done' });
    expect(await followedHandoffs(store.table).find('w2', 1)).toMatchObject({ state: 'accepted' });
    expect(await find('w2-older')).toMatchObject({ state: 'open' });
    expect(await watch({ ...task(0), leadId: 'nobody' })).toEqual({ outcome: 'done' });
  });

  test('of an account, too', async () => {
    const owner = { name: 'Freja', email: 'f@example.com' };
    const brief = {
      people: [{ leadId: 'p1' }, { leadId: 'p2' }],
      name: 'Acme',
      band: null,
      more: 0,
      industry: null,
      country: null,
    };
    await tableHandoffs(store.table, accountPk).open('acme.example', {
      ...{ entry: 1, at: NOW, state: 'open', owner, ruleset: RULESET },
      brief: brief as never,
    });
    await page(tokenOf('acme.example', { of: 'account' }), { answer: 'accepted' });
    expect(told.map(({ event, leadId }) => `${event} ${leadId}`)).toEqual([
      'handoff.accepted p1',
      'handoff.accepted p2',
    ]);
    const watch = createWatch(ports);
    expect(
      await watch({ action: 'watch', leadId: null, accountId: 'acme.example', entry: 1, told: 0 }),
    ).toEqual({ outcome: 'done' });
  });
});
