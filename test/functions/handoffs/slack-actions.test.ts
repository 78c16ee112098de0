import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NOW } from '../nurture.ts';
import { type Answering, SIGNING, startAnswering } from './answering.ts';

let sales: Answering;
beforeAll(async () => {
  sales = await startAnswering();
});
afterAll(() => sales.store.stop());
beforeEach(() => sales.reset());

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
  return sales.call('POST', '/slack/actions', {
    body: sent,
    headers: { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': signature },
  });
};

test('double clicks make one answer, and the message shows who took it', async () => {
  await sales.open('s1');
  const pressed = await Promise.all([
    press(payloadOf('s1', accept('s1'))),
    press(payloadOf('s1', accept('s1'))),
  ]);
  expect(pressed.map(({ status }) => status)).toEqual([200, 200]);
  expect(await sales.find('s1')).toMatchObject({ state: 'accepted', answer: { by: 'noor.haddad' } });
  expect(new Set(sales.told.map(({ messageId }) => messageId)).size).toBe(1);
  expect(sales.posted.length).toBeGreaterThan(0);
  for (const { address, posting } of sales.posted) {
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
  await sales.open('s2');
  const chosen = { action_id: 'handoff.not-a-fit', selected_option: { value: 'too-small' } };
  expect((await press(payloadOf('s2', chosen))).status).toBe(200);
  expect(sales.told).toMatchObject([{ event: 'handoff.rejected', properties: { reason: 'too-small' } }]);
});

test('who comes second reads who was first', async () => {
  await sales.open('s3');
  await sales.page(sales.tokenOf('s3'), { answer: 'not-now' });
  await press(payloadOf('s3', accept('s3')));
  expect(sales.posted[0]?.posting.body).toContain('Not now, says Freja');
  expect(await sales.find('s3')).toMatchObject({ state: 'closed' });
});

test('forged, stale, replayed later, or tampered with at any byte: refused, with no change', async () => {
  await sales.open('s4');
  const payload = payloadOf('s4', accept('s4'));
  expect((await press(payload, { secret: 'another' })).status).toBe(401);
  expect((await press(payload, { at: NOW - 301_000 })).status).toBe(401);
  expect((await press(payload, { at: NOW + 301_000 })).status).toBe(401);
  const length = new URLSearchParams({ payload: JSON.stringify(payload) }).toString().length;
  for (let place = 0; place < length; place += 1)
    expect((await press(payload, { tamper: place })).status).toBe(401);
  expect((await sales.call('POST', '/slack/actions', { body: 'payload=%7B%7D' })).status).toBe(401);
  expect((await sales.call('GET', '/slack/actions')).status).toBe(404);
  expect(await sales.find('s4')).toMatchObject({ state: 'open' });
  expect([...sales.told, ...sales.posted]).toEqual([]);
});

test('where Slack’s key is not known its buttons are not heard', async () => {
  await sales.open('s5');
  const before = sales.ports;
  sales.ports = { ...sales.ports, slackSecret: () => Promise.resolve('https://hooks.slack.com/services/x') };
  expect((await press(payloadOf('s5', accept('s5')), { secret: '' })).status).toBe(401);
  sales.ports = before;
});

test('a signed payload of any shape is heard without harm, and nothing is sales.posted elsewhere than to Slack', async () => {
  await sales.open('s6');
  const shapes = [null, [], 5, {}, { type: 'block_actions', actions: [null] }, { type: 'view_submission' }];
  for (const each of shapes) expect((await press(each as object)).status).toBe(200);
  await press({ ...payloadOf('s6', accept('s6')), response_url: 'https://evil.example/' });
  expect(sales.posted).toEqual([]);
});
