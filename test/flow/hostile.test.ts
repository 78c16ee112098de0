import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';
import { dial, exchange, statusesIn } from './raw-http.ts';

const RULES = join(import.meta.dirname, 'rules');

let product: Product;
let basic: string;
beforeAll(async () => {
  product = await startProduct({ args: ['--rules', RULES] });
  basic = `Basic ${btoa(`${product.keys.server}:`)}`;
});
afterAll(() => product.end());

/** Others, who send while all of this is tried. */
const neighbours: string[] = [];
beforeEach(async () => {
  const userId = `neighbour-${neighbours.length}`;
  const email = `${userId}@good.example`;
  const begun = performance.now();
  const answer = await product.send(
    { type: 'identify', userId, messageId: `i-${userId}`, traits: { email } },
    { type: 'track', userId, messageId: `d-${userId}`, event: 'Demo Booked' },
  );
  expect(answer.status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(2_000);
  neighbours.push(email);
});

const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(product.url + path, {
    method: 'POST',
    body: body as BodyInit,
    headers: { authorization: basic, ...headers },
  });
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(product.url + path, { method, headers: { authorization: `Bearer ${product.token}`, ...headers } });

const PATHS = [
  ...['track', 'page', 'screen', 'identify', 'group', 'alias', 'batch', 'import', 'cloudevents'],
].map((call) => `/v1/${call}`);

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const BODIES: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a number', '1e400'],
  ['a text', '"text"'],
  ['a list', '[]'],
  ['half an object', '{"batch":['],
  ['two objects', '{}{}'],
  ['NUL', '\u0000'],
  ['a byte order mark', '\ufeff{"userId":"u"}'],
  ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ['depth 5,000', deep(5_000)],
  ['depth 200,000', `{"batch":${deep(200_000)}}`],
  ['__proto__', '{"__proto__":{"userId":"u"},"constructor":{"prototype":{}},"userId":"u"}'],
  ['lists for objects', '{"userId":["u"],"traits":[],"properties":[],"context":[],"event":["E"]}'],
  ['objects for texts', '{"userId":{"a":1},"event":{},"messageId":{},"timestamp":{},"type":{}}'],
  ['numbers for texts', '{"userId":1,"event":2,"messageId":3,"timestamp":4,"anonymousId":5,"groupId":6}'],
  ['a batch that is an object', '{"batch":{"0":{"type":"track"},"length":1}}'],
  ['a batch of anything', '{"batch":[null,1,"a",[],{},true,{"type":"__proto__"}]}'],
  ['lone surrogates', '{"userId":"\\ud800","event":"\\udfff","properties":{"\\ud800":"\\udc00"}}'],
  ['NUL in texts', '{"userId":"a\\u0000b","event":"\\u0000","traits":{"email":"a\\u0000@b.example"}}'],
  ['a form', 'data=%7B%22userId%22%3A%22u%22%7D&ip=1'],
  ['a form of rubbish', 'data=%%%'],
  ['half a gzip', gzipSync('{"userId":"u"}').subarray(0, 12)],
  ['a gzip of rubbish', new Uint8Array([31, 139, 8, 0, 1, 2, 3])],
  ['a gzip in a gzip', gzipSync(gzipSync('{"userId":"u"}'))],
];

describe('what a stranger sends to ingest is answered, and never by a 500', () => {
  test.each(BODIES)('%s', async (_, body) => {
    for (const path of [...PATHS, '/batch/', '/batch'])
      for (const type of ['application/json', 'text/plain', 'application/octet-stream', 'x'])
        expect((await post(path, body, { 'content-type': type })).status, `${path} ${type}`).toBeLessThan(
          500,
        );
  });

  test('a gzip of half a gigabyte is too large, and takes no memory for long', async () => {
    const bomb = gzipSync(Buffer.alloc(512 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(600_000);
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/v1/batch', bomb)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 413));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  const now = new Date().toISOString();
  const track = (more: object) => ({
    type: 'track',
    event: 'Counted',
    userId: 'odd',
    timestamp: now,
    ...more,
  });
  const long = 'x'.repeat(10_000);
  const WRONG: readonly (readonly [string, object, RegExp])[] = [
    ['a user id of 10 kB', track({ userId: long }), /userId/],
    ['an anonymous id of 10 kB', track({ anonymousId: long }), /anonymousId/],
    ['a message id of 10 kB', track({ messageId: long }), /messageId/],
    ['an event’s name of 10 kB', track({ event: long }), /event/],
    ['timestamp 0', track({ timestamp: 0 }), /timestamp/],
    ['a time before 1970', track({ timestamp: '1912-06-23T00:00:00Z' }), /timestamp/],
    ['a timestamp that says never', track({ timestamp: 'never' }), /timestamp/],
    ['the year 1e18', track({ timestamp: 1e18 }), /timestamp/],
    ['a list of timestamps', track({ timestamp: [now] }), /timestamp/],
    ['a timestamp of a leap day that never was', track({ timestamp: '2026-02-29T00:00:00Z' }), /timestamp/],
    ['depth 30', track({ properties: JSON.parse(`{"a":${deep(30)}}`) as object }), /deeper than 20/],
    ['33 kB', track({ properties: { a: 'x'.repeat(33 * 1024) } }), /32 kB/],
    ['a placeholder for an id', track({ userId: '[object Object]' }), /object Object/],
    ['above 2^53', track({ properties: { n: 2 ** 53 + 2 } }), /2\^53/],
    ['nobody', track({ userId: null }), /names nobody/],
    ['nothing', track({ event: '' }), /event/],
  ];
  test('each message that cannot be taken costs itself alone, and waits with its reason', async () => {
    const before = new Set((await product.quarantine()).map(({ id }) => id));
    const batch = WRONG.flatMap(([name, bad]) => [
      bad,
      { ...track({ messageId: `beside ${name}` }), userId: 'beside' },
    ]);
    const identify = { type: 'identify', userId: 'beside', traits: { email: 'beside@good.example' } };
    expect((await product.send(identify, ...batch)).status).toBe(200);
    // The bus takes it back, and brings it again.
    expect((await product.send(identify, ...batch)).status).toBe(200);
    await product.idle();
    const reasons = (await product.quarantine())
      .filter(({ id }) => !before.has(id))
      .map(({ reason }) => reason);
    for (const [name, , reason] of WRONG)
      expect(
        reasons.filter((each) => reason.test(each)).length,
        `${name}: ${reasons.join('; ')}`,
      ).toBeGreaterThan(0);
    expect(reasons).toHaveLength(WRONG.length);
    expect((await product.lead('beside@good.example')).scores['engagement']).toBe(WRONG.length);
  });

  test('what is odd and can be taken is taken', async () => {
    const before = await product.quarantine();
    const odd = [
      track({ timestamp: '3026-01-01T00:00:00Z' }),
      track({ properties: { toString: 1, constructor: 'x', hasOwnProperty: null } }),
      track({ properties: { n: 1e-320, m: -0 } }),
      track({ messageId: '#', userId: '##', event: '#' }),
      track({ messageId: '💥', properties: { '\ud800': '\u0000' } }),
    ];
    expect((await product.send(...odd)).status).toBe(200);
    await product.idle();
    expect(await product.quarantine()).toHaveLength(before.length);
  });

  test('keys: none, wrong, in the query, of rubbish', async () => {
    const body = JSON.stringify({ userId: 'u', event: 'E' });
    const query = `?writeKey=${product.keys.server}&api_key=${product.keys.server}`;
    for (const authorization of [
      '',
      'Basic',
      'Basic %%%',
      `Basic ${btoa('wrong:')}`,
      'Bearer x',
      'Digest a',
      long,
    ])
      for (const path of ['/v1/track', `/v1/track${query}`])
        expect((await post(path, body, { authorization })).status, authorization.slice(0, 30)).toBe(401);
    for (const writeKey of [1, null, {}, [], long, '__proto__'])
      expect((await post('/v1/track', JSON.stringify({ writeKey }), { authorization: '' })).status).toBe(401);
    for (const key of ['x', '%', '%00', '..%2f..', '__proto__', long])
      expect((await fetch(`${product.url}/v1/projects/${key}/settings`)).status).toBe(401);
  });

  test('methods and preflights', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      for (const path of [...PATHS, '/batch/', '/health', '/', '/api/leads', '/u/x', '/h/x', '/hooks/x'])
        expect((await ask(path, {}, method)).status, `${method} ${path}`).toBeLessThan(500);
    const asked = await fetch(`${product.url}/v1/batch`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-retry-count',
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toContain('x-retry-count');
    const refused = await post('/v1/batch', '{', { origin: 'https://shop.example' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, '*']);
  });
});

describe('connections cost only whoever holds them', () => {
  const head = (path: string, more = ''): string =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${basic}\r\n${more}\r\n`;

  test('a hundred that send a byte now and then keep nobody waiting', async () => {
    const slow = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const socket = await dial(product.url);
        socket.write(
          n % 2 ? head('/v1/track', 'Content-Length: 100000\r\n') : 'POST /v1/track HTTP/1.1\r\nX-A: ',
        );
        return socket;
      }),
    );
    for (let tick = 0; tick < 10; tick += 1) {
      for (const socket of slow) socket.write('a');
      const begun = performance.now();
      expect((await fetch(`${product.url}/health`)).status).toBe(200);
      expect(performance.now() - begun).toBeLessThan(1_000);
      await sleep(50);
    }
    for (const socket of slow) socket.destroy();
  });

  test('aborted in the middle, before the answer, or after a lie about the length', async () => {
    const body = JSON.stringify({ userId: 'aborted', event: 'Counted', messageId: 'aborted' });
    for (let n = 0; n < 60; n += 1) {
      const socket = await dial(product.url);
      const length = n % 3 === 0 ? body.length + 50 : body.length;
      socket.write(
        head('/v1/track', `Content-Length: ${length}\r\n`) + body.slice(0, n % 3 === 1 ? 9 : undefined),
      );
      if (n % 2) await sleep(5);
      socket.destroy();
    }
  });

  test.each([
    ['rubbish', 'rubbish\r\n\r\n'],
    ['bytes', Buffer.from([0, 1, 2, 255, 22, 3, 1])],
    ['a header of 200 kB', `GET /health HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(200_000)}\r\n\r\n`],
    ['ten thousand headers', `GET /health HTTP/1.1\r\nHost: a\r\n${'X-A: a\r\n'.repeat(10_000)}\r\n`],
    ['two lengths', 'POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'],
    ['a chunk of nonsense', 'POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['an absolute address', 'GET http://169.254.169.254/latest HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['a method of its own', 'BREW /v1/track HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const statuses = statusesIn(await exchange(product.url, bytes, 1_000));
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  test('twenty requests in one write are answered in their order', async () => {
    const requests = Array.from({ length: 20 }, (_, n) => {
      const body =
        n % 5 === 4 ? '{' : JSON.stringify({ userId: 'piped', event: 'Counted', messageId: `piped-${n}` });
      return `${head('/v1/track', `Content-Length: ${body.length}\r\n`)}${body}`;
    });
    const said = await exchange(product.url, requests.join(''), 2_000);
    expect(statusesIn(said)).toEqual(requests.map((_, n) => (n % 5 === 4 ? 400 : 200)));
  });

  test('a thousand requests of one event, thirty at a time: each that is taken is there', async () => {
    const userId = 'tiny';
    const email = 'tiny@good.example';
    await product.send({ type: 'identify', userId, messageId: 'tiny-i', traits: { email } });
    const taken: string[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let n = next++; n < 1_000; n = next++) {
        const messageId = `tiny-${n}`;
        const answer = await post('/v1/track', JSON.stringify({ userId, event: 'Counted', messageId }));
        if (answer.status === 200) taken.push(messageId);
        else expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
        await answer.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: 30 }, worker));
    await product.idle();
    const { timeline } = await product.lead(email);
    expect(taken.length).toBeGreaterThan(0);
    expect(
      timeline
        .map(({ id }) => id)
        .filter((id) => id.startsWith('tiny-') && id !== 'tiny-i')
        .sort(),
    ).toEqual(taken.sort());
  });
});

describe('what is asked of the console’s API', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = (): Record<string, unknown> =>
    JSON.parse(Buffer.from(product.token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
  const header = (): Record<string, unknown> =>
    JSON.parse(Buffer.from(product.token.split('.')[0] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;

  test('a token that is forged, expired or of no algorithm signs nobody in', async () => {
    const [, body = '', signature = ''] = product.token.split('.');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = (head: object, of: object): string => {
      const text = `${part(head)}.${part(of)}`;
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    };
    const jwks = await (await fetch(`${product.url}/_local/issuer/.well-known/jwks.json`)).text();
    const symmetric = `${part({ ...header(), alg: 'HS256' })}.${body}`;
    const tokens = {
      none: `${part({ alg: 'none' })}.${body}.`,
      'None, with the signature': `${part({ ...header(), alg: 'None' })}.${body}.${signature}`,
      'signed with what is public': `${symmetric}.${createHmac('sha256', jwks).update(symmetric).digest('base64url')}`,
      'another’s key': signed(header(), claims()),
      'another’s key that it brings along': signed(
        { ...header(), jku: 'http://evil.example/jwks.json', kid: 'x' },
        claims(),
      ),
      'other claims': `${product.token.split('.')[0]}.${part({ ...claims(), email: 'boss@kindling.example' })}.${signature}`,
      'no expiry': `${product.token.split('.')[0]}.${part({ ...claims(), exp: undefined })}.${signature}`,
      rubbish: 'x.y.z',
      dots: '...',
      long: 'x'.repeat(10_000),
    };
    for (const [name, token] of Object.entries(tokens))
      for (const path of ['/api/leads', '/api/quarantine'])
        expect((await ask(path, { authorization: `Bearer ${token}` })).status, name).toBe(401);
    for (const authorization of ['', 'Bearer', basic, `Bearer ${product.keys.server}`])
      expect((await ask('/api/leads', { authorization })).status).toBe(401);
  });

  test('cursors, limits, bands and searches of rubbish', async () => {
    const { cursor } = await product.leads('?limit=1');
    const long = 'x'.repeat(5_000);
    const odd = [
      ...[
        '',
        '%',
        '%00',
        '.*',
        '^a+$',
        '%25',
        '_',
        '(((',
        '[',
        '\\',
        "' OR 1=1 --",
        '\ud800',
        '__proto__',
        long,
      ],
      ...['💥', 'a@b', '@', '"a b"@c.example', '*', '#', 'LEAD#x', '\u212a'],
    ].map((text) => encodeURIComponent(text.toWellFormed()));
    const known = await product.leads('?limit=500');
    expect(known.leads.length).toBeGreaterThan(0);
    for (const q of odd) {
      const answer = await ask(`/api/leads?q=${q}`);
      expect(answer.status, q.slice(0, 40)).toBeLessThan(500);
      if (answer.status === 200 && q !== '' && q !== encodeURIComponent('a@b'))
        expect(((await answer.json()) as { leads: unknown[] }).leads.length, q.slice(0, 40)).toBe(0);
      for (const name of ['band', 'limit', 'cursor', 'at', 'nonsense'])
        expect((await ask(`/api/leads?${name}=${q}`)).status, `${name} ${q.slice(0, 40)}`).toBeLessThan(500);
    }
    for (const limit of ['-1', '0', '1.5', '1e9', 'NaN', '99999999999999999999'])
      expect((await ask(`/api/leads?limit=${limit}`)).status, limit).toBeLessThan(500);
    const whole = cursor ?? '';
    for (const wrong of [
      `${whole}x`,
      whole.slice(2),
      btoa('{"after":{}}'),
      btoa('[]'),
      btoa('null'),
      `${whole}&cursor=${whole}`,
    ])
      expect(
        (await ask(`/api/leads?limit=1&cursor=${encodeURIComponent(wrong)}`)).status,
        wrong,
      ).toBeLessThan(500);
  });

  test('paths and bodies of rubbish', async () => {
    const ids = [
      '%',
      '%00',
      '%2e%2e',
      '..%2f..',
      '__proto__',
      'constructor',
      'LEAD%23x',
      'x'.repeat(3_000),
      '%F0%28',
      '%0d%0a',
    ];
    const under = [
      ...[
        '/api/leads/ID',
        '/api/accounts/ID',
        '/api/emails/ID/preview',
        '/api/ID',
        '/api/ID/ID/ID',
        '/ID',
        '/u/ID',
      ],
      ...['/h/ID', '/assets/ID', '/api/handoffs?state=ID', '/api/report?weeks=ID', '/api/mails?outcome=ID'],
    ];
    for (const id of ids)
      for (const path of under) {
        const { status } = await ask(path.replaceAll('ID', id));
        expect(status, path.replaceAll('ID', id.slice(0, 40))).toBeLessThan(500);
      }
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"__proto__":{}}',
      deep(100_000),
      '{"items":[{"id":"zz"}]}',
      '{"items":{}}',
    ];
    const posts = [
      ...['/api/leads/ID/adjustments', '/api/mails/ID/resend', '/api/mails/ID/ID', '/api/quarantine/replay'],
      ...[
        '/api/handoffs/answers',
        '/api/handoffs/deals',
        '/u/ID',
        '/h/ID',
        '/hooks/ID',
        '/slack/actions',
        '/api/ID',
      ],
    ];
    for (const id of ids)
      for (const path of posts)
        for (const body of bodies) {
          const { status } = await post(path.replaceAll('ID', id), body, {
            authorization: `Bearer ${product.token}`,
          });
          expect(status, `${path.replaceAll('ID', id.slice(0, 40))} ${body.slice(0, 20)}`).toBeLessThan(500);
        }
  });

  test.each([
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/assets/../../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/assets/%00/../index.html',
    '/.git/config',
    '/index.html%00.js',
  ])('no path leads out of the site: %s', async (path) => {
    const said = await exchange(
      product.url,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    expect(said).not.toMatch(/root:|"dependencies"|\[core\]/);
    expect(statusesIn(said).filter((status) => status >= 500)).toEqual([]);
  });
});

test('nothing that others sent meanwhile was lost, or counted twice', async () => {
  await product.idle();
  expect(neighbours.length).toBeGreaterThan(40);
  for (const email of neighbours) expect((await product.lead(email)).scores['engagement'], email).toBe(50);
});
