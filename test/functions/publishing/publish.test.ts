import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ruleset } from '../../../core/ruleset.ts';
import { readLive, readPart, tableRulesets } from '../../../functions/aws/rulesets.ts';
import { tableMachines } from '../../../functions/journeys/machines.ts';
import { createPublish } from '../../../functions/publishing/handle.ts';
import { NOW, ruleset } from '../scoring/product.ts';
import { startTable, type TestTable } from '../table.ts';
import { publishIn, publishPorts } from './publisher.ts';

let server: TestTable;
let cloudformation: Server;
const answers: {
  status: number;
  method: string | undefined;
  type: string | undefined;
  body: Record<string, unknown>;
}[] = [];
let status = 200;

beforeAll(async () => {
  server = await startTable();
  cloudformation = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      answers.push({
        status,
        method: request.method,
        type: request.headers['content-type'],
        body: JSON.parse(body) as Record<string, unknown>,
      });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => cloudformation.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => cloudformation.close(resolve));
  await server.stop();
});

const other = {
  ...ruleset,
  bands: { ...ruleset.bands, bands: { cold: 0, hot: 50 } },
  emails: { hello: { subject: 'Hello', html: '<p>Hi</p>', text: 'Hi' } },
} as unknown as Ruleset;
const publishing = (rules: Ruleset) => publishIn(server.table, rules, () => NOW);

describe('publishing', () => {
  test('makes a ruleset live, once; another one after it, and a rollback, raise the epoch', async () => {
    const first = await publishing(ruleset);
    expect(first.epoch).toBe(1);
    expect(await publishing(ruleset)).toEqual(first);
    const second = await publishing(other);
    expect(second).toMatchObject({ epoch: 2 });
    expect(second.hash).not.toBe(first.hash);
    expect(await publishing(ruleset)).toMatchObject({ hash: first.hash, epoch: 3 });
    expect(await readPart(server.table, second.hash, 'email#hello')).toEqual({
      subject: 'Hello',
      html: '<p>Hi</p>',
      text: 'Hi',
    });
    expect(await readPart(server.table, first.hash, 'email#hello')).toBeNull();
  });

  test('two at once leave one of them live, by epochs that only rise', async () => {
    const before = await readLive(server.table);
    const both = await Promise.all([publishing(other), publishing(ruleset)]);
    const live = await readLive(server.table);
    expect(both.map(({ hash }) => hash)).toContain(live?.hash);
    expect(live?.epoch).toBeGreaterThan(before?.epoch ?? 0);
  });

  test('is seen by those who score within a minute, or at once where a lead has seen it', async () => {
    await publishing(ruleset);
    let now = NOW;
    const rulesets = tableRulesets(server.table, { now: () => now });
    const old = await rulesets.live();
    const next = await publishing(other);
    expect((await rulesets.live()).hash).toBe(old.hash);
    expect((await rulesets.live(next.epoch)).hash).toBe(next.hash);
    await publishing(ruleset);
    now += 61_000;
    expect((await rulesets.live()).hash).toBe(old.hash);
  });
});

describe('the custom resource', () => {
  const event = (RequestType: 'Create' | 'Update' | 'Delete') => ({
    RequestType,
    ResponseURL: `http://127.0.0.1:${(cloudformation.address() as AddressInfo).port}/answer?signed=1`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Ruleset',
    ResourceProperties: { Machines: JSON.stringify({ welcome: 'arn:welcome' }) },
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'ruleset' }),
  });
  const handler = (text: string) =>
    createPublish({
      ...publishPorts(server.table, ruleset, () => NOW),
      // eslint-disable-next-line @typescript-eslint/require-await -- a text that is no JSON rejects
      deployed: async () => JSON.parse(text) as Ruleset,
    });
  const run = (type: 'Create' | 'Update' | 'Delete', text: string) => handler(text)(event(type), {} as never);

  test('answers that it is done, as the signed address wants it', async () => {
    answers.length = 0;
    await run('Create', JSON.stringify(ruleset));
    expect(answers).toMatchObject([
      {
        method: 'PUT',
        type: '',
        body: {
          Status: 'SUCCESS',
          PhysicalResourceId: 'ruleset',
          StackId: 'stack',
          RequestId: 'request',
          LogicalResourceId: 'Ruleset',
        },
      },
    ]);
  });

  test('answers that it failed, so that the deployment does not wait for an hour', async () => {
    answers.length = 0;
    await run('Update', '{');
    expect(answers).toMatchObject([{ body: { Status: 'FAILED', PhysicalResourceId: 'ruleset' } }]);
  });

  test('tells where journeys run, before their ruleset is live, to whoever starts by that ruleset', async () => {
    const before = await readLive(server.table);
    const machines = tableMachines(server.table, { now: () => NOW });
    expect(await machines.of(before?.hash ?? '')).toEqual({ welcome: 'arn:welcome' });
    const wider = {
      ...event('Update'),
      ResourceProperties: { Machines: JSON.stringify({ welcome: 'arn:welcome', back: 'arn:back' }) },
    };
    await handler(JSON.stringify(other))(wider, {} as never);
    const after = await readLive(server.table);
    expect(after?.hash).not.toBe(before?.hash);
    // Kept for a minute, but not for another ruleset.
    expect(await machines.of(before?.hash ?? '')).toEqual({ welcome: 'arn:welcome' });
    expect(await machines.of(after?.hash ?? '')).toEqual({ welcome: 'arn:welcome', back: 'arn:back' });
  });

  test('leaves the ruleset where the stack is deleted', async () => {
    answers.length = 0;
    const before = await readLive(server.table);
    await run('Delete', '{');
    expect(answers).toMatchObject([{ body: { Status: 'SUCCESS' } }]);
    expect(await readLive(server.table)).toEqual(before);
  });

  test('fails where nobody takes its answer', async () => {
    status = 403;
    await expect(run('Create', JSON.stringify(ruleset))).rejects.toThrow('took no answer: 403');
    status = 200;
  });
});
