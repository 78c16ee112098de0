import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { IngestPorts } from '../../../functions/ingest/accept.ts';
import { createKeys } from '../../../functions/ingest/keys.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import { BROWSER_KEY, ingest, requestEvent, SERVER_KEY, type Taken } from './gateway.ts';

const basic = (key: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
});
const track = (n: number | string): Record<string, unknown> => ({
  type: 'track',
  event: 'E',
  userId: 'u',
  messageId: `m${n}`,
});

interface Asked extends Taken {
  readonly answer: APIGatewayProxyStructuredResultV2;
  readonly said: unknown;
}

/** One request, and what became of it. */
const ask = async (
  path: string,
  body: unknown,
  headers: Record<string, string> = basic(SERVER_KEY),
  ports: Partial<IngestPorts> = {},
  method = 'POST',
): Promise<Asked> => {
  const { handler, taken } = ingest(ports);
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const answer = await handler(
    requestEvent(method, path, { host: 'in.example', ...headers }, bytes),
    {} as Context,
  );
  return { ...taken, answer, said: answer.body === undefined ? undefined : JSON.parse(answer.body) };
};

describe('paths', () => {
  test.each([
    ['track', 't', { event: 'E' }, 'track'],
    ['page', 'p', {}, 'page'],
    ['screen', 's', {}, 'screen'],
    ['identify', 'i', { traits: {} }, 'identify'],
    ['group', 'g', { groupId: 'g' }, 'group'],
    ['alias', 'a', { previousId: 'p' }, 'alias'],
  ])('/v1/%s and /v1/%s take one message', async (long, short, fields, type) => {
    for (const path of [`/v1/${long}`, `/v1/${short}`, `/v1/${long}/`]) {
      const { answer, said, messages } = await ask(path, { userId: 'u', messageId: 'm', ...fields });
      expect([answer.statusCode, said]).toEqual([200, { success: true }]);
      expect(messages()).toMatchObject([{ type, userId: 'u', messageId: 'm' }]);
    }
  });

  test.each(['/v1/batch', '/v1/b', '/v1/import'])('%s takes a batch', async (path) => {
    const { said, messages } = await ask(path, { batch: [track(1), track(2)], context: { locale: 'de' } });
    expect(said).toEqual({ success: true });
    expect(messages()).toMatchObject([{ messageId: 'm1', context: { locale: 'de' } }, { messageId: 'm2' }]);
  });

  test('/batch answers as PostHog does', async () => {
    for (const path of ['/batch', '/batch/']) {
      const { said, messages } = await ask(
        path,
        { api_key: SERVER_KEY, batch: [{ event: 'E', distinct_id: 'u', uuid: 'x' }] },
        {},
      );
      expect(said).toEqual({ status: 1 });
      expect(messages()).toMatchObject([{ event: 'E', userId: 'u', messageId: 'x' }]);
    }
  });

  test('the settings send Segment’s browser client here, over the protocol it came by', async () => {
    const settings = async (headers: Record<string, string>): Promise<unknown> =>
      (await ask(`/v1/projects/${BROWSER_KEY}/settings`, '', headers, {}, 'GET')).said;
    expect(await settings({ host: 'd1.cloudfront.net' })).toMatchObject({
      integrations: {
        'Segment.io': { apiKey: BROWSER_KEY, apiHost: 'd1.cloudfront.net/v1', protocol: 'https' },
      },
    });
    expect(await settings({ host: '127.0.0.1:4700', 'x-forwarded-proto': 'https' })).toMatchObject({
      integrations: { 'Segment.io': { apiHost: '127.0.0.1:4700/v1', protocol: 'http' } },
    });
    expect((await ask('/v1/projects/nobody/settings', '', {}, {}, 'GET')).answer.statusCode).toBe(401);
  });

  test('/health answers anybody', async () => {
    expect((await ask('/health', '', {}, {}, 'GET')).said).toEqual({ ok: true });
  });

  test.each([
    ['POST', '/v1/m'],
    ['POST', '/v1/toString'],
    ['POST', '/v1/track/more'],
    ['GET', '/v1/track'],
    ['POST', '/'],
  ])('nothing lives at %s %s', async (method, path) => {
    expect((await ask(path, track(1), undefined, {}, method)).answer.statusCode).toBe(404);
  });
});

describe('keys', () => {
  test.each<[string, Record<string, string>, object]>([
    ['Basic', basic(SERVER_KEY), {}],
    ['Bearer', { authorization: `Bearer ${SERVER_KEY}` }, {}],
    ['writeKey', {}, { writeKey: SERVER_KEY }],
    ['api_key', {}, { api_key: SERVER_KEY }],
  ])('%s is a place for one', async (_, headers, fields) => {
    expect((await ask('/v1/batch', { batch: [track(1)], ...fields }, headers)).answer.statusCode).toBe(200);
  });

  test('a message may bring it, as Segment’s browser client writes it', async () => {
    expect(
      (await ask('/v1/b', { batch: [{ ...track(1), writeKey: BROWSER_KEY }] }, {})).answer.statusCode,
    ).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ['a wrong one', basic('wrong')],
    ['none', {}],
    ['garbage', { authorization: 'Basic %%%' }],
    ['an empty one', { authorization: 'Basic Og==' }],
  ])('%s is answered with 401, and nothing is taken', async (_, headers) => {
    const { answer, messages } = await ask('/v1/batch', { batch: [track(1)] }, headers);
    expect(answer.statusCode).toBe(401);
    expect(messages()).toEqual([]);
  });

  test('while the secret cannot be read, known keys stay good; before, it is not the sender’s fault', async () => {
    let works = false;
    let now = 0;
    const read = (): Promise<string> =>
      works
        ? Promise.resolve(JSON.stringify({ browser: BROWSER_KEY, server: SERVER_KEY }))
        : Promise.reject(new Error('down'));
    const keys = createKeys(read, () => now);
    expect((await ask('/v1/track', track(1), basic(SERVER_KEY), { keys })).answer.statusCode).toBe(502);
    works = true;
    expect((await ask('/v1/track', track(1), basic(SERVER_KEY), { keys })).answer.statusCode).toBe(200);
    works = false;
    now += 3_600_000;
    expect((await ask('/v1/track', track(1), basic(SERVER_KEY), { keys })).answer.statusCode).toBe(200);
  });

  test('a changed secret is noticed within a minute', async () => {
    let secret = { browser: BROWSER_KEY, server: SERVER_KEY };
    let now = 0;
    const keys = createKeys(
      () => Promise.resolve(JSON.stringify(secret)),
      () => now,
    );
    expect(await keys.scopeOf(SERVER_KEY)).toBe('server');
    secret = { browser: BROWSER_KEY, server: 'another-key' };
    now += 60_000;
    expect(await keys.scopeOf(SERVER_KEY)).toBeNull();
    expect(await keys.scopeOf('another-key')).toBe('server');
  });

  test('while a key is changed the new and the old one are good, and an empty list is no secret', async () => {
    const of = (secret: object) => createKeys(() => Promise.resolve(JSON.stringify(secret)), Date.now);
    const keys = of({ browser: [BROWSER_KEY, 'browser-before'], server: ['server-after', SERVER_KEY] });
    for (const [key, scope] of [
      [BROWSER_KEY, 'browser'],
      ['browser-before', 'browser'],
      ['server-after', 'server'],
      [SERVER_KEY, 'server'],
      ['', null],
      ['server-after,server', null],
    ] as const)
      expect(await keys.scopeOf(key), key).toBe(scope);
    for (const server of [[], [''], ['short'], {}])
      await expect(of({ browser: BROWSER_KEY, server }).scopeOf('')).rejects.toThrow('cannot be read');
  });
});

describe('a browser’s key', () => {
  const send = (message: object): Promise<Asked> =>
    ask('/v1/batch', { batch: [{ messageId: 'm', userId: 'u', ...message }] }, basic(BROWSER_KEY));

  test.each([
    { type: 'alias', previousId: 'p' },
    { type: 'track', event: 'email.clicked' },
    { type: 'track', event: 'Email.Clicked' },
    { type: 'track', event: ' handoff.accepted' },
    { type: 'track', event: 'deal.won' },
    { type: 'track', event: 'Score.Adjusted', properties: { score: 'fit', points: 50 } },
    { type: 'page', leadId: 'someone' },
  ])('may not send %j: that message is put aside with its reason', async (message) => {
    const { answer, messages, quarantined } = await send(message);
    expect(answer.statusCode).toBe(200);
    expect(messages()).toEqual([]);
    expect(quarantined).toMatchObject([
      { reason: expect.stringMatching(/^a browser key may not/) as string },
    ]);
    const server = await ask('/v1/batch', { batch: [{ messageId: 'm', userId: 'u', ...message }] });
    expect(server.messages()).toHaveLength(1);
  });

  test('may say whose colleague someone is, but not what their company is like', async () => {
    const { messages } = await send({ type: 'group', groupId: 'acme', traits: { employees: 9_000 } });
    expect(messages()).toMatchObject([{ type: 'group', groupId: 'acme', traits: {} }]);
  });

  test('works from listed origins only', async () => {
    const origins = ['https://shop.example', 'https://*.shop.example'];
    const from = async (origin: string | null, key = BROWSER_KEY): Promise<number | undefined> =>
      (
        await ask(
          '/v1/track',
          track(1),
          { ...basic(key), ...(origin === null ? {} : { origin }) },
          { origins },
        )
      ).answer.statusCode;
    expect(await from('https://shop.example')).toBe(200);
    expect(await from('https://www.shop.example')).toBe(200);
    expect(await from('https://evil.example')).toBe(403);
    expect(await from('https://shop.example.evil.example')).toBe(403);
    expect(await from('https://a.b.shop.example')).toBe(403);
    expect(await from(null)).toBe(403);
    expect(await from(null, SERVER_KEY)).toBe(200);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string, origins: string[]): Promise<Asked> =>
    ask(
      '/v1/t',
      '',
      {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-retry-count',
      },
      { origins },
      'OPTIONS',
    );

  test('are told what they may send', async () => {
    const { answer } = await preflight('https://shop.example', ['https://shop.example']);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'Access-Control-Allow-Origin': 'https://shop.example',
      'Access-Control-Allow-Headers': 'authorization, content-type, x-retry-count',
      'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
    });
    expect(
      (await preflight('https://evil.example', ['https://shop.example'])).answer.headers,
    ).not.toHaveProperty('Access-Control-Allow-Origin');
    expect((await preflight('https://any.example', ['*'])).answer.headers).toMatchObject({
      'Access-Control-Allow-Origin': '*',
    });
  });

  test('can read every answer, also those that refuse', async () => {
    const allowed = { 'Access-Control-Allow-Origin': '*' };
    expect((await ask('/v1/t', track(1))).answer.headers).toMatchObject(allowed);
    expect((await ask('/v1/t', '{')).answer.headers).toMatchObject(allowed);
    expect((await ask('/v1/t', track(1), {})).answer.headers).toMatchObject(allowed);
    const broken = {
      quarantine: { put: () => Promise.reject(new Error('a bug')) },
      newId: (): string => {
        throw new Error('a bug');
      },
    };
    const { answer } = await ask('/v1/t', track(1), undefined, broken);
    expect(answer).toMatchObject({
      statusCode: 500,
      headers: allowed,
      body: '{"error":"something went wrong"}',
    });
  });
});

describe('bad input costs only itself', () => {
  test('one bad event among 100: 99 are applied, one is put aside with its reason, and the answer is 200', async () => {
    const batch = Array.from({ length: 100 }, (_, n) => (n === 57 ? { ...track(n), event: null } : track(n)));
    const { answer, said, messages, quarantined } = await ask('/v1/batch', { batch });
    expect([answer.statusCode, said]).toEqual([200, { success: true }]);
    expect(messages().map(({ messageId }) => messageId)).toEqual(
      batch.filter((_, n) => n !== 57).map(({ messageId }) => messageId),
    );
    expect(quarantined).toMatchObject([
      { reason: 'a track without an event', raw: JSON.stringify(batch[57]) },
    ]);
  });

  test('a retry of a bad event has the same name, so it is not kept twice', async () => {
    const first = await ask('/v1/track', { ...track(1), event: null, sentAt: '2026-05-14T11:00:00Z' });
    const second = await ask('/v1/track', {
      ...track(1),
      event: null,
      sentAt: '2026-05-14T11:05:00Z',
      _metadata: { retryCount: 1 },
    });
    const other = await ask('/v1/track', { ...track(2), event: null });
    expect(first.quarantined[0]?.id).toBe(second.quarantined[0]?.id);
    expect(first.quarantined[0]?.id).not.toBe(other.quarantined[0]?.id);
  });

  test.each([
    [
      'depth 5,000',
      `{"type":"track","event":"E","userId":"u","properties":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
      /deeper than 20/,
    ],
    [
      'depth 200,000',
      `{"type":"track","event":"E","userId":"u","properties":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
      /deeper than 20/,
    ],
    ['1e400', '{"type":"track","event":"E","userId":"u","properties":{"a":1e400}}', /without an end/],
    [
      '__proto__',
      '{"type":"track","event":"E","userId":"u","properties":{"__proto__":{"a":1}}}',
      /__proto__/,
    ],
    ['33 kB', JSON.stringify({ ...track(1), properties: { a: 'x'.repeat(33 * 1024) } }), /longer than 32 kB/],
    [
      '300 kB',
      JSON.stringify({ ...track(1), properties: { a: '\ud800'.repeat(50_000) } }),
      /longer than 32 kB/,
    ],
    ['no object', '7', /must be an object/],
  ])('%s in one event: its neighbour is taken', async (_, bad, reason) => {
    const { answer, messages, quarantined } = await ask(
      '/v1/batch',
      `{"batch":[${bad},${JSON.stringify(track(2))}]}`,
    );
    expect(answer.statusCode).toBe(200);
    expect(messages().map(({ messageId }) => messageId)).toEqual(['m2']);
    expect(quarantined).toMatchObject([{ reason: expect.stringMatching(reason) as string }]);
    expect(quarantined[0]?.raw.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(quarantined[0]?.raw ?? '')).toBeLessThan(300_000);
  });

  test('a message without an id gets one of ours', async () => {
    const { messages } = await ask('/v1/batch', {
      batch: [
        { ...track(1), messageId: undefined },
        { ...track(2), messageId: '' },
      ],
    });
    const ids = messages().map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^made-up-/);
  });

  test('in a CloudEvents batch too', async () => {
    const good = { specversion: '1.0', id: '1', source: '/s', type: 'x', userid: 'u' };
    const { messages, quarantined } = await ask('/v1/cloudevents', [
      good,
      { ...good, specversion: '0.3' },
      7,
    ]);
    expect(messages()).toHaveLength(1);
    expect(quarantined.map(({ reason }) => reason)).toEqual([
      'specversion must be 1.0',
      'a CloudEvent must be an object',
    ]);
  });
});

describe('whole requests that cannot be taken', () => {
  test.each([
    ['malformed JSON', '/v1/batch', '{"batch":[', 400],
    ['no batch', '/v1/batch', '{}', 400],
    ['a batch that is none', '/batch', '{"batch":{}}', 400],
    ['no CloudEvent', '/v1/cloudevents', '', 400],
    [
      'too many messages',
      '/v1/batch',
      JSON.stringify({ batch: Array.from({ length: 2_501 }, () => 0) }),
      413,
    ],
    ['too many bytes', '/v1/batch', JSON.stringify({ batch: [], padding: 'x'.repeat(500 * 1024) }), 413],
  ])('%s', async (_, path, body, status) => {
    const { answer, said, entries, quarantined } = await ask(path, body);
    expect(answer.statusCode).toBe(status);
    expect(said).toEqual({ error: expect.any(String) as string });
    expect([...entries, ...quarantined]).toEqual([]);
  });

  test('2,500 messages are not too many', async () => {
    const { answer, messages } = await ask('/v1/batch', {
      batch: Array.from({ length: 2_500 }, (_, n) => track(n)),
    });
    expect(answer.statusCode).toBe(200);
    expect(messages()).toHaveLength(2_500);
  });

  test('too many a second: 429, and how long to wait', async () => {
    const { answer, messages } = await ask('/v1/track', track(1), undefined, {
      rate: { take: () => Promise.resolve(7) },
    });
    expect(answer).toMatchObject({ statusCode: 429, headers: { 'retry-after': '7' } });
    expect(messages()).toEqual([]);
  });

  test('a bus or a quarantine that does not take it: 503, so that the client sends it again', async () => {
    const noBus = { bus: { put: (put: readonly BusEntry[]) => Promise.resolve(put.map(() => false)) } };
    expect((await ask('/v1/track', track(1), undefined, noBus)).answer).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1' },
    });
    const noQuarantine = { quarantine: { put: () => Promise.reject(new Error('no table')) } };
    expect((await ask('/v1/track', { event: 'E' }, undefined, noQuarantine)).answer.statusCode).toBe(503);
    expect((await ask('/v1/track', track(1), undefined, noQuarantine)).answer.statusCode).toBe(200);
  });
});

describe('laws', () => {
  const paths = fc.constantFrom('/v1/t', '/v1/identify', '/v1/batch', '/batch/', '/v1/cloudevents', '/v1/g');
  const bodies = fc.oneof(
    fc.json(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.jsonValue().map((value) => JSON.stringify({ batch: [value, track(1)], api_key: SERVER_KEY })),
    fc.array(fc.jsonValue()).map((batch) => JSON.stringify({ batch })),
  );
  test.prop(
    [
      paths,
      bodies,
      fc.dictionary(
        fc.constantFrom('ce-specversion', 'ce-id', 'ce-type', 'content-type', 'origin', 'host'),
        fc.string(),
      ),
    ],
    { numRuns: 500 },
  )('no input is answered with a 500 or sent elsewhere', async (path, body, headers) => {
    const { answer } = await ask(path, body, { ...basic(SERVER_KEY), ...headers });
    expect([200, 400, 413]).toContain(answer.statusCode);
  });
});
