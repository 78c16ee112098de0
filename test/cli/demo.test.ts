import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { type DemoMessage, moved, play, readSample, shiftToEnd, type Stage } from '../../cli/demo.ts';
import { sample } from '../../examples/generate.ts';

const HOUR = 3_600_000;
const message = (id: string, at: number): DemoMessage => ({ at, message: { messageId: id } });

/** A stage that remembers what was done on it. @param failAt the batch that is refused */
function stage(now: number, failAt = Infinity): Stage & { readonly log: [number, string[]][] } {
  const log: [number, string[]][] = [];
  let at = now;
  return {
    log,
    now: () => at,
    moveTo: (to, there) => {
      if (to < at) throw new Error('time does not go back');
      at = to;
      return there();
    },
    send: (batch) => {
      if (log.length >= failAt) return Promise.reject(new Error('refused'));
      log.push([at, batch.map(({ messageId }) => String(messageId))]);
      return Promise.resolve();
    },
  };
}

const some = [
  message('a', 1 * HOUR),
  message('b', 2 * HOUR),
  message('c', 8 * HOUR),
  message('d', 8 * HOUR + 1),
  message('e', 40 * HOUR),
];
const saved = () => {
  const list: number[] = [];
  return { list, save: ({ played }: { played: number }) => Promise.resolve(void list.push(played)) };
};

describe('the player', () => {
  test('moves the clock first, then sends what has happened by then, in order', async () => {
    const on = stage(0);
    const { list, save } = saved();
    await play(on, some, { shift: 0, played: 0 }, save, { step: 8 * HOUR });
    expect(on.log).toEqual([
      [8 * HOUR, ['a', 'b', 'c']],
      [16 * HOUR, ['d']],
      [40 * HOUR, ['e']],
    ]);
    expect(list).toEqual([3, 4, 5]);
  });

  test('sends nothing more than an hour after its time', async () => {
    const on = stage(0);
    await play(on, some, { shift: 0, played: 0 }, saved().save);
    for (const [at, ids] of on.log)
      for (const id of ids) {
        const due = some.find(({ message }) => message['messageId'] === id)!.at;
        expect(at - due).toBeGreaterThanOrEqual(0);
        expect(at - due).toBeLessThan(HOUR);
      }
    expect(on.log.flatMap(([, ids]) => ids)).toHaveLength(some.length);
  });

  test('never plays the future: the clock ends with the last message', async () => {
    const on = stage(0);
    await play(on, some, { shift: 0, played: 0 }, saved().save);
    expect(on.now()).toBe(40 * HOUR);
  });

  test('goes on where it was, and sends again only what was not taken', async () => {
    const first = stage(0, 1);
    const { list, save } = saved();
    await expect(play(first, some, { shift: 0, played: 0 }, save)).rejects.toThrow('refused');
    const second = stage(first.now());
    await play(second, some, { shift: 0, played: list.at(-1) ?? 0 }, save);
    expect([...first.log, ...second.log].flatMap(([, ids]) => ids)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('a clock that is ahead already is not moved back', async () => {
    const on = stage(20 * HOUR);
    await play(on, some, { shift: 0, played: 0 }, saved().save);
    expect(on.log).toEqual([
      [20 * HOUR, ['a', 'b', 'c', 'd']],
      [40 * HOUR, ['e']],
    ]);
  });

  test('sends at most 500 messages at once', async () => {
    const on = stage(0);
    const many = Array.from({ length: 1_201 }, (_, index) => message(String(index), HOUR));
    await play(on, many, { shift: 0, played: 0 }, saved().save);
    expect(on.log.map(([, ids]) => ids.length)).toEqual([500, 500, 201]);
  });

  test('stops between two steps when it is interrupted', async () => {
    const interrupted = new AbortController();
    const on = stage(0);
    const stop = () => Promise.resolve(interrupted.abort());
    await play(on, some, { shift: 0, played: 0 }, stop, { signal: interrupted.signal });
    expect(on.log).toHaveLength(1);
  });
});

describe('the bundled sample', () => {
  const file = join(import.meta.dirname, '../../examples/events.ndjson.gz');

  test('is what the generator makes', async () => {
    const messages = await readSample(file);
    expect(messages.map((each) => `${JSON.stringify(each.message)}\n`).join('')).toBe(sample());
  });

  test('is sixty days of 3,000 to 6,000 messages in the order of time, each with its own id', async () => {
    const messages = await readSample(file);
    expect(messages.length).toBeGreaterThan(3_000);
    expect(messages.length).toBeLessThan(6_000);
    expect(messages.every(({ at }, index) => at >= (messages[index - 1]?.at ?? 0))).toBe(true);
    expect(new Set(messages.map(({ message }) => message['messageId'])).size).toBe(messages.length);
    const days = ((messages.at(-1)?.at ?? 0) - (messages[0]?.at ?? 0)) / (24 * HOUR);
    // from the first morning to the last evening
    expect(Math.ceil(days)).toBe(60);
  });

  test('ends on the last day, at the time of day at which it was made to', async () => {
    const now = Date.UTC(2031, 4, 17, 3, 4, 5, 6);
    const messages = await readSample(file);
    const last = moved(messages, shiftToEnd(messages, now)).at(-1);
    expect(last?.at).toBeLessThanOrEqual(now);
    expect(last?.at).toBeGreaterThan(now - 24 * HOUR);
    const timeOf = (entry?: DemoMessage): string => String(entry?.message['timestamp']).slice(11);
    expect(timeOf(last)).toBe(timeOf(messages.at(-1)));
  });

  test('names nobody real: every address is on an example domain', () => {
    const addresses = sample().match(/[\w.+-]+@[\w.-]+/g) ?? [];
    expect(addresses.length).toBeGreaterThan(100);
    expect(addresses.filter((address) => !address.endsWith('.example'))).toEqual([]);
  });
});
