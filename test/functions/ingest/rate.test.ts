import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRate, type Rate, type RateCounter } from '../../../functions/ingest/rate.ts';
import { tableRateCounter } from '../../../functions/ingest/rate-counter.ts';

const START = Date.parse('2026-05-14T12:00:00Z');

/** The counter's contract, in memory, and how often it was asked. */
const counting = (): RateCounter & { asked: number } => {
  const used = new Map<string, number>();
  const counter = {
    asked: 0,
    add: (name: string, second: number, count: number, limit: number): Promise<boolean> => {
      counter.asked += 1;
      const key = `${name}#${second}`;
      const before = used.get(key) ?? 0;
      if (before >= limit) return Promise.resolve(false);
      used.set(key, before + count);
      return Promise.resolve(true);
    },
  };
  return counter;
};

const limiter = (
  counter: RateCounter,
  perSecond: number,
): { rate: Rate; at: { now: number; elapsed: number } } => {
  const at = { now: START, elapsed: 0 };
  return { rate: createRate({ counter, perSecond, now: () => at.now, elapsed: () => at.elapsed }), at };
};

describe('a limit per key', () => {
  test('lets in what it says in ten seconds, then tells how long to wait', async () => {
    const { rate, at } = limiter(counting(), 10);
    at.now += 3_000;
    for (let taken = 0; taken < 100; taken += 10) expect(await rate.take('browser', 10)).toBe(0);
    expect(await rate.take('browser', 1)).toBe(7);
    expect(await rate.take('server', 1)).toBe(0);
    at.now += 7_000;
    expect(await rate.take('browser', 1)).toBe(0);
  });

  test('asks the table a few times a window, not for every message, and not while it is closed', async () => {
    const counter = counting();
    const { rate } = limiter(counter, 1_000);
    for (let message = 0; message < 12_000; message += 1) await rate.take('browser', 1);
    expect(counter.asked).toBe(21);
  });

  test('holds over several instances, to one lease each', async () => {
    const counter = counting();
    const instances = Array.from({ length: 5 }, () => limiter(counter, 100).rate);
    let taken = 0;
    for (let round = 0; round < 1_000; round += 1)
      for (const rate of instances) if ((await rate.take('browser', 1)) === 0) taken += 1;
    expect(taken).toBeGreaterThanOrEqual(1_000);
    expect(taken).toBeLessThanOrEqual(1_000 + 50);
  });

  test('takes a batch larger than the whole limit, once', async () => {
    const { rate, at } = limiter(counting(), 10);
    expect(await rate.take('server', 2_500)).toBe(0);
    expect(await rate.take('server', 1)).toBe(10);
    at.now += 10_000;
    expect(await rate.take('server', 2_500)).toBe(0);
  });

  test('opens again after ten seconds even under a clock that stands still', async () => {
    const { rate, at } = limiter(counting(), 1);
    expect(await rate.take('server', 10)).toBe(0);
    expect(await rate.take('server', 1)).toBe(10);
    at.elapsed += 9_000;
    expect(await rate.take('server', 1)).toBe(10);
    at.elapsed += 1_000;
    expect(await rate.take('server', 1)).toBe(0);
  });

  test('a table that does not answer keeps nobody out', async () => {
    const { rate } = limiter({ add: () => Promise.reject(new Error('no table')) }, 1);
    for (let message = 0; message < 100; message += 1) expect(await rate.take('server', 1)).toBe(0);
  });
});

describe('the counter in the table', () => {
  let server: Server;
  let client: DynamoDBClient;
  beforeAll(async () => {
    server = dynalite({ createTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await client.send(
      new CreateTableCommand({
        TableName: 'counters',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
  });
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

  test('adds until the limit is reached, each window for itself, and is gone after a while', async () => {
    const counter = tableRateCounter(client, 'counters');
    expect(await counter.add('browser', 1_000, 60, 100)).toBe(true);
    expect(await counter.add('browser', 1_000, 60, 100)).toBe(true);
    expect(await counter.add('browser', 1_000, 1, 100)).toBe(false);
    expect(await counter.add('browser', 1_010, 1, 100)).toBe(true);
    expect(await counter.add('server', 1_000, 1, 100)).toBe(true);
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: 'counters',
        Key: { pk: { S: 'RATE#browser#1000' }, sk: { S: 'RATE' } },
      }),
    );
    expect(Item).toMatchObject({ used: { N: '120' }, ttl: { N: '4600' } });
  });

  test('counts what many ask for at once', async () => {
    const counter = tableRateCounter(client, 'counters');
    const answers = await Promise.all(Array.from({ length: 40 }, () => counter.add('burst', 0, 5, 100)));
    expect(answers.filter(Boolean)).toHaveLength(20);
  });
});
