import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { generateKeyPair, SignJWT, createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRuntime, type Runtime } from '../../local/runtime.ts';
import { get, httpApi, lambda, ref, role, writeStack, type Stack } from './stack.ts';

const ECHO = `export const handler = async (event) => {
  if (event.rawPath === '/shaped') return {
    statusCode: 201, headers: { 'X-Colour': 'red', 'content-type': 'image/png' }, cookies: ['a=1', 'b=2'],
    body: Buffer.from([1, 2, 255]).toString('base64'), isBase64Encoded: true };
  if (event.rawPath === '/broken') throw new Error('inside only');
  if (event.rawPath === '/wild') return { statusCode: 200, headers: { 'x-y': 'a\\r\\nb: c' }, body: '' };
  if (event.rawPath === '/odd') return { statusCode: 'no', body: 7 };
  return event;
};`;

let stack: Stack;
let runtime: Runtime;
beforeAll(async () => {
  const routes = [
    'POST /v1/{proxy+}',
    'GET /v1/exact',
    'ANY /v1/{one}/{two}',
    'GET /shaped',
    'GET /broken',
    'GET /wild',
    'GET /odd',
    'GET /mine',
  ];
  stack = writeStack(
    {
      Resources: {
        echoRole: role(),
        Echo: lambda('echo'),
        Unasked: lambda('echo'),
        Pool: { Type: 'AWS::Cognito::UserPool' },
        Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: ref('Pool') } },
        Jwt: {
          Type: 'AWS::ApiGatewayV2::Authorizer',
          Properties: {
            ApiId: ref('Api'),
            AuthorizerType: 'JWT',
            IdentitySource: ['$request.header.Authorization'],
            JwtConfiguration: {
              Audience: [ref('Client')],
              Issuer: { 'Fn::Sub': 'https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}' },
            },
          },
        },
        ...httpApi(
          Object.fromEntries(routes.map((route) => [route, 'Echo'])),
          { 'GET /mine': 'Jwt' },
          {
            CorsConfiguration: {
              AllowOrigins: ['https://shop.example'],
              AllowMethods: ['POST'],
              AllowHeaders: ['authorization'],
              MaxAge: 60,
            },
          },
        ),
      },
      Outputs: { Issuer: { Value: get('Pool', 'ProviderURL') }, Client: { Value: ref('Client') } },
    },
    { echo: { 'index.mjs': ECHO } },
  );
  runtime = await startRuntime({
    ...stack,
    port: 0,
    clock: { mode: 'virtual', at: Date.UTC(2026, 2, 12, 19, 3, 58) },
  });
});
afterAll(async () => {
  await runtime.stop();
  stack.remove();
});

type Event = Record<string, unknown> & {
  requestContext: { http: Record<string, string> } & Record<string, unknown>;
};
const ask = async (path: string, init?: RequestInit): Promise<Event> =>
  (await (await fetch(runtime.url + path, init)).json()) as Event;

/** What a server says to bytes that no client library would send. */
const raw = (bytes: string | Buffer, { end = true } = {}): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(runtime.url).port), '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
    socket.write(bytes);
    if (end) socket.end();
  });

describe('an HTTP API', () => {
  test('tells a function everything in payload format 2.0', async () => {
    const event = await ask('/v1/track/a%20b?x=1&x=2&y=%C3%A6', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: 'a=1; b=2',
        'X-Mine': 'yes',
        'user-agent': 'test',
      },
      body: '{"a":1}',
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /v1/{one}/{two}',
      rawPath: '/v1/track/a%20b',
      rawQueryString: 'x=1&x=2&y=%C3%A6',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'æ' },
      pathParameters: { one: 'track', two: 'a b' },
      stageVariables: { colour: 'red' },
      headers: { 'x-mine': 'yes', 'content-type': 'application/json' },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        stage: '$default',
        timeEpoch: Date.UTC(2026, 2, 12, 19, 3, 58),
        time: '12/Mar/2026:19:03:58 +0000',
        http: { method: 'POST', path: '/v1/track/a%20b', sourceIp: '127.0.0.1', userAgent: 'test' },
      },
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  test('takes the most exact route', async () => {
    expect((await ask('/v1/exact')).routeKey).toBe('GET /v1/exact');
    expect((await ask('/v1/a/b')).routeKey).toBe('ANY /v1/{one}/{two}');
    expect(await ask('/v1/a', { method: 'POST' })).toMatchObject({
      routeKey: 'POST /v1/{proxy+}',
      pathParameters: { proxy: 'a' },
    });
    expect((await ask('/v1/a/b/c', { method: 'POST' })).pathParameters).toEqual({ proxy: 'a/b/c' });
    for (const path of ['/', '/v1', '/v1/', '/v1/exact/', '/nowhere']) {
      const response = await fetch(runtime.url + path);
      expect([response.status, await response.json()], path).toEqual([404, { message: 'Not Found' }]);
    }
  });

  test('passes text as text and all other bytes as base64', async () => {
    const body = gzipSync('{"a":1}');
    const sent = async (type: string, bytes: string | Buffer) => {
      const event = await ask('/v1/b', {
        method: 'POST',
        headers: { 'content-type': type },
        body: bytes as BodyInit,
      });
      return [event.isBase64Encoded, event.body];
    };
    expect(await sent('text/plain', 'æ')).toEqual([false, 'æ']);
    expect(await sent('application/cloudevents+json', '{}')).toEqual([false, '{}']);
    expect(await sent('application/x-www-form-urlencoded', body)).toEqual([true, body.toString('base64')]);
    expect(await sent('application/json', body)).toEqual([true, body.toString('base64')]);
    expect(await sent('application/octet-stream', 'x')).toEqual([true, 'eA==']);
  });

  test('answers as the function says', async () => {
    const response = await fetch(`${runtime.url}/shaped`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-colour')).toBe('red');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 255]);
  });

  test('tells nothing of what broke inside', async () => {
    for (const [path, status] of [
      ['/broken', 500],
      ['/wild', 502],
      ['/odd', 500],
    ] as const) {
      const response = await fetch(runtime.url + path);
      expect([response.status, await response.json()]).toEqual([
        status,
        { message: 'Internal Server Error' },
      ]);
    }
  });

  test('answers preflights by its own CORS settings', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const allowed = await fetch(`${runtime.url}/v1/t`, { method: 'OPTIONS', headers });
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(allowed.headers.get('access-control-max-age')).toBe('60');
    const other = await fetch(`${runtime.url}/v1/t`, {
      method: 'OPTIONS',
      headers: { ...headers, origin: 'https://evil.example' },
    });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a JWT authorizer', () => {
  const mine = async (authorization?: string): Promise<number> =>
    (await fetch(`${runtime.url}/mine`, { headers: authorization === undefined ? {} : { authorization } }))
      .status;

  test('lets the issuer’s tokens in, and the function reads their claims', async () => {
    const event = await ask('/mine', { headers: { authorization: `Bearer ${await runtime.token()}` } });
    expect(event.requestContext).toMatchObject({
      authorizer: {
        jwt: { claims: { email: 'you@localhost', token_use: 'id', aud: runtime.outputs.Client } },
      },
    });
  });

  test('refuses everything else', async () => {
    const issuer = String(runtime.outputs.Issuer);
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'x' })
      .setIssuer(issuer)
      .setAudience(String(runtime.outputs.Client))
      .setExpirationTime('1h')
      .sign(privateKey);
    const [head, body] = (await runtime.token()).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    for (const token of [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      `Bearer ${forged}`,
      `Bearer ${head}.${body}.AAAA`,
      `Bearer ${unsigned}`,
    ])
      expect(await mine(token), token ?? 'none').toBe(401);
    expect(await mine(`Bearer ${await runtime.token()}`)).toBe(200);
  });

  test('knows a browser that signed in by code and PKCE, once a code', async () => {
    const issuer = String(runtime.outputs.Issuer);
    const found = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      string
    >;
    expect(found.issuer).toBe(issuer);
    const verifier = randomBytes(32).toString('base64url');
    const redirect = `${runtime.url}/signed-in`;
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: String(runtime.outputs.Client),
      redirect_uri: redirect,
      state: 's',
      nonce: 'n',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const authorize = async (change: Record<string, string> = {}) => {
      for (const [name, value] of Object.entries(change)) query.set(name, value);
      return fetch(`${found.authorization_endpoint}?${query}`, { redirect: 'manual' });
    };
    const back = new URL((await authorize()).headers.get('location') ?? '');
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([redirect, 's']);
    const exchange = async (code_verifier: string, code = back.searchParams.get('code') ?? '') =>
      fetch(String(found.token_endpoint), {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          code_verifier,
          client_id: String(runtime.outputs.Client),
          redirect_uri: redirect,
        }),
      });
    const good = await exchange(verifier);
    const { id_token } = (await good.json()) as { id_token: string };
    const keys = createRemoteJWKSet(new URL(String(found.jwks_uri)));
    const { payload } = await jwtVerify(id_token, keys, { issuer, audience: String(runtime.outputs.Client) });
    expect(payload).toMatchObject({ nonce: 'n', email: 'you@localhost' });
    expect((payload.exp ?? 0) * 1000).toBeGreaterThan(Date.now());
    expect(await mine(`Bearer ${id_token}`)).toBe(200);
    expect((await exchange(verifier)).status).toBe(400);

    const again = new URL((await authorize()).headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect((await exchange('guessed', again)).status).toBe(400);
    expect((await authorize({ redirect_uri: 'https://evil.example/' })).status).toBe(400);
  });
});

describe('the port', () => {
  const alive = async (): Promise<void> => {
    expect((await fetch(`${runtime.url}/v1/exact`)).status).toBe(200);
  };

  test('answers garbage, and goes on', async () => {
    expect(await raw('\x16\x03\x01 not http\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(
      await raw(`GET /v1/exact HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1.1 431 /);
    expect(await raw('GET http://[ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404 /,
    );
    expect(await raw(randomBytes(5_000))).toMatch(/^(HTTP\/1.1 400 |$)/);
    await alive();
  });

  test('is served under names of this machine only', async () => {
    const named = (host: string) =>
      raw(`GET /v1/exact HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    for (const host of ['localhost', '127.0.0.1:4700', '[::1]:4700'])
      expect(await named(host)).toMatch(/ 200 /);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])
      expect(await named(host)).toMatch(/^HTTP\/1.1 421 /);
  });

  test('keeps other sites’ pages from its local side', async () => {
    const headers = { origin: 'https://evil.example' };
    const move = await fetch(`${runtime.url}/_local/clock`, {
      method: 'POST',
      headers,
      body: '{"advance":"1d"}',
    });
    expect(move.status).toBe(403);
    expect((await fetch(`${runtime.url}/_local/mail`, { headers })).status).toBe(403);
    expect((await fetch(`${runtime.url}/_local/mail`, { headers: { origin: runtime.url } })).status).toBe(
      200,
    );
    expect((await fetch(`${runtime.url}/_local/nothing`)).status).toBe(404);
  });

  // Browsers leave `Origin` out of pictures, scripts and links; fetch sets these headers itself, so it is said by hand.
  test.each([
    ['GET', 'mail', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['GET', 'idle', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['POST', 'clock', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['POST', 'clock', { origin: 'null' }, 403],
    ['POST', 'issuer/oauth2/token', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['GET', 'issuer/logout', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 302],
    ['GET', 'mail', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
    ['GET', 'mail', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:4700' }, 200],
    ['GET', 'mail', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
  ])('%s %s for %j is answered by %i', async (method, path, headers, status) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const said = await raw(
      `${method} /_local/${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}content-length: 0\r\nconnection: close\r\n\r\n`,
      { end: false },
    );
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('takes ten megabytes and not more, whether the length is told or not', async () => {
    const large = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    const told = await fetch(`${runtime.url}/v1/b`, { method: 'POST', body: large });
    expect([told.status, await told.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
    const head = 'POST /v1/b HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n';
    const chunk = `${large.length.toString(16)}\r\n${large.toString()}\r\n`;
    expect(await raw(head + chunk, { end: false })).toMatch(/^HTTP\/1.1 413 /);
    await alive();
  });

  test('forgets clients that go away half way, and waits for slow ones beside the others', async () => {
    const head = 'POST /v1/b HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nhalf';
    await Promise.all(Array.from({ length: 50 }, () => raw(head)));
    const slow = connect(Number(new URL(runtime.url).port), '127.0.0.1');
    slow.write(head);
    await alive();
    const answered = new Promise<string>((resolve) =>
      slow.once('data', (chunk) => resolve(chunk.toString())),
    );
    slow.write('x'.repeat(96));
    expect(await answered).toMatch(/^HTTP\/1.1 200 /);
    slow.destroy();
    await runtime.idle();
  });
});
