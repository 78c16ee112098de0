import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRuntime, type Runtime } from '../../local/runtime.ts';
import { bundled, get, httpApi, lambda, ref, role, writeStack, type Stack } from './stack.ts';

const START = Date.UTC(2026, 0, 5, 12);
const HOUR = 3_600_000;

const STORE = `
import { DynamoDBClient, PutItemCommand, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
const db = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});
const TableName = process.env.TABLE_NAME;
const acts = {
  put: async ({ id }) => { await db.send(new PutItemCommand({ TableName, Item: { pk: { S: id }, sk: { S: 'x' } } })); return { put: id }; },
  get: async ({ id }) => ({ found: !!(await db.send(new GetItemCommand({ TableName, Key: { pk: { S: id }, sk: { S: 'x' } } }))).Item }),
  scan: async () => { try { await db.send(new ScanCommand({ TableName })); return { refused: false }; } catch (error) { return { refused: error.name }; } },
  secret: async () => ({ value: (await secrets.send(new GetSecretValueCommand({ SecretId: process.env.SECRET }))).SecretString }),
  time: async () => ({ now: Date.now() }),
  env: async () => ({ url: process.env.PUBLIC_URL, shards: process.env.SHARDS }),
};
export const handler = async (event) => acts[event.queryStringParameters.act](event.queryStringParameters);
`;
/** Notes on disk when it ran, by its own clock. */
const TICK = `
import { appendFileSync } from 'node:fs';
export const handler = async (event) => { appendFileSync(process.env.NOTES, event.name + ' ' + new Date().toISOString() + '\\n'); };
`;
const MAKER = `
export const handler = async (event) => {
  const { hash } = event.ResourceProperties;
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({
    Status: hash === 'bad' ? 'FAILED' : 'SUCCESS', Reason: 'it is bad', PhysicalResourceId: 'made',
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    Data: { Said: event.RequestType + ' ' + hash + ' after ' + (event.OldResourceProperties?.hash ?? 'nothing') },
  }) });
};
`;

const schedule = (name: string, minutes: number) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    FlexibleTimeWindow: { Mode: 'OFF' },
    ScheduleExpression: `rate(${minutes} minutes)`,
    State: 'ENABLED',
    Target: { Arn: get('Tick'), RoleArn: get('scheduleRole'), Input: JSON.stringify({ name }) },
  },
});

const resources = (hash: string, notes: string): Record<string, object> => ({
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    },
  },
  Secret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      GenerateSecretString: {
        SecretStringTemplate: '{"browser":"b"}',
        GenerateStringKey: 'server',
        PasswordLength: 20,
        ExcludePunctuation: true,
      },
    },
  },
  Slack: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'none' } },
  storeRole: role([
    [['dynamodb:PutItem', 'dynamodb:GetItem'], get('Table')],
    ['secretsmanager:GetSecretValue', ref('Secret')],
  ]),
  Store: lambda('store', {
    TABLE_NAME: ref('Table'),
    SECRET: ref('Secret'),
    SHARDS: '16',
    PUBLIC_URL: { 'Fn::Join': ['', ['https://', get('Site', 'DomainName')]] },
  }),
  tickRole: role(),
  Tick: lambda('tick', { NOTES: notes }),
  scheduleRole: role([['lambda:InvokeFunction', get('Tick')]]),
  Fast: schedule('fast', 20),
  Slow: schedule('slow', 30),
  makerRole: role(),
  Maker: lambda('maker'),
  Made: { Type: 'Custom::Made', Properties: { ServiceToken: get('Maker'), hash } },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Files: {
    Type: 'Custom::CDKBucketDeployment',
    Properties: {
      ServiceToken: get('Maker'),
      SourceBucketNames: ['assets'],
      SourceObjectKeys: ['site.zip'],
      SourceMarkers: [{ '<<name>>': ref('AWS::StackName') }],
      DestinationBucketName: ref('Bucket'),
      SystemMetadata: { 'cache-control': 'no-cache' },
    },
  },
  Site: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        DefaultCacheBehavior: {
          TargetOriginId: 'files',
          FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: get('Edge', 'FunctionARN') }],
          ResponseHeadersPolicyId: ref('Headers'),
        },
        CacheBehaviors: [
          {
            PathPattern: '/api/*',
            TargetOriginId: 'api',
            AllowedMethods: ['GET', 'HEAD', 'POST'],
            OriginRequestPolicyId: 'all',
          },
          { PathPattern: '/bare/*', TargetOriginId: 'api' },
        ],
        Origins: [
          { Id: 'files', DomainName: get('Bucket', 'RegionalDomainName') },
          { Id: 'api', DomainName: { 'Fn::Select': [2, { 'Fn::Split': ['/', get('Api', 'ApiEndpoint')] }] } },
        ],
      },
    },
  },
  Edge: {
    Type: 'AWS::CloudFront::Function',
    Properties: {
      Name: 'spa',
      FunctionCode:
        "function handler(event) { var r = event.request; if (r.uri === '/old') return { statusCode: 301, headers: { location: { value: '/new' } } }; if (!r.uri.includes('.')) r.uri = '/index.html'; return r; }",
    },
  },
  Headers: {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true },
        },
      },
    },
  },
  ...httpApi({ 'GET /api/do': 'Store', 'GET /bare/do': 'Store' }),
});

let stack: Stack;
let runtime: Runtime;
let assets: Record<string, Record<string, string>>;
let notes: string;

const write = (hash = 'one', dir?: string): Stack =>
  writeStack(
    {
      Resources: resources(hash, notes),
      Outputs: {
        Url: { Value: { 'Fn::Sub': 'https://${Site.DomainName}/' } },
        Said: { Value: get('Made', 'Said') },
      },
    },
    assets,
    dir,
  );
const start = (at = START): Promise<Runtime> =>
  startRuntime({
    ...stack,
    port: 0,
    clock: { mode: 'virtual', at },
    secrets: { Slack: '{url}/_local/slack' },
    settings: { SHARDS: '1', UNHEARD: 'x' },
  });
const act = async (name: string, more = ''): Promise<Record<string, unknown>> =>
  (await (await fetch(`${runtime.url}/api/do?act=${name}${more}`)).json()) as Record<string, unknown>;

beforeAll(async () => {
  assets = {
    store: { 'index.mjs': await bundled(STORE) },
    tick: { 'index.mjs': TICK },
    maker: { 'index.mjs': MAKER },
    site: { 'index.html': '<h1>Hello <<name>></h1>', 'app.js': 'let a;' },
  };
  const empty = writeStack({ Resources: {} });
  const dir = join(empty.template, '..');
  notes = join(dir, 'notes.txt');
  stack = write('one', dir);
  runtime = await start();
});
afterAll(async () => {
  await runtime.stop();
  stack.remove();
});

describe('the runtime', () => {
  test('gives functions a table, secrets, the time and the addresses of this machine', async () => {
    expect(await act('put', '&id=a')).toEqual({ put: 'a' });
    expect(await act('get', '&id=a')).toEqual({ found: true });
    expect(await act('get', '&id=b')).toEqual({ found: false });
    expect(await act('time')).toEqual({ now: START });
    expect(await act('env')).toEqual({ url: runtime.url, shards: '1' });
    expect(runtime.outputs.Url).toBe(`${runtime.url}/`);
  });

  test('makes secrets as the template says, or takes the one given', async () => {
    const { value } = await act('secret');
    const made = JSON.parse(String(value)) as Record<string, string>;
    expect(made.browser).toBe('b');
    expect(made.server).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(await runtime.secret('Kindling-Slack')).toBe(`${runtime.url}/_local/slack`);
  });

  test('lets a function do what its role allows, notes that, and refuses the rest', async () => {
    await act('put', '&id=c');
    expect(await act('scan')).toEqual({ refused: 'AccessDeniedException' });
    const done = runtime.actions().filter((each) => each.function === 'Store');
    expect(done).toContainEqual({
      function: 'Store',
      action: 'dynamodb:PutItem',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Kindling-Table',
    });
    expect(done.map(({ action }) => action)).not.toContain('dynamodb:Scan');
    expect(await (await fetch(`${runtime.url}/_local/actions`)).json()).toEqual(runtime.actions());
  });

  test('runs what is due on the way of an advance, in order, and then answers', async () => {
    writeFileSync(notes, '');
    await runtime.advance(HOUR);
    const lines = readFileSync(notes, 'utf8').trim().split('\n');
    expect(lines.sort()).toEqual(
      ['fast 12:20', 'fast 12:40', 'fast 13:00', 'slow 12:30', 'slow 13:00'].map(
        (each) => each.replace(' ', ' 2026-01-05T') + ':00.000Z',
      ),
    );
    const times = readFileSync(notes, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.slice(5));
    expect(times).toEqual([...times].sort());
    expect(runtime.clock.now()).toBe(START + HOUR);
  });

  test('moves its clock by HTTP, and says what it does not understand', async () => {
    const post = async (body: unknown) => {
      const response = await fetch(`${runtime.url}/_local/clock`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      return [response.status, await response.json()] as const;
    };
    const before = runtime.clock.now();
    expect(await post({ advance: '1d' })).toEqual([
      200,
      { now: new Date(before + 24 * HOUR).toISOString(), virtual: true },
    ]);
    const to = new Date(before + 25 * HOUR).toISOString();
    expect(await post({ to })).toEqual([200, { now: to, virtual: true }]);
    expect((await post({ to: '2020-01-01T00:00:00Z' }))[0]).toBe(409);
    for (const wrong of [{}, { advance: 7 }, { advance: 'soon' }, [], null])
      expect((await post(wrong))[0]).toBe(400);
    expect(await (await fetch(`${runtime.url}/_local/idle`)).json()).toEqual({ idle: true });
  });

  test('keeps what is sent to Slack', async () => {
    const message = { text: 'hot', blocks: [{ type: 'divider' }] };
    const sent = await fetch(`${runtime.url}/_local/slack`, {
      method: 'POST',
      body: JSON.stringify(message),
    });
    expect(await sent.text()).toBe('ok');
    const at = new Date(runtime.clock.now()).toISOString();
    expect(await (await fetch(`${runtime.url}/_local/slack`)).json()).toEqual([{ id: 1, ...message, at }]);
    expect((await fetch(`${runtime.url}/_local/slack`, { method: 'POST', body: 'x' })).status).toBe(400);
  });
});

describe('the distribution', () => {
  const page = async (path: string, init?: RequestInit) => {
    const response = await fetch(runtime.url + path, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test('serves the deployed files, with values filled in and headers added', async () => {
    const { status, headers, text } = await page('/');
    expect([status, text]).toEqual([200, '<h1>Hello Kindling</h1>']);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('content-security-policy')).toBe("default-src 'self'");
    expect((await page('/app.js')).headers.get('content-type')).toContain('javascript');
  });

  test('asks the function at its edge first', async () => {
    expect((await page('/leads/7')).text).toContain('Hello');
    const moved = await page('/old');
    expect([moved.status, moved.headers.get('location')]).toEqual([301, '/new']);
  });

  test('leaves no way out of the folder, and no method but those listed', async () => {
    for (const path of [
      '/..%2f..%2fKindling.template.json',
      '/%2e%2e/Kindling.template.json',
      '/a.%00.js',
      '/%zz.js',
      '/no.js',
    ])
      expect((await page(path)).status, path).toBeOneOf([400, 403]);
    expect((await page('/', { method: 'POST', body: 'x' })).status).toBe(403);
  });

  test('passes on to the API only what its policies forward', async () => {
    expect(await act('time')).toHaveProperty('now');
    expect((await page('/bare/do?act=time')).status).toBe(500);
    expect((await page('/api/other')).status).toBe(404);
  });
});

describe('a runtime that comes back', () => {
  test('finds its table, secrets, time and custom resources, and updates what changed', async () => {
    expect(runtime.outputs.Said).toBe('Create one after nothing');
    await act('put', '&id=kept');
    const secret = await act('secret');
    const now = runtime.clock.now();
    await runtime.stop();
    runtime = await start();
    expect(runtime.outputs.Said).toBe('Create one after nothing');
    expect(await act('get', '&id=kept')).toEqual({ found: true });
    expect(await act('secret')).toEqual(secret);
    expect(runtime.clock.now()).toBe(now);
    expect((await (await fetch(`${runtime.url}/_local/slack`)).json()) as unknown[]).toHaveLength(1);

    await runtime.stop();
    stack = write('two', join(stack.template, '..'));
    runtime = await start();
    expect(runtime.outputs.Said).toBe('Update two after one');
  });

  test('says in one line what is wrong with a custom resource, a port or a data folder', async () => {
    const port = Number(new URL(runtime.url).port);
    const other = { ...stack, data: join(stack.data, '..', 'other') };
    const clock = { mode: 'real' } as const;
    await expect(startRuntime({ ...other, port, clock })).rejects.toThrow(
      `Port ${port} is taken by another program.`,
    );
    await expect(startRuntime({ ...stack, port: 0, clock })).rejects.toThrow(
      /is in use by another running process/,
    );
    expect(existsSync(join(other.data, 'lock'))).toBe(false);

    await runtime.stop();
    const file = join(stack.data, 'kindling.json');
    const kept = readFileSync(file, 'utf8');
    writeFileSync(file, '{"format":99,"id":"x"}');
    await expect(start()).rejects.toThrow('was written by a later version (format 99, this one knows 1)');
    writeFileSync(file, 'x');
    await expect(start()).rejects.toThrow('kindling.json is damaged');
    writeFileSync(file, kept);
    await expect(startRuntime({ ...stack, data: file, port: 0, clock })).rejects.toThrow('cannot be used');
    writeFileSync(join(stack.data, 'lock'), '{"pid":999999999,"start":""}');

    stack = write('bad', join(stack.template, '..'));
    await expect(start()).rejects.toThrow('Made failed: it is bad');
    stack = write('three', join(stack.template, '..'));
    runtime = await start();
    expect(runtime.outputs.Said).toBe('Update three after two');
  });

  test('stops whatever runs, and starts again', async () => {
    await runtime.stop();
    await expect(fetch(`${runtime.url}/health`)).rejects.toThrow();
    runtime = await start();
  });
});
