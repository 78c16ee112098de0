import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Message } from '../../../core/message/message.ts';
import { type MessagesDetail, pack, requestsOf } from '../../../functions/ingest/pack.ts';
import { publish } from '../../../functions/ingest/publish.ts';

const message = (messageId: string, bytes: number): Message => ({
  type: 'track',
  event: 'E',
  messageId,
  userId: 'u',
  properties: { text: 'x'.repeat(bytes) },
  context: {},
  occurredAt: 0,
  key: '0',
});

const KB = 1024;
const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 200 * KB })), {
  maxLength: 60,
});

describe('messages on the bus', () => {
  test.prop([sizes])('are all there, in order, in entries and requests that the bus takes', (lengths) => {
    const messages = lengths.map((bytes, index) => message(`m${index}`, bytes));
    const entries = pack(messages, 'server', 42);
    const details = entries.map(({ detail }) => JSON.parse(detail) as MessagesDetail);
    expect(details.flatMap((detail) => detail.messages)).toEqual(messages);
    for (const detail of details) expect(detail).toMatchObject({ key: { scope: 'server' }, receivedAt: 42 });

    const requests = requestsOf(entries);
    expect(requests.flat()).toEqual(entries);
    for (const request of requests) {
      expect(request.length).toBeLessThanOrEqual(10);
      const bytes = request.reduce(
        (sum, entry) => sum + Buffer.byteLength(entry.source + entry.detailType + entry.detail),
        0,
      );
      expect(bytes).toBeLessThanOrEqual(256 * KB);
    }
  });

  test('take as few entries as fit', () => {
    const small = Array.from({ length: 2_500 }, (_, index) => message(`m${index}`, 10));
    expect(pack(small.slice(0, 100), 'browser', 0)).toHaveLength(1);
    const bytes = Buffer.byteLength(JSON.stringify(small));
    expect(pack(small, 'browser', 0)).toHaveLength(Math.ceil(bytes / (240 * KB)));
    expect(pack([], 'browser', 0)).toEqual([]);
  });
});

describe('publishing', () => {
  const entries = pack(
    Array.from({ length: 12 }, (_, index) => message(`m${index}`, 200 * KB)),
    'server',
    0,
  );

  test('tries again only what failed', async () => {
    const asked: string[] = [];
    const first = new Set<string>();
    const done = await publish(
      {
        put: (put) => {
          asked.push(...put.map(({ detail }) => detail));
          // Every other entry fails once.
          return Promise.resolve(
            put.map(
              ({ detail }) =>
                entries.findIndex((e) => e.detail === detail) % 2 === 0 ||
                first.has(detail) ||
                !first.add(detail),
            ),
          );
        },
      },
      entries,
      () => Promise.resolve(),
    );
    expect(done).toBe(true);
    expect(asked).toHaveLength(entries.length + entries.length / 2);
  });

  test('gives up in the end, whether the bus refuses or does not answer', async () => {
    const pauses: number[] = [];
    const pause = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    expect(await publish({ put: (put) => Promise.resolve(put.map(() => false)) }, entries, pause)).toBe(
      false,
    );
    expect(await publish({ put: () => Promise.reject(new Error('no bus')) }, entries, pause)).toBe(false);
    expect(pauses).toEqual([50, 200, 800, 50, 200, 800]);
  });

  test('an answer shorter than the question is a refusal of the rest', async () => {
    let calls = 0;
    expect(
      await publish({ put: () => Promise.resolve(calls++ === 0 ? [] : [true]) }, entries.slice(0, 1), () =>
        Promise.resolve(),
      ),
    ).toBe(true);
    expect(calls).toBe(2);
  });
});
