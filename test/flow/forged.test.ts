import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';

/*
 * Everything signed that a stranger can send to the running product, with every one of its bytes changed in turn: each is
 * refused, and the whole table is as it was, item by item. Then the very thing itself is taken.
 */

const START = '2026-05-04T08:00:00.000Z';
const SECONDS = String(Date.parse(START) / 1000);
const SHIPPED = join(import.meta.dirname, '..', '..', 'rules', 'sources');
const KEY = 'a-key-of-the-local-runtime';
const SLACK = 'slack-signs-with-this-locally';

let rules: string;
let product: Product;
let store: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  // Another DynamoDB than the embedded one, so that the test can look into the table.
  store = dynalite({ createTableMs: 0 });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'handoff-rules'])
    await cp(join(import.meta.dirname, part), rules, { recursive: true });
  for (const file of await readdir(SHIPPED))
    if (!file.endsWith('.test.yaml')) await cp(join(SHIPPED, file), join(rules, 'sources', file));
  product = await startProduct({
    args: ['--rules', rules, '--virtual-clock', START, '--dynamodb', endpoint],
  });
  const message = (type: string, more: object) => ({
    type,
    userId: 'kim',
    timestamp: START,
    messageId: `${type}-1`,
    ...more,
  });
  await product.send(
    message('identify', {
      traits: { email: 'kim@alpha.example', name: 'Kim', title: 'Head of IT', country: 'SE' },
    }),
    message('page', { properties: { path: '/pricing' } }),
  );
  await product.idle();
  await product.send(message('track', { event: 'Demo Booked' }));
  await product.idle();
});
afterAll(async () => {
  await product.end();
  client.destroy();
  store.close();
  await rm(rules, { recursive: true, force: true });
});

/** Every item of the table, as text. */
const everything = async (): Promise<readonly string[]> => {
  await product.idle();
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const items: string[] = [];
  for await (const { Items = [] } of paginateScan(
    { client },
    { TableName: TableNames[0], ConsistentRead: true },
  ))
    items.push(...Items.map((item) => JSON.stringify(item)));
  return items.sort();
};

/** A text with the character at each place changed in turn, and cut, and longer by one. */
function* tampered(text: string): Generator<string> {
  for (let place = 0; place < text.length; place += 1)
    yield text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1);
  yield text.slice(0, -1);
  yield `${text}A`;
}
const AT_ONCE = 8;
/** What the product answers to each of these, sent some at a time. */
const answersTo = async (requests: readonly (() => Promise<Response>)[]): Promise<ReadonlySet<number>> => {
  const statuses = new Set<number>();
  for (let from = 0; from < requests.length; from += AT_ONCE)
    for (const { status } of await Promise.all(requests.slice(from, from + AT_ONCE).map((send) => send())))
      statuses.add(status);
  return statuses;
};

let before: readonly string[];
beforeEach(async () => {
  before = await everything();
  expect(before.length).toBeGreaterThan(5);
});

describe('the links in mails', () => {
  const linkTo = async (who: string, find: (mail: { html: string; unsubscribe: string }) => string) => {
    const mail = (await product.mail()).find(({ to }) => String(to).includes(who));
    const unsubscribe = /<(http[^>]+)>/.exec(mail?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
    return find({ html: mail?.html ?? '', unsubscribe }).split('?')[0] ?? '';
  };
  test.each([
    [
      'a button of a handoff',
      () => linkTo('nora@', ({ html }) => /href="([^"]+\/h\/[^"]+)"/.exec(html)?.[1] ?? ''),
      { answer: 'accepted' },
    ],
    [
      'one click that unsubscribes',
      () => linkTo('kim@', ({ unsubscribe }) => unsubscribe),
      { 'List-Unsubscribe': 'One-Click' },
    ],
  ])('%s', async (_, find, form) => {
    const link = await find();
    const [, base = '', token = ''] = /^(.+\/[hu]\/)([^/]+)$/.exec(link) ?? [];
    expect(token.length).toBeGreaterThan(60);
    const body = new URLSearchParams(form);
    const changed = [...tampered(token)];
    const statuses = await answersTo([
      ...changed.map((each) => () => fetch(base + each, { method: 'POST', body })),
      ...changed.map((each) => () => fetch(base + each)),
    ]);
    expect([...statuses]).toEqual([400]);
    // Looking changes nothing, with the right token too.
    expect((await fetch(`${link}?answer=accepted`)).status).toBe(200);
    expect(await everything()).toEqual(before);
    expect((await fetch(link, { method: 'POST', body })).status).toBe(200);
    expect(await everything()).not.toEqual(before);
  });
});

test('a button in Slack', async () => {
  const payload = JSON.stringify({
    type: 'block_actions',
    user: { name: 'nora.north' },
    actions: [
      {
        action_id: 'handoff.accept',
        value: JSON.stringify({ of: 'lead', id: (await product.lead('kim@alpha.example')).id, entry: 1 }),
      },
    ],
  });
  const body = new URLSearchParams({ payload }).toString();
  const sign = (time: string): string =>
    `v0=${createHmac('sha256', SLACK).update(`v0:${time}:${body}`).digest('hex')}`;
  const press =
    (said: string, time = SECONDS, signature = sign(time)) =>
    (): Promise<Response> =>
      fetch(`${product.url}/slack/actions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': time,
          'x-slack-signature': signature,
        },
        body: said,
      });
  const statuses = await answersTo([
    ...[...tampered(body)].map((said) => press(said)),
    ...[...tampered(SECONDS)].map((time) => press(body, time, sign(SECONDS))),
    ...[...tampered(sign(SECONDS))].map((signature) => press(body, SECONDS, signature)),
    // Stale, and from the future.
    press(body, String(Number(SECONDS) - 301)),
    press(body, String(Number(SECONDS) + 301)),
  ]);
  expect([...statuses]).toEqual([401]);
  expect(await everything()).toEqual(before);
  // It was answered above: whoever comes second changes nothing either, and is heard.
  expect((await press(body)()).status).toBe(200);
  expect(await everything()).toEqual(before);
});

const hmac = (how: 'hex' | 'base64', text: string): string =>
  createHmac('sha256', KEY).update(text).digest(how);
const BODY = JSON.stringify({
  ...{ event_id: 'e1', token: 't1', id: 17, email: 'ida@beta.example', contact: 'ida@beta.example' },
  ...{ stage: 'closedwon', event_type: 'form_response', answer: 'Åse' },
});
const SOURCES: readonly [string, (url: string) => Record<string, string>][] = [
  ['typeform', () => ({ 'typeform-signature': `sha256=${hmac('base64', BODY)}` })],
  ['cal-com', () => ({ 'x-cal-signature-256': hmac('hex', BODY) })],
  [
    'calendly',
    () => ({ 'calendly-webhook-signature': `t=${SECONDS},v1=${hmac('hex', `${SECONDS}.${BODY}`)}` }),
  ],
  ['stripe', () => ({ 'stripe-signature': `t=${SECONDS},v1=${hmac('hex', `${SECONDS}.${BODY}`)}` })],
  [
    'hubspot',
    (url) => ({
      'x-hubspot-request-timestamp': `${SECONDS}000`,
      'x-hubspot-signature-v3': hmac('base64', `POST${url}${BODY}${SECONDS}000`),
    }),
  ],
];

test.each(SOURCES)('a webhook of %s', async (source, headersOf) => {
  const url = `${product.url}/hooks/${source}`;
  const headers = headersOf(url);
  const deliver =
    (body: Buffer<ArrayBuffer> | string, said: Record<string, string>) => (): Promise<Response> =>
      fetch(url, { method: 'POST', headers: said, body });
  const bytes = Buffer.from(BODY);
  const bodies = Array.from(bytes, (byte, place) => {
    const changed = Buffer.from(bytes);
    changed[place] = byte ^ 1;
    return changed;
  });
  const statuses = await answersTo([
    ...[...bodies, bytes.subarray(1), Buffer.concat([bytes, Buffer.from(' ')])].map((body) =>
      deliver(body, headers),
    ),
    ...Object.entries(headers).flatMap(([name, value]) =>
      [...tampered(value)].map((changed) => deliver(BODY, { ...headers, [name]: changed })),
    ),
    deliver(BODY, {}),
    // Meant for another source.
    () =>
      fetch(`${product.url}/hooks/${source === 'typeform' ? 'stripe' : 'typeform'}`, {
        method: 'POST',
        headers,
        body: BODY,
      }),
  ]);
  expect([...statuses]).toEqual([401]);
  expect(await everything()).toEqual(before);
  expect((await deliver(BODY, headers)()).status).toBe(200);
  const taken = await everything();
  expect(taken).not.toEqual(before);
  // Replayed, it is known.
  expect(await (await deliver(BODY, headers)()).json()).toMatchObject({ duplicate: true });
  expect(await everything()).toEqual(taken);
});
