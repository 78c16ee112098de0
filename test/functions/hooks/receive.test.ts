import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHooks, type HookPorts } from '../../../functions/hooks/receive.ts';
import { tableSeen } from '../../../functions/hooks/seen.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import type { Quarantined } from '../../../functions/quarantine.ts';
import { startTable, type TestTable } from '../nurture.ts';

let store: TestTable;
let busIsDown = false;
let published: BusEntry[] = [];
let quarantined: Quarantined[] = [];
let ports: HookPorts;

beforeAll(async () => {
  store = await startTable();
  ports = {
    sources: () =>
      Promise.resolve({
        form: {
          source: 'form',
          verify: { scheme: 'typeform' },
          map: '{ "type": "track", "event": "Form", "messageId": id, "traits": { "email": email } }',
        },
      }),
    secret: () => Promise.resolve('{"form": ["the new key", "the old key"]}'),
    seen: tableSeen(store.table),
    quarantine: { put: (one) => Promise.resolve(void quarantined.push(one)) },
    publish: (entries) => {
      if (!busIsDown) published.push(...entries);
      return Promise.resolve(!busIsDown);
    },
    publicUrl: 'https://kindling.example',
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  busIsDown = false;
  published = [];
  quarantined = [];
});

const hook = async (body: string, { key = 'the old key', source = 'form' } = {}): Promise<number> => {
  const signature = `sha256=${createHmac('sha256', key).update(body).digest('base64')}`;
  const answer = await createHooks(ports)(
    {
      requestContext: { http: { method: 'POST' }, requestId: 'r' },
      rawPath: `/hooks/${source}`,
      headers: { 'Typeform-Signature': signature },
      pathParameters: { source },
      body,
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEventV2,
    {} as Context,
  );
  return answer.statusCode ?? 0;
};
const form = (id: string): string => JSON.stringify({ id, email: 'kim@alpha.example' });

test('a verified delivery comes in at the top, as a trusted sender’s', async () => {
  expect(await hook(form('1'))).toBe(200);
  expect(JSON.parse(published[0]?.detail ?? '')).toMatchObject({
    key: { scope: 'server' },
    messages: [{ event: 'Form', email: 'kim@alpha.example', messageId: 'form#1' }],
  });
});

test('replayed, it does nothing', async () => {
  expect([await hook(form('2')), await hook(form('2'))]).toEqual([200, 200]);
  expect(published).toHaveLength(1);
});

test('either key is good while keys are changed; no other is', async () => {
  expect(await hook(form('3'), { key: 'the new key' })).toBe(200);
  expect(await hook(form('4'), { key: 'another' })).toBe(401);
  expect(await hook(form('4'), { key: '' })).toBe(401);
  expect(await hook(form('4'), { source: 'nobody' })).toBe(404);
  expect(await hook(form('4'), { source: '__proto__' })).toBe(404);
  expect(published).toHaveLength(1);
  expect(quarantined).toEqual([]);
});

test('what they send and cannot be mapped is kept for a person', async () => {
  expect(await hook(JSON.stringify({ id: '5', email: 'no address' }))).toBe(200);
  expect(await hook('not JSON')).toBe(200);
  expect(quarantined.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('sources/form.yaml: names nobody'),
    'sources/form.yaml: the payload is not JSON',
  ]);
  expect(quarantined[0]?.raw).toContain('no address');
});

test('while the bus is down they are asked to come again, and then it is taken', async () => {
  busIsDown = true;
  expect(await hook(form('6'))).toBe(503);
  busIsDown = false;
  expect(await hook(form('6'))).toBe(200);
  expect(published).toHaveLength(1);
});

test('more than fits is refused', async () => {
  expect(await hook(`"${'x'.repeat(600_000)}"`)).toBe(413);
});
