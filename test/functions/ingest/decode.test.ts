import { fc, test } from '@fast-check/vitest';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { decode, MAX_BODY } from '../../../functions/ingest/decode.ts';

const text = (body: string): Buffer => Buffer.from(body);

describe('a body is read by its content', () => {
  test.prop([fc.jsonValue()])('as JSON, packed JSON, or a form of one field', (value) => {
    const json = JSON.stringify(value);
    const wanted = { ok: true, value: JSON.parse(json) as unknown };
    expect(decode(text(json))).toEqual(wanted);
    expect(decode(gzipSync(json))).toEqual(wanted);
    expect(decode(text(`data=${encodeURIComponent(Buffer.from(json).toString('base64'))}`))).toEqual(wanted);
    expect(decode(text(`data=${Buffer.from(json).toString('base64')}`))).toEqual(wanted);
  });

  test('a form may hold the JSON itself', () => {
    expect(decode(text(`data=${encodeURIComponent('{"a":"+ ü"}')}`))).toEqual({
      ok: true,
      value: { a: '+ ü' },
    });
  });

  test('a byte order mark is no part of it', () => {
    expect(decode(text('\ufeff{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
  });

  test('a gzip that a gateway took for Latin-1 text is mended', () => {
    const mangled = Buffer.from(gzipSync('{"a":"ü"}').toString('latin1'), 'utf8');
    expect(decode(mangled)).toEqual({ ok: true, value: { a: 'ü' } });
  });

  test('a gzip that a gateway took for UTF-8 is lost, and the answer says what helps', () => {
    const lost = Buffer.from(gzipSync('{"a":1}').toString('utf8'), 'utf8');
    expect(decode(lost)).toEqual({
      ok: false,
      status: 400,
      reason: 'the gzip body was changed on its way; send it without compression',
    });
  });

  test('a body may be missing only where that means something', () => {
    expect(decode(text(''), true)).toEqual({ ok: true, value: undefined });
    expect(decode(text(''))).toMatchObject({ ok: false, status: 400 });
  });
});

describe('a body that cannot be read', () => {
  test.each(['{"a":', 'undefined', '{a:1}', '<xml/>', 'data=', 'data=%%%', '\u0000'])(
    '%j is no JSON',
    (body) => {
      expect(decode(text(body))).toEqual({ ok: false, status: 400, reason: 'the body is not JSON' });
    },
  );

  test('half a gzip is none', () => {
    const packed = gzipSync('{"a":1}');
    expect(decode(packed.subarray(0, packed.length - 4))).toMatchObject({ ok: false, status: 400 });
  });

  test('more than 500 kB is too much, packed or not, and a small bomb is not unpacked', () => {
    const whole = JSON.stringify('x'.repeat(MAX_BODY - 2));
    expect(decode(text(whole))).toMatchObject({ ok: true });
    expect(decode(text(`${whole} `))).toMatchObject({ ok: false, status: 413 });
    expect(decode(gzipSync(`${whole} `))).toMatchObject({ ok: false, status: 413 });
    expect(decode(gzipSync(Buffer.alloc(200_000_000)))).toMatchObject({ ok: false, status: 413 });
  });

  test.prop([fc.uint8Array({ maxLength: 200 }), fc.boolean()], { numRuns: 500 })(
    'never makes it throw',
    (bytes, packed) => {
      const body = Buffer.from(bytes);
      decode(body);
      decode(packed ? gzipSync(body) : Buffer.concat([Buffer.from([0x1f, 0x8b]), body]));
      decode(Buffer.concat([text('data='), body]));
    },
  );
});
