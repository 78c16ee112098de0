import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOfCode, startLambda, type Lambda } from '../../local/lambda.ts';
import { createPrincipals, DEPLOYER, type Principals } from '../../local/principals.ts';
import { readTemplate, type Template } from '../../local/template.ts';
import { lambda, role, writeStack, type Stack } from './stack.ts';
import { standingClock, START } from './surroundings.ts';

const CODE = `
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { colour } from './colour.mjs';
let calls = 0;
const rules = JSON.parse(readFileSync(new URL('./rules.json', import.meta.url), 'utf8'));
const acts = {
  echo: async (event) => ({ event, calls }),
  time: async () => ({ now: Date.now(), iso: new Date().toISOString(), said: Date(), is: new Date() instanceof Date, real: performance.timeOrigin + performance.now() }),
  surroundings: async (_, context) => ({
    env: process.env.OWN, same: globalThis.process === process, name: context.functionName, id: context.awsRequestId,
    left: context.getRemainingTimeInMillis(), rules, colour, home: process.env.HOME,
    lazy: (await import('./lazy.mjs')).lazy, region: process.env.AWS_REGION,
  }),
  bytes: async () => Buffer.from('x') instanceof Uint8Array && new TextEncoder().encode('x') instanceof Uint8Array,
  errors: async () => { try { readFileSync('/nowhere'); } catch (error) { return error instanceof Error; } },
  nothing: async () => undefined,
  fail: async () => { throw new TypeError('not today'); },
  text: async () => { throw 'a text'; },
  late: async () => { setTimeout(() => { throw new Error('nobody caught me'); }, 1); await sleep(1_000); },
  lost: async () => { Promise.reject(new Error('nobody awaited me')); await sleep(1_000); },
  exit: async () => process.exit(3),
  hang: () => { console.log('my key', process.env.AWS_ACCESS_KEY_ID); return new Promise(() => {}); },
  slow: async () => { await sleep(20); return calls; },
  span: async () => { const from = performance.now(); await sleep(300); return { key: process.env.AWS_ACCESS_KEY_ID, from, to: performance.now() }; },
  leak: async () => { globalThis.leaked = true; Array.prototype.leaked = true; return 1; },
  print: async () => { console.log('a line', { n: 1 }); process.stdout.write('raw\\n'); return 1; },
  big: async () => 'x'.repeat(7_000_000),
};
export const handler = async (event, context) => { calls++; return acts[event.act](event, context); };
`;
const FILES = {
  'index.mjs': CODE,
  'colour.mjs': 'export const colour = "red";',
  'lazy.mjs': 'export const lazy = 7;',
  'rules.json': '{"hot":70}',
};

let stack: Stack;
let template: Template;
let access: Principals;
let runner: Lambda;
const clock = standingClock(START);
const arn = (name: string): string => template.resource(name).arn;
const call = (act: string, name = 'Work', more: object = {}) =>
  runner.invoke(arn(name), { act, ...more }, DEPLOYER);

beforeAll(() => {
  stack = writeStack(
    {
      Resources: {
        workRole: role(),
        Work: lambda('work', { OWN: 'mine' }, { Timeout: 2, MemorySize: 256 }),
        Other: lambda('work', {}, { Timeout: 1 }),
        Broken: lambda('work', {}, { Handler: 'index.nobody' }),
        Missing: lambda('work', {}, { Handler: 'absent.handler' }),
        Python: lambda('work', {}, { Runtime: 'python3.13' }),
      },
    },
    { work: FILES },
  );
  template = readTemplate(stack, 'id');
  access = createPrincipals(template);
  runner = startLambda({
    dir: stack.data,
    clock,
    access,
    changed: () => {},
    log: () => {},
    resources: template.ofType('AWS::Lambda::Function'),
    folderOf: (resource) => folderOfCode(resource, template.asset),
    environmentOf: ({ properties }) =>
      ((properties.Environment ?? {}) as { Variables: Record<string, string> }).Variables,
    endpoints: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  });
});
afterAll(async () => {
  await runner.stop();
  stack.remove();
});

describe('a function', () => {
  test('gets an event and answers with JSON', async () => {
    expect(await call('echo', 'Work', { list: [1, null] })).toMatchObject({
      payload: { event: { act: 'echo', list: [1, null] } },
    });
    expect(await call('nothing')).toEqual({ payload: null });
  });

  test('lives in the time of the clock, whatever the machine says', async () => {
    const { payload } = (await call('time')) as {
      payload: { now: number; iso: string; said: string; is: boolean; real: number };
    };
    expect(payload).toMatchObject({ now: START, iso: new Date(START).toISOString(), is: true });
    expect(payload.said).toMatch(/^Mon Jan 05 2026/);
    clock.set(START + 5);
    expect(await call('time')).toMatchObject({ payload: { now: START + 5 } });
    clock.set(START);
    expect(payload.real).toBeGreaterThan(START);
  });

  test('has its environment, its files, its modules and its context', async () => {
    const { payload } = (await call('surroundings')) as { payload: Record<string, unknown> };
    expect(payload).toMatchObject({
      env: 'mine',
      same: true,
      name: 'Kindling-Work',
      rules: { hot: 70 },
      colour: 'red',
      lazy: 7,
      region: 'us-east-1',
    });
    expect(payload.home).toBeUndefined();
    expect(payload.left).toBeGreaterThan(1_000);
    expect(payload.left).toBeLessThanOrEqual(2_000);
  });

  test("takes Node's bytes and errors for its own", async () => {
    expect(await call('bytes')).toEqual({ payload: true });
    expect(await call('errors')).toEqual({ payload: true });
  });

  test('keeps what it learned for its next call, and shares nothing with another', async () => {
    const before = (await call('echo')) as { payload: { calls: number } };
    const after = (await call('echo')) as { payload: { calls: number } };
    expect(after.payload.calls).toBe(before.payload.calls + 1);
    await call('leak');
    const other = (await call('echo', 'Other')) as { payload: { calls: number } };
    expect(other.payload.calls).toBe(1);
    expect('leaked' in Array.prototype).toBe(false);
    expect('leaked' in globalThis).toBe(false);
  });

  test('runs several times at once, each in a context of its own', async () => {
    const calls = await Promise.all(Array.from({ length: 2 }, () => call('span')));
    const spans = calls.map(
      (each) => (each as { payload: { key: string; from: number; to: number } }).payload,
    );
    expect(new Set(spans.map(({ key }) => key)).size).toBe(2);
    expect(Math.max(...spans.map(({ from }) => from))).toBeLessThan(Math.min(...spans.map(({ to }) => to)));
  });

  test('waits for a context when all are taken, and every call is answered', async () => {
    const calls = Array.from({ length: 40 }, (_, index) => call('slow', index % 2 ? 'Work' : 'Other'));
    for (const answer of await Promise.all(calls)) expect(answer).toHaveProperty('payload');
    expect(runner.busy()).toBe(false);
  });

  test("prints into its own log, the clock's time first", async () => {
    await call('print');
    await expect
      .poll(() => readFileSync(join(stack.data, 'Work.log'), 'utf8'))
      .toMatch(/2026-01-05T12:00:00.000Z\t[\w-]{36}\tINFO\ta line \{ n: 1 \}\nraw\n/);
  });
});

describe('a function that fails', () => {
  test('says so as Lambda does', async () => {
    const { error } = (await call('fail')) as { error: { trace: string[] } };
    expect(error).toMatchObject({ errorType: 'TypeError', errorMessage: 'not today' });
    expect(error.trace[0]).toBe('TypeError: not today');
    expect(await call('text')).toEqual({ error: { errorType: 'string', errorMessage: 'a text' } });
  });

  test('by what it left running costs one call, and the next one starts anew', async () => {
    for (const act of ['late', 'lost', 'exit']) {
      const { error } = (await call(act)) as { error: { errorType: string } };
      expect(error.errorType, act).toMatch(/^Runtime\.(UnhandledPromiseRejection|ExitError)$/);
    }
    expect(await call('echo')).toHaveProperty('payload');
  });

  test('to end in time is told so, and its access key is nobody’s from then on', async () => {
    expect(await call('hang', 'Other')).toEqual({
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: [\w-]{36} Error: Task timed out after 1.00 seconds$/,
        ) as string,
      },
    });
    const log = join(stack.data, 'Other.log');
    await expect.poll(() => readFileSync(log, 'utf8')).toMatch(/my key AKIA\w+/);
    const key = /my key (AKIA\w+)/.exec(readFileSync(log, 'utf8'))?.[1];
    expect(() => access.identify({ authorization: `AWS4-HMAC-SHA256 Credential=${key}/x` })).toThrow(
      'security token',
    );
    expect(await call('echo', 'Other')).toHaveProperty('payload');
  });

  test('to load says why', async () => {
    expect(await call('echo', 'Broken')).toMatchObject({ error: { errorType: 'Runtime.HandlerNotFound' } });
    expect(await call('echo', 'Missing')).toMatchObject({
      error: { errorType: 'Runtime.ImportModuleError' },
    });
    expect(await call('echo', 'Python')).toMatchObject({
      error: { errorMessage: expect.stringContaining('only Node runs locally') as string },
    });
  });

  test('by too much to say is refused', async () => {
    expect(await call('big')).toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
  });

  test('to be there, or to be allowed, is refused', async () => {
    await expect(
      runner.invoke('arn:aws:lambda:us-east-1:000000000000:function:nobody', {}, DEPLOYER),
    ).rejects.toThrow('Function not found');
    const stranger = {
      kind: 'service',
      service: 'events.amazonaws.com',
      sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/x',
    } as const;
    await expect(runner.invoke(arn('Work'), {}, stranger)).rejects.toThrow(
      'not authorized to perform lambda:InvokeFunction',
    );
  });
});
