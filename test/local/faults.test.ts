import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { endpointAt, failAt, startEndpoint } from '../../local/endpoint.ts';
import { createFaults, failingInvoke } from '../../local/faults.ts';
import { directRequest } from '../../local/lambda/direct.ts';

let carriedOut = 0;
let chance = 0;
const faults = createFaults(() => chance);
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
beforeAll(async () => {
  endpoint = await startEndpoint('application/x-amz-json-1.0', () => {
    carriedOut += 1;
    return Promise.resolve({ body: '{}' });
  });
  failAt(endpoint.url, (handle) => faults.around('dynamodb', handle));
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  carriedOut = 0;
  chance = 0;
  faults.set({});
});

/** By a connection of its own. */
const bySocket = async (): Promise<number> => (await fetch(endpoint.url, { method: 'POST' })).status;
/** As functions ask, who run in the same process. */
const directly = async (): Promise<number> => {
  const request = directRequest({ method: 'POST' }, endpointAt(Number(new URL(endpoint.url).port))!);
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.end();
  return (await answered)[0].statusCode ?? 0;
};

test.each([
  ['a socket', bySocket],
  ['a function', directly],
])('a service that %s asks says "later", is cut off, or loses its answer', async (_, ask) => {
  expect(await ask()).toBe(200);
  expect(faults.set({ dynamodb: { throttled: 0.5 } })).toBe(true);
  expect(await ask()).toBe(400);
  expect(carriedOut).toBe(1);
  chance = 0.5;
  expect(await ask()).toBe(200);
  faults.set({ dynamodb: { cut: 1 } });
  await expect(ask()).rejects.toThrow();
  expect(carriedOut).toBe(2);
  faults.set({ dynamodb: { lost: 1 } });
  await expect(ask()).rejects.toThrow();
  expect(carriedOut).toBe(3);
  faults.set({ mail: { cut: 1 } });
  expect(await ask()).toBe(200);
});

test('a function that is throttled is not begun; one whose answer is lost was', async () => {
  let runs = 0;
  const invoke = failingInvoke(faults, () => Promise.resolve({ payload: (runs += 1) }));
  const call = () => invoke('arn', {}, { kind: 'role', roleArn: 'r' });
  faults.set({ lambda: { throttled: 1 } });
  expect(await call()).toMatchObject({ error: { errorType: 'Lambda.TooManyRequestsException' } });
  expect(runs).toBe(0);
  faults.set({ lambda: { lost: 1 } });
  expect(await call()).toMatchObject({ error: { errorType: 'Lambda.SdkClientException' } });
  expect(runs).toBe(1);
  faults.set({});
  expect(await call()).toEqual({ payload: 2 });
});

test.each([
  ['no mapping', undefined],
  ['an unknown service', { s3: {} }],
  ['an unknown fault', { mail: { broken: 1 } }],
  ['a share above all', { mail: { lost: 2 } }],
  ['a share that is no number', { mail: { lost: '1' } }],
])('%s changes nothing', async (_, asked) => {
  faults.set({ dynamodb: { throttled: 1 } });
  expect(faults.set(asked)).toBe(false);
  expect(await bySocket()).toBe(400);
});
