import { describe, expect, test } from 'vitest';
import { checkExpression, evaluate } from '../../../core/sources/expression.ts';
import { fromSource } from '../../../core/sources/map.ts';

const map = (text: string, payload: unknown = {}) =>
  fromSource({ source: 'x', map: text }, payload, { id: 'd1', receivedAt: 0 });

describe('an expression', () => {
  test.each([
    ['a regular expression', '$match(name, /(a+)+$/)'],
    ['$eval', '$eval(name)'],
    ['$eval by another name', '($e := $eval; $e(name))'],
    ['nonsense', '{ "a": '],
  ])('%s is refused before it runs', (_, text) => {
    expect(checkExpression(text).ok).toBe(false);
  });

  test.each([
    ['an endless recursion', '($f := function($n) { 1 + $f($n + 1) }; $f(0))'],
    ['an endless loop', '($f := function($n) { $f($n + 1) }; $f(0))'],
    ['a long sequence', '[1..9999999]'],
    ['a loop of loops', '$sum([1..5000].($sum([1..5000].($ * 2))))'],
  ])('%s ends, with a reason', async (_, text) => {
    const started = process.hrtime.bigint();
    expect((await evaluate(text, {})).ok).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(5_000);
  });

  test('a payload that is deep, or asks for a wide text, costs little', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect((await evaluate('$', deep)).ok).toBe(false);
    const wide = await evaluate('$length($pad("x", width))', { width: 1e9 });
    expect(wide).toEqual({ ok: true, value: 100_000 });
  });
});

describe('what a payload becomes', () => {
  test('messages with ids of their source, the same for the same delivery', async () => {
    const text =
      '[{ "type": "track", "event": "A", "userId": "u" }, { "type": "track", "event": "B", "userId": "u", "messageId": 7 }]';
    const { messages } = await map(text);
    expect(messages.map(({ messageId }) => messageId)).toEqual(['x#d1#0', 'x#7']);
    expect(await map(text)).toEqual(await map(text));
  });

  test('nothing, where nothing was asked for', async () => {
    expect(await map('event = "other" ? { "a": 1 }')).toEqual({ messages: [], refused: [] });
  });

  test('what is no message is refused with its reason, and its neighbours are taken', async () => {
    const { messages, refused } = await map(
      '[{ "type": "track", "event": "A", "userId": "u" }, { "type": "nonsense" }, 5]',
    );
    expect(messages).toHaveLength(1);
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('sources/x.yaml: type must be one of'),
      expect.stringContaining('sources/x.yaml: a message must be an object'),
    ]);
    expect((await map('$number("x")')).refused).toHaveLength(1);
  });

  test('hostile fields stay fields', async () => {
    const payload = JSON.parse('{"__proto__": {"polluted": 1}, "email": "a@b.example"}') as object;
    await map('{ "type": "track", "event": "A", "traits": { "email": email }, "properties": $ }', payload);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
