import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';

import { isCanonical, parseInstant } from '../../../core/instant.ts';
import { clean } from '../../../core/message/clean.ts';
import { isSound } from '../../../core/message/sound.ts';

const odd = fc.constantFrom<unknown>(
  '\u0000', '\ud800', 'a\udc00b', -0, 1e-200, 1e300, NaN, undefined, Infinity, 2 ** 53, 'x'.repeat(40_000), '💡', 'é',
); // prettier-ignore
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), odd, tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('', 'a\u0000')), tie('any'), { maxKeys: 4 }),
})).any;

test.prop([value], { numRuns: 3000 })(
  'what is sound needs no mending: a mended copy is the same',
  (given) => {
    if (!isSound(given)) return;
    // A wrapper that is not sound makes `clean` walk and copy.
    const mended = clean({ given, unsound: undefined });
    expect(mended).toEqual({ ok: true, value: { given } });
  },
);

test.prop([fc.oneof(fc.jsonValue({ depthSize: 'small' }))])(
  'ordinary JSON is sound unless it is long',
  (value) => {
    const text = JSON.stringify(value);
    // Writing takes the sign off -0, which is mended.
    const given: unknown = JSON.parse(text);
    fc.pre(text.length < 5000 && !/\\u|-0|e-|""|__proto__/.test(text) && text.isWellFormed());
    fc.pre(!/\d{16}/.test(text) && !/e\+/.test(text));
    expect(isSound(given)).toBe(true);
  },
);

test.prop([fc.date({ min: new Date(0), max: new Date(253_402_300_799_999), noInvalidDate: true })])(
  'the spelling of machines is read as any other',
  (date) => {
    const text = date.toISOString();
    expect(isCanonical(text)).toBe(date.getUTCDate() <= 28);
    expect(parseInstant(text)).toBe(date.getTime());
    // A comma is as good as a point, and takes the long way.
    expect(parseInstant(text.replace('.', ','))).toBe(date.getTime());
  },
);

test.each([
  '2026-13-01T00:00:00.000Z',
  '2026-02-31T00:00:00.000Z',
  '2026-02-01T24:00:00.000Z',
  '2026-02-01T00:60:00.000Z',
])('%s is no instant', (text) => {
  expect(isCanonical(text)).toBe(false);
  expect(parseInstant(text)).toBeNull();
});
