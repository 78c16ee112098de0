import { gzipSync } from 'node:zlib';

import { fc, test as lawOf } from '@fast-check/vitest';
import { expect } from 'vitest';

import { unzipped } from '../../cli/unzipped.ts';

/** What is given, and why it ends. */
async function read(
  bytes: Uint8Array,
  size: number,
): Promise<{ readonly text: Buffer; readonly code: string | undefined }> {
  const found: Uint8Array[] = [];
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < bytes.length; from += size) {
      await Promise.resolve();
      yield bytes.subarray(from, from + size);
    }
  }
  let code: string | undefined;
  try {
    for await (const each of unzipped(parts())) found.push(each);
  } catch (error) {
    ({ code } = error as NodeJS.ErrnoException);
  }
  return { text: Buffer.concat(found), code };
}

/** Text that is hardly packed, or much. */
const texts = fc
  .tuple(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 40 }))
  .map(([length, step]) => Buffer.from(Array.from({ length }, (_, n) => (n * n * step) % 251)));

lawOf.prop([texts, fc.integer({ min: 1000, max: 100_000 })], { numRuns: 20 })(
  'what was gzipped, once or in two parts, comes back; what was not is left as it is',
  async (text, size) => {
    const half = text.length >> 1;
    const parts = Buffer.concat([gzipSync(text.subarray(0, half)), gzipSync(text.subarray(half))]);
    const plain = Buffer.concat([Buffer.from('{'), text]);
    for (const [given, wanted] of [
      [gzipSync(text), text],
      [parts, text],
      [plain, plain],
    ] as const) {
      const { text: found, code } = await read(given, size);
      expect(code).toBe(undefined);
      expect(found.equals(wanted)).toBe(true);
    }
  },
);

lawOf.prop([texts, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1000, max: 100_000 })], {
  numRuns: 30,
})('of what is cut off all that is there comes first, then that it is cut', async (text, share, size) => {
  const packed = gzipSync(text, { level: 1 });
  const length = Math.min(packed.length - 1, Math.max(2, Math.floor(share * packed.length)));
  const { text: found, code } = await read(packed.subarray(0, length), size);
  expect(code).toBe('Z_BUF_ERROR');
  expect(text.subarray(0, found.length).equals(found)).toBe(true);
  // What is behind the last whole symbol cannot be told.
  if (length > packed.length - 8) expect(found.length).toBe(text.length);
});
