import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../core/sources/expression.ts';

const PAYLOAD = { items: Array.from({ length: 9_000 }, (_, n) => ({ id: n % 3_000, deep: { n } })) };
const DOUBLED = '$f := function($x, $n) { $n = 0 ? $x : $f($x & $x, $n - 1) };';

/** Expressions come by pull request, and are run on the machine that checks it. */
describe('an expression that would eat its machine', () => {
  test.each([
    ['a text that doubles', `(${DOUBLED} $f("aaaaaaaaaaaaaaaa", 24))`],
    ['one that is looked through', `(${DOUBLED} $length($f("aaaaaaaaaaaaaaaa", 24)))`],
    ['a large one, again and again', `(${DOUBLED} [1..5000].$uppercase($f("aaaaaaaaaaaaaaaa", 15)))`],
    ['a list of lists', '$count([1..9000].([1..9000]))'],
    [
      'a list that doubles',
      '($f := function($x,$n){$n = 0 ? $x : $f($append($x, $x), $n - 1)}; $f([1..9000], 20))',
    ],
    ['the same list, again and again', '[1..9000].$count($distinct($$.items))'],
    ['texts joined', '($a := $pad("", 100000, "a"); $length($join([1..3000].$a)))'],
    ['texts split', '[1..3000].$count($split($pad("", 100000, "a"), ""))'],
    ['texts replaced', '($a := $pad("", 100000, "a"); $length($replace($a, "a", $a)))'],
    ['a function that never ends', '($f := function($x) { $f($x) }; $f(1))'],
    ['one that goes ever deeper', '($f := function($x) { 1 + $f($x) }; $f(1))'],
  ])('is stopped: %s', { timeout: 60_000 }, async (_, text) => {
    const before = process.memoryUsage().rss;
    const begun = performance.now();
    const { ok } = await evaluate(text, PAYLOAD);
    expect(ok).toBe(false);
    // Generous: machines are shared. Without a bound these take minutes, and gigabytes.
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600e6);
  });

  test.each(['$eval("1")', '($e := $eval; $e("1"))', '/(a+)+$/', '$match("a", /a/)'])(
    'is refused: %s',
    async (text) => expect((await evaluate(text, {})).ok).toBe(false),
  );

  test('reaches nothing but its payload', async () => {
    for (const text of [
      '("a").constructor',
      '$string.constructor',
      'constructor.constructor',
      '__proto__',
      '$$.process',
    ])
      expect(await evaluate(text, { a: 1 })).toEqual({ ok: true, value: undefined });
  });
});

describe('what is different, once', () => {
  test.each([
    ['[1, 2, 1, "1", 2]', [1, 2, '1']],
    ['[{"a": 1, "b": [2]}, {"b": [2], "a": 1}]', [{ a: 1, b: [2] }]],
    ['[]', []],
    ['5', 5],
  ])('of %s is %j', async (list, found) => {
    expect(await evaluate(`$distinct(${list})`, {})).toEqual({ ok: true, value: found });
  });

  test('of a path with one value is that value, as anywhere in JSONata', async () => {
    expect(await evaluate('$distinct(items.kind)', { items: [{ kind: 'a' }, { kind: 'a' }] })).toEqual({
      ok: true,
      value: 'a',
    });
    expect(await evaluate('$count($distinct(items.id))', PAYLOAD)).toEqual({ ok: true, value: 3_000 });
  });
});
