import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../run.ts';
import { signed } from './signature.ts';

test('a signature is checked as AWS’s own example of a POST says', () => {
  // "post-vanilla" of the Signature Version 4 test suite.
  const { authorization } = signed(
    { url: new URL('https://example.amazonaws.com/'), headers: {}, body: '' },
    { service: 'service', region: 'us-east-1' },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    new Date('2015-08-30T12:36:00Z'),
  );
  expect(authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
});

let server: Server;
const asked: { path: string; authorization: string; body: string; expected: string }[] = [];
let answer: { status: number; headers?: Record<string, string>; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { authorization, host, 'x-amz-date': stamp = '', ...headers } = request.headers;
      const url = new URL(request.url ?? '', `http://${String(host)}`);
      const [, service = ''] = /\/([a-z]+)\/aws4_request/.exec(String(authorization)) ?? [];
      const named = ['content-type', 'x-amz-content-sha256'].filter((name) => headers[name] !== undefined);
      const { authorization: expected = '' } = signed(
        { url, headers: Object.fromEntries(named.map((name) => [name, String(headers[name])])), body },
        { service, region: 'eu-west-1' },
        { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
        new Date(String(stamp).replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')),
      );
      asked.push({ path: request.url ?? '', authorization: String(authorization), body, expected });
      if (request.url === '/')
        return response.end(
          '<Outputs><member><OutputKey>PublishFunctionName</OutputKey><OutputValue>Kindling-Publish-1A</OutputValue></member></Outputs>',
        );
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_CLOUDFORMATION: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
  }))
    vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
});

const publication = {
  ...{ hash: '0123456789abcdef', epoch: 3, at: 0, commit: 'abc', by: 'Ann' },
  terms: { handoffs: null, mails: null },
};

test('a deployed stack is asked by the function that it names, and its refusals are told', async () => {
  const value = { now: 1, live: publication, publications: [publication], shadow: null, rescore: null };
  answer = { status: 200, body: JSON.stringify({ ok: true, value }) };
  const { out, code } = await run(['rulesets', '--stack', 'Kindling']);
  expect(code).toBe(0);
  expect(out).toContain('0123456789abcdef');
  expect(asked.map(({ path }) => path)).toEqual([
    '/',
    '/2015-03-31/functions/Kindling-Publish-1A/invocations',
  ]);
  expect(asked[0]?.body).toContain('StackName=Kindling');
  for (const { authorization, expected } of asked) expect(authorization).toBe(expected);
  expect(asked[0]?.authorization).toContain('/eu-west-1/cloudformation/aws4_request');
  expect(asked[1]?.authorization).toContain('/eu-west-1/lambda/aws4_request');
  expect(asked[1]?.body).toBe('{"op":"list"}');

  answer = {
    status: 200,
    body: JSON.stringify({ ok: false, kind: 'NotFound', reason: 'nothing was live before' }),
  };
  expect(await run(['rollback', '--stack', 'Kindling'])).toMatchObject({
    code: 1,
    err: 'kindling: nothing was live before\n',
  });
  answer = { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: '{"errorMessage":"boom"}' };
  expect((await run(['rollback', '--stack', 'Kindling'])).err).toContain('Kindling-Publish-1A failed: boom');
  answer = { status: 403, body: '{"Message":"not authorized to perform lambda:InvokeFunction"}' };
  expect((await run(['rollback', '--stack', 'Kindling'])).err).toContain(
    'Lambda answers 403: not authorized',
  );
});
