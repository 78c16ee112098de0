import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTable } from '../../../functions/aws/table.ts';
import { readTogether } from '../../../functions/aws/together.ts';

const CREDENTIALS = { accessKeyId: 'AKID', secretAccessKey: 'secret/KEY', sessionToken: 'token==' };

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let seen: Seen[] = [];
/** What the service does with the n-th request, from 0. */
let behave: (n: number, response: ServerResponse, body: string) => void;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    seen.push({ headers: request.headers, body });
    behave(seen.length - 1, response, body);
  });
});
const say = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
};
const refuse = (response: ServerResponse, status: number, name: string): void =>
  say(response, status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' });

let client: DynamoDBClient;
beforeEach(async () => {
  seen = [];
  behave = (_n, response) => say(response, 200, { Item: { pk: { S: 'a' }, sk: { S: 'b' }, n: { N: '3' } } });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  client = new DynamoDBClient({ endpoint, region: 'eu-north-1', credentials: CREDENTIALS });
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const table = () => openTable(client, 'leads');
const KEY = { pk: 'a', sk: 'b' };

describe('a call of the table', () => {
  test.each([
    ['a fault of the service', (response: ServerResponse) => refuse(response, 500, 'InternalServerError')],
    ['a throttling', (response: ServerResponse) => refuse(response, 400, 'ThrottlingException')],
    ['a page of some proxy', (response: ServerResponse) => response.writeHead(502).end('<html>')],
    ['a broken line', (response: ServerResponse) => response.destroy()],
  ])('comes again after %s', async (_what, fail) => {
    behave = (n, response) =>
      n < 2 ? void fail(response) : say(response, 200, { Item: { pk: { S: 'a' }, sk: { S: 'b' } } });
    expect(await table().get(KEY)).toEqual(KEY);
    expect(seen).toHaveLength(3);
  });

  test('gives up after the SDK’s four tries, and says why', async () => {
    behave = (_n, response) => refuse(response, 400, 'ProvisionedThroughputExceededException');
    await expect(table().get(KEY)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    expect(seen).toHaveLength(4);
  });

  test('is refused once where the refusal stands', async () => {
    behave = (_n, response) => refuse(response, 400, 'AccessDeniedException');
    await expect(table().get(KEY)).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'no' });
    expect(seen).toHaveLength(1);
  });

  test('a condition that does not hold is an answer', async () => {
    behave = (_n, response) => refuse(response, 400, 'ConditionalCheckFailedException');
    expect(await table().put({ ...KEY, n: 1 }, { expression: 'attribute_not_exists(pk)' })).toBe(false);
    expect(seen).toHaveLength(1);
  });
});

describe('reads of one turn', () => {
  const pause = (): Promise<void> => Promise.resolve();
  interface Asked {
    readonly RequestItems: { readonly leads: { readonly Keys: readonly { sk: { S: string } }[] } };
  }
  const keysOf = (body: string): string[] =>
    (JSON.parse(body) as Asked).RequestItems.leads.Keys.map(({ sk }) => sk.S);

  test('are one request, each with its own answer; the same key twice is asked once', async () => {
    behave = (_n, response, body) => {
      const items = keysOf(body)
        .filter((sk) => sk !== 'none')
        .map((sk) => ({ pk: { S: 'a' }, sk: { S: sk } }));
      // in an order of its own
      say(response, 200, { Responses: { leads: items.reverse() }, UnprocessedKeys: {} });
    };
    const together = readTogether(table(), pause);
    const found = await Promise.all(['x', 'none', 'y', 'x'].map((sk) => together.get({ pk: 'a', sk })));
    expect(found.map((item) => item?.['sk'] ?? null)).toEqual(['x', null, 'y', 'x']);
    expect(seen).toHaveLength(1);
    expect(keysOf(seen[0]!.body)).toEqual(['x', 'none', 'y']);
  });

  test('that a busy table leaves out are asked for again', async () => {
    behave = (n, response, body) => {
      const keys = keysOf(body);
      const done = n === 0 ? keys.slice(0, 1) : keys;
      const left =
        n === 0 ? { leads: { Keys: keys.slice(1).map((sk) => ({ pk: { S: 'a' }, sk: { S: sk } })) } } : {};
      const items = done.map((sk) => ({ pk: { S: 'a' }, sk: { S: sk } }));
      say(response, 200, { Responses: { leads: items }, UnprocessedKeys: left });
    };
    const together = readTogether(table(), pause);
    const found = await Promise.all(['x', 'y', 'z'].map((sk) => together.get({ pk: 'a', sk })));
    expect(found.map((item) => item?.['sk'])).toEqual(['x', 'y', 'z']);
    expect(seen.map(({ body }) => keysOf(body))).toEqual([
      ['x', 'y', 'z'],
      ['y', 'z'],
    ]);
  });

  test('fail together where the request fails', async () => {
    behave = (_n, response) => refuse(response, 400, 'AccessDeniedException');
    const together = readTogether(table(), pause);
    const found = await Promise.allSettled(['x', 'y'].map((sk) => together.get({ pk: 'a', sk })));
    expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('asked for later are another request', async () => {
    const together = readTogether(table(), pause);
    await together.get(KEY);
    await together.get(KEY);
    expect(seen.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'DynamoDB_20120810.GetItem',
      'DynamoDB_20120810.GetItem',
    ]);
  });
});
