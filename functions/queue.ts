import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { log } from './log.ts';

/** One message of a queue. */
export interface QueueRecord {
  readonly id: string;
  /** What the body's JSON says. */
  readonly body: unknown;
  /** How often it has been received, from 1. */
  readonly receives: number;
  /** When it was put into the queue, UTC milliseconds. */
  readonly sentAt: number;
}

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const recordOf = ({ messageId, body, attributes }: SQSRecord): QueueRecord => ({
  id: messageId,
  body: JSON.parse(body),
  receives: Number(attributes.ApproximateReceiveCount),
  sentAt: Number(attributes.SentTimestamp),
});

/**
 * The SQS stack, for a function that looks at its batch as a whole: it answers the ids of the records that failed,
 * and only those come back. A body that is no JSON fails by itself, and ends in the dead-letter queue.
 */
export const onQueue = (
  handle: (records: readonly QueueRecord[]) => Promise<Iterable<string>>,
): QueueHandler => {
  const stack = middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent) => {
    const failed = new Set<string>();
    const records = event.Records.flatMap((record) => {
      try {
        return [recordOf(record)];
      } catch (error) {
        log.error('a queue message is not JSON', { message: record.messageId, error: error as Error });
        failed.add(record.messageId);
        return [];
      }
    });
    if (records.length > 0) for (const id of await handle(records)) failed.add(id);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  });
  return stack;
};

/** The same for records that have nothing to do with each other, one after the other: one that throws fails alone. */
export const onEach = (handle: (record: QueueRecord) => Promise<void>): QueueHandler =>
  onQueue(async (records) => {
    const failed: string[] = [];
    for (const record of records) {
      try {
        await handle(record);
      } catch (error) {
        log.error('a queue message failed', {
          message: record.id,
          receives: record.receives,
          error: error as Error,
        });
        failed.push(record.id);
      }
    }
    return failed;
  });
