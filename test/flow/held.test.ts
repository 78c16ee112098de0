import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HeldList } from '../../core/view/handoff.ts';
import { run, type Ran } from '../cli/run.ts';
import { changedRules } from './changed-rules.ts';
import { type Product, startProduct } from './product.ts';

const START = '2026-05-04T08:00:00.000Z';
const PEOPLE = ['ada', 'ben', 'cid', 'dot'];

let product: Product;
let dearer: string;
beforeAll(async () => {
  dearer = await changedRules({ 'scores/engagement.yaml': [['points: 50', 'points: 65']] });
  product = await startProduct({ args: ['--rules', 'test/flow/rules', '--virtual-clock', START] });
});
afterAll(async () => {
  await product.end();
  await rm(dearer, { recursive: true, force: true });
});

const kindling = (...argv: string[]): Promise<Ran> => run([...argv, '--url', product.url]);
const handoffs = async (): Promise<number> =>
  (await product.mail()).filter(({ to }) => String(to).includes('sales@')).length;
const held = async (): Promise<readonly (string | null)[]> =>
  (await product.get<HeldList>('/api/held')).held.map(({ name }) => name).sort();
const nameOf = async (userId: string): Promise<string> =>
  `lead/${(await product.lead(`${userId}@example.com`)).id}/1`;

test('handoffs that a deploy held back are listed, and start when somebody releases them, once', async () => {
  await product.send(
    ...PEOPLE.flatMap((userId) => [
      {
        type: 'identify',
        userId,
        messageId: `i-${userId}`,
        timestamp: START,
        traits: { email: `${userId}@example.com`, name: userId },
      },
      { type: 'track', event: 'Demo Booked', userId, messageId: `d-${userId}`, timestamp: START },
    ]),
  );
  await product.idle();
  expect((await kindling('held')).out).toBe('No handoff is held back.\n');
  const deployed = await kindling('deploy', '--rules', dearer, '--no-wait', '--cap-handoffs', '1');
  expect(deployed).toMatchObject({ code: 0, err: '' });
  await product.advance('10m');
  expect(await handoffs()).toBe(1);
  const waiting = await held();
  expect(waiting).toHaveLength(3);
  const [first = ''] = waiting;
  const listed = await kindling('held');
  for (const name of waiting) expect(listed.out).toContain(String(name));
  expect(listed.out).toContain('Release one by --release NAME, or all by --release all.');

  const name = await nameOf(String(first));
  expect(await kindling('held', '--release', name)).toMatchObject({ code: 0, out: '1 handoff starts.\n' });
  await product.idle();
  expect(await handoffs()).toBe(2);
  expect(await held()).toEqual(waiting.slice(1));
  // It is open now: nothing of it is held back.
  const again = await kindling('held', '--release', name);
  expect(again.code).toBe(1);
  expect(again.err).toContain('it is not held back, or no longer qualified');

  expect((await kindling('held', '--release', 'all')).out).toBe('2 handoffs start.\n');
  await product.advance('1m');
  expect(await handoffs()).toBe(PEOPLE.length);
  expect(await held()).toEqual([]);
  expect((await kindling('held', '--release', 'all')).out).toBe('No handoff is held back.\n');
});

test('nothing is released by who does not say what', async () => {
  const post = (body: unknown): Promise<Response> =>
    fetch(`${product.url}/api/held/release`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (const body of [{}, { handoffs: [] }, { handoffs: 'all' }, { handoffs: [1] }])
    expect((await post(body)).status).toBe(400);
  expect((await fetch(`${product.url}/api/held`)).status).toBe(401);
});
