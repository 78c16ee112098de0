import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPool } from '../../local/lambda/pool.ts';

const thing = () => ({ broken: () => false, close: () => {} });

test('who finds one in use waits a little for it, and another is opened only when it takes long', async () => {
  const pool = createPool<ReturnType<typeof thing>>(() => 40, 4, 2);
  expect(await pool.acquire('a')).toBeUndefined();
  const first = thing();

  const soon = pool.acquire('a');
  await sleep(5);
  pool.release('a', first);
  expect(await soon).toBe(first);

  const began = performance.now();
  expect(await pool.acquire('a')).toBeUndefined();
  expect(performance.now() - began).toBeGreaterThan(30);
  pool.close();
});

test('the first of a kind waits for nobody', async () => {
  const pool = createPool<ReturnType<typeof thing>>(() => 10_000, 4, 2);
  expect(await pool.acquire('a')).toBeUndefined();
  expect(await pool.acquire('b')).toBeUndefined();
  pool.close();
});
