import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { onEach, onQueue, type QueueHandler, type QueueRecord } from '../../functions/queue.ts';

const event = (bodies: readonly string[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: '',
    body,
    attributes: {
      ApproximateReceiveCount: '3',
      SentTimestamp: '1700000000000',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'us-east-1',
  })),
});

const failedOf = async (handler: QueueHandler, ...bodies: string[]): Promise<string[]> =>
  (await handler(event(bodies), {} as Context)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

describe('a function behind a queue', () => {
  test('sees each record’s JSON, how often it came, and since when it waits', async () => {
    const seen: QueueRecord[] = [];
    const handler = onQueue((records) => {
      seen.push(...records);
      return Promise.resolve([]);
    });
    expect(await failedOf(handler, '{"a":1}')).toEqual([]);
    expect(seen).toEqual([{ id: 'm0', body: { a: 1 }, receives: 3, sentAt: 1_700_000_000_000 }]);
  });

  test('gives back only the records that it names, and those that are no JSON', async () => {
    const handler = onQueue((records) =>
      Promise.resolve(records.filter(({ body }) => body === 1).map(({ id }) => id)),
    );
    expect(await failedOf(handler, '0', '{', '1', '2')).toEqual(['m1', 'm2']);
  });

  test('that throws gives all of them back', async () => {
    const handler = onQueue(() => Promise.reject(new Error('no table')));
    await expect(handler(event(['0', '1']), {} as Context)).rejects.toThrow('no table');
  });

  test('that takes records one by one gives back those that throw', async () => {
    const handler = onEach(({ body }) => (body === 1 ? Promise.reject(new Error('bad')) : Promise.resolve()));
    expect(await failedOf(handler, '0', '1', '2')).toEqual(['m1']);
  });
});
