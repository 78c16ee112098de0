import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { orAgain } from '../../../functions/ingest/again.ts';
import { ingest, requestEvent, SERVER_KEY } from './gateway.ts';
import type { IngestPorts } from '../../../functions/ingest/accept.ts';

const track = Buffer.from(JSON.stringify({ writeKey: SERVER_KEY, event: 'E', userId: 'u', messageId: 'm' }));
/** One event, and what its sender hears. @param leftMs of the function's time */
const send = async (ports: Partial<IngestPorts>, body = track, leftMs = 10_000) =>
  orAgain(ingest(ports).handler)(requestEvent('POST', '/v1/track', { host: 'in.example' }, body), {
    getRemainingTimeInMillis: () => leftMs,
  } as Context);
const AGAIN = { statusCode: 503, headers: expect.objectContaining({ 'retry-after': '1' }) as unknown };

test.each<[string, Partial<IngestPorts>]>([
  ['the bus does not answer', { bus: { put: () => Promise.reject(new Error('connect ECONNREFUSED')) } }],
  ['the bus takes nothing', { bus: { put: (entries) => Promise.resolve(entries.map(() => false)) } }],
  ['the keys cannot be read', { keys: { scopeOf: () => Promise.reject(new Error('no secret')) } }],
  ['something of ours is broken', { rate: { take: () => Promise.reject(new TypeError('undefined')) } }],
])('clients send again where %s', async (_what, ports) => {
  expect(await send({ pause: () => Promise.resolve(), ...ports })).toMatchObject(AGAIN);
});

test('clients send again where the bus keeps silent until time runs out', async () => {
  const began = performance.now();
  expect(await send({ bus: { put: () => new Promise(() => {}) } }, track, 900)).toMatchObject(AGAIN);
  expect(performance.now() - began).toBeLessThan(800);
});

test('what a sender did wrong is told as ever', async () => {
  expect((await send({}, Buffer.from('{'))).statusCode).toBe(400);
  expect((await send({}, Buffer.from('{"writeKey":"wrong-key","event":"E"}'))).statusCode).toBe(401);
  expect((await send({})).statusCode).toBe(200);
});
