import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { fc, test as property } from '@fast-check/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signed } from '../../cli/aws/signature.ts';
import { often, OFTEN } from '../../../functions/aws/client.ts';
import { Sha256 } from '../../../functions/aws/sha256.ts';

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
let seen: Seen[] = [];
/** What the service does with the n-th request, from 0. */
let behave: (n: number, response: ServerResponse) => void;
let endpoint = '';
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    seen.push({ headers: request.headers, body });
    behave(seen.length - 1, response);
  });
});
const say = (response: ServerResponse, status: number, body: object, headers: object = {}): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers });
  response.end(JSON.stringify(body));
};

beforeEach(async () => {
  seen = [];
  behave = (_n, response) => say(response, 200, { Item: { pk: { S: 'a' } } });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const FIRST = { accessKeyId: 'AKID', secretAccessKey: 'secret/KEY', sessionToken: 'token==' };
const SECOND = { accessKeyId: 'AKID2', secretAccessKey: 'another', sessionToken: 'token2' };
const get = new GetItemCommand({ TableName: 'leads', Key: { pk: { S: 'ü' } } });

const instantOf = ({ headers }: Seen): Date =>
  new Date(String(headers['x-amz-date']).replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));

/** The signature that AWS comes to for a request, by the same secret. */
const expected = (request: Seen, credentials: typeof FIRST): string | undefined => {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(String(request.headers.authorization)) ?? [];
  const own = ['host', 'x-amz-date', 'x-amz-security-token'];
  const headers = Object.fromEntries(
    names
      .split(';')
      .filter((name) => !own.includes(name))
      .map((name) => [name, String(request.headers[name])]),
  );
  return signed(
    { url: new URL(endpoint), headers, body: request.body },
    { service: 'dynamodb', region: 'eu-north-1' },
    credentials,
    instantOf(request),
  )['authorization'];
};

test('a call is signed as AWS asks, with the credentials of the moment', async () => {
  let credentials = { ...FIRST, expiration: new Date(Date.now() + 1_000) };
  const client = often(
    new DynamoDBClient({
      ...OFTEN,
      endpoint,
      region: 'eu-north-1',
      credentials: () => Promise.resolve(credentials),
    }),
  );
  await client.send(get);
  expect(seen[0]!.headers.authorization).toBe(expected(seen[0]!, FIRST));
  // what is about to expire is asked for anew
  credentials = { ...SECOND, expiration: new Date(Date.now() + 3_600_000) };
  await client.send(get);
  await client.send(get);
  expect(seen[2]!.headers.authorization).toBe(expected(seen[2]!, SECOND));
  expect(seen[2]!.headers['x-amz-security-token']).toBe('token2');
});

test('a clock that is off is corrected by what AWS says the time is', async () => {
  const client = often(new DynamoDBClient({ ...OFTEN, endpoint, region: 'eu-north-1', credentials: FIRST }));
  const there = Date.now() + 3_600_000;
  behave = (n, response) =>
    n === 0
      ? say(
          response,
          400,
          { __type: 'com.amazon.coral.service#InvalidSignatureException', message: 'Signature expired' },
          { date: new Date(there).toUTCString() },
        )
      : say(response, 200, {}, { date: new Date(there).toUTCString() });
  await client.send(get);
  expect(seen).toHaveLength(2);
  expect(Math.abs(instantOf(seen[1]!).getTime() - there)).toBeLessThan(60_000);
  expect(seen[1]!.headers.authorization).toBe(expected(seen[1]!, FIRST));
});

test('where its region cannot be told, the next call asks again', async () => {
  let asked = 0;
  const client = often(
    new DynamoDBClient({
      ...OFTEN,
      endpoint,
      credentials: FIRST,
      region: (): Promise<string> =>
        (asked += 1) < 3 ? Promise.reject(new Error('no region')) : Promise.resolve('eu-north-1'),
    }),
  );
  for (let tries = 0; tries < 10 && seen.length === 0; tries += 1) await client.send(get).catch(() => {});
  expect(seen[0]!.headers.authorization).toBe(expected(seen[0]!, FIRST));
});

property.prop([
  fc.uint8Array(),
  fc.option(fc.oneof(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1 }))),
])('hashes are SHA-256, and HMACs of it', async (data, secret) => {
  for (const _again of [1, 2]) {
    const ours = new Sha256(secret ?? undefined);
    ours.update(data);
    const theirs = secret === null ? createHash('sha256') : createHmac('sha256', secret);
    expect(Buffer.from(await ours.digest()).toString('hex')).toBe(theirs.update(data).digest('hex'));
    ours.reset();
    ours.update(data);
    const again = secret === null ? createHash('sha256') : createHmac('sha256', secret);
    expect(Buffer.from(await ours.digest())).toEqual(again.update(data).digest());
  }
});
