import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { folder } from '../folder.ts';
import { run } from '../run.ts';

let server: Server;
let answer: { status: number; body: object };
let into: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response
        .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  into = join(folder({}), 'history');
  const around = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(into, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(into, 'none'),
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  for (const [name, value] of Object.entries(around)) vi.stubEnv(name, value);
  return () => void vi.unstubAllEnvs();
});

const refused = async (): Promise<string> => {
  const { code, out, err } = await run(['history', 'pull', '--table', 'Leads', '--into', into]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  return err.trimEnd().split('\n').at(-1) ?? '';
};
const fails = (status: number, type: string, message: string): void =>
  void (answer = { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message } });

test('a table that is not there', async () => {
  fails(400, 'ResourceNotFoundException', 'Requested resource not found');
  expect(await refused()).toBe('kindling: there is no table Leads in eu-west-1');
});

test('a role that may not read it', async () => {
  fails(400, 'AccessDeniedException', 'User: arn:aws:iam::1:user/ada is not authorized');
  expect(await refused()).toBe(
    'kindling: AWS does not let you read the table Leads: User: arn:aws:iam::1:user/ada is not authorized; ' +
      'docs/deploying-rules.md lists what a role needs',
  );
});

test('a sign-in that is over', async () => {
  fails(400, 'ExpiredTokenException', 'The security token included in the request is expired');
  expect(await refused()).toBe(
    'kindling: AWS knows nobody here: The security token included in the request is expired; ' +
      'sign in (aws sso login), or set AWS_PROFILE and AWS_REGION',
  );
});

test('no region, and nobody who answers', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:9');
  expect(await refused()).toMatch(/^kindling: DynamoDB in eu-west-1 does not answer: connect ECONNREFUSED/);
  vi.stubEnv('AWS_REGION', undefined);
  expect(await refused()).toBe(
    'kindling: AWS knows nobody here: Region is missing; sign in (aws sso login), or set AWS_PROFILE and AWS_REGION',
  );
  vi.stubEnv('AWS_REGION', 'not a region');
  expect(await refused()).toMatch(/^kindling: AWS knows nobody here: Region not accepted/);
});
