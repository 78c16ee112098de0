import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { lookup } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isPublic } from '../../../functions/outbound/address.ts';
import { poster } from '../../../functions/outbound/post.ts';
import { settledBy } from '../../../functions/outbound/settle.ts';

describe('which addresses are the internet', () => {
  test.each([
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'localhost',
    '',
  ])('%s is not', (ip) => expect(isPublic(ip)).toBe(false));
  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])('%s is', (ip) =>
    expect(isPublic(ip)).toBe(true),
  );
});

let server: Server;
let port: number;
let respond: (request: IncomingMessage, response: ServerResponse) => void;
let heard: { url: string; body: string; headers: IncomingMessage['headers'] }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      heard.push({ url: request.url ?? '', body, headers: request.headers });
      respond(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  heard = [];
  respond = (_, response) => response.writeHead(200).end('ok');
});

const post = (address: string, more: Partial<Parameters<typeof poster>[0]> = {}) =>
  poster({ loopback: true, ...more })(address, { body: '{"a":1}', headers: { 'x-mine': 'yes' } });
const here = (path = '/hook'): string => `http://127.0.0.1:${port}${path}`;
/** A name that leads where somebody wants it to. */
const leadsTo = (...addresses: string[]) =>
  ((_: string, __: object, done: (error: null, found: object[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof lookup;

test('what is posted arrives as it is', async () => {
  expect(await post(here())).toEqual({ status: 200 });
  expect(heard).toMatchObject([
    { url: '/hook', body: '{"a":1}', headers: { 'x-mine': 'yes', 'content-type': 'application/json' } },
  ]);
});

test.each([
  'http://127.0.0.1:PORT/',
  'https://127.0.0.1:PORT/',
  'https://localhost:PORT/',
  'https://[::1]:PORT/',
  'https://[::ffff:127.0.0.1]:PORT/',
  'https://2130706433:PORT/',
  'https://0x7f.1:PORT/',
  'https://169.254.169.254/latest/meta-data/',
  'http://example.com/',
  'https://user:password@example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'nonsense',
])('%s is refused where nothing says that this machine may be talked to', async (address) => {
  const posted = await post(address.replace('PORT', String(port)), { loopback: false });
  expect(posted).toHaveProperty('refused');
  expect(settledBy(posted, true).outcome).toBe('refused');
  expect(heard).toEqual([]);
});

test('a name that leads inside is refused, also where it leads outside, too', async () => {
  for (const inside of [['127.0.0.1'], ['10.0.0.1'], ['8.8.8.8', '169.254.169.254'], []])
    expect(
      await post(`https://crm.example:${port}/`, { loopback: false, lookup: leadsTo(...inside) }),
    ).toHaveProperty('refused');
  expect(heard).toEqual([]);
});

test('the connection goes to what was looked at: a name that changes in between leads nowhere else', async () => {
  let asked = 0;
  const changing = ((name: string, options: object, done: never) => {
    asked += 1;
    (leadsTo('127.0.0.1') as unknown as (...all: unknown[]) => void)(name, options, done);
  }) as unknown as typeof lookup;
  // With loopback allowed the name is good, and is looked up once, by us.
  expect(await post(`http://localhost:${port}/`, { lookup: changing })).toEqual({ status: 200 });
  expect(asked).toBe(1);
});

test('a redirect is not followed', async () => {
  respond = (request, response) =>
    request.url === '/hook'
      ? response.writeHead(307, { location: here('/elsewhere') }).end()
      : response.writeHead(200).end();
  const posted = await post(here());
  expect(posted).toEqual({ status: 307 });
  expect(settledBy(posted, true).outcome).toBe('refused');
  expect(heard).toHaveLength(1);
});

test('an answer of any length costs no more than its beginning', async () => {
  let sent = 0;
  respond = (_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && sent < 50_000_000) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  };
  expect(await post(here())).toEqual({ status: 200 });
  expect(sent).toBeLessThan(20_000_000);
});

test('without an answer in time it may have arrived; where nobody listens it has not', async () => {
  respond = () => {};
  const late = await post(here(), { timeoutMs: 150 });
  expect(late).toHaveProperty('unknown');
  expect(settledBy(late, true).outcome).toBe('unknown');
  const nobody = await post('http://127.0.0.1:1/');
  expect(nobody).toHaveProperty('unreachable');
  expect(settledBy(nobody, false).outcome).toBe('throttled');
});

test('more than fits is not sent', async () => {
  expect(await poster({ loopback: true })(here(), { body: 'x'.repeat(300_000) })).toHaveProperty('refused');
});

test('what is said about a failure: asked to wait, refused, or nobody knows', () => {
  expect(settledBy({ status: 429 }, false).outcome).toBe('throttled');
  expect(settledBy({ status: 500 }, true).outcome).toBe('throttled');
  expect(settledBy({ status: 500 }, false).outcome).toBe('unknown');
  expect(settledBy({ status: 410 }, true).outcome).toBe('refused');
  expect(settledBy({ status: 204 }, true).outcome).toBe('sent');
});
