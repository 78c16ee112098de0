import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { Conflict, Invalid, NotFound, Upstream } from '../../functions/errors.ts';
import { html, type HttpRequest, json, onHttp, readJson } from '../../functions/http.ts';
import { requestEvent } from './ingest/gateway.ts';

const ask = async (
  handle: (request: HttpRequest) => Promise<ReturnType<typeof json>>,
  url = '/',
  headers: Record<string, string> = {},
  body = Buffer.alloc(0),
): Promise<unknown> => onHttp(handle)(requestEvent('POST', url, headers, body), {} as Context);

describe('a function behind HTTP', () => {
  test('sees the bytes that were sent, and headers in lower case', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    let seen: HttpRequest | undefined;
    await ask(
      (request) => {
        seen = request;
        return Promise.resolve(json(200, null));
      },
      '/a/b?q=ä%20b&r=1',
      { 'X-Thing': 'One', 'Content-Type': 'application/octet-stream' },
      bytes,
    );
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/a/b',
      query: { r: '1' },
      headers: { 'x-thing': 'One' },
    });
    expect(seen?.body.equals(bytes)).toBe(true);
    expect(Math.abs((seen?.receivedAt ?? 0) - Date.now())).toBeLessThan(1_000);
  });

  test.each([
    [new Invalid('the plan is missing'), 400, 'the plan is missing'],
    [new NotFound('no such lead'), 404, 'no such lead'],
    [new Conflict('try again'), 409, 'try again'],
    [new Upstream('the table rests'), 502, 'the table rests'],
    [new TypeError('secret internals'), 500, 'something went wrong'],
    ['not even an error', 500, 'something went wrong'],
  ])('answers %s with %i', async (error, statusCode, message) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever code may throw
    const answer = await ask(() => Promise.reject(error));
    expect(answer).toMatchObject({ statusCode, body: JSON.stringify({ error: message }) });
  });

  test('answers with JSON and pages that nobody keeps', async () => {
    expect(await ask(() => Promise.resolve(json(201, { a: 1 }, { 'x-a': 'b' })))).toMatchObject({
      statusCode: 201,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-a': 'b',
      },
      body: '{"a":1}',
    });
    expect(await ask(() => Promise.resolve(html(200, '<p>Hi</p>')))).toMatchObject({
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        // Nothing is loaded or run, no address in it is bent, nobody frames it, and its own address goes nowhere.
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      },
      body: '<p>Hi</p>',
    });
  });

  test('takes a body for JSON whatever it says it is, and says what is wrong with one that is not', () => {
    expect(readJson(Buffer.from('{"a":1}'))).toEqual({ a: 1 });
    expect(() => readJson(Buffer.from('{'))).toThrow(Invalid);
  });
});
