import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { brotliCompressSync, constants } from 'node:zlib';

/** Lists in JSON that are worth packing: long, of plain texts, and seldom read. */
const LISTS = /email-providers[\\/]all\.json$/;

/**
 * Puts a long list of texts into a bundle as a quarter of its bytes. It is unpacked when it is first walked through,
 * not when the bundle is loaded.
 */
export const packedLists: Plugin = {
  name: 'packed-lists',
  setup: (build) => {
    build.onLoad({ filter: LISTS }, async ({ path }) => {
      const list = JSON.parse(await readFile(path, 'utf8')) as string[];
      const text = list.join('\n');
      if (text.split('\n').length !== list.length) throw new Error(`${path} is no list of lines`);
      const packed = brotliCompressSync(text, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
      });
      const contents = `import { brotliDecompressSync } from 'node:zlib';
const packed = '${packed.toString('base64')}';
const unpacked = () => brotliDecompressSync(Buffer.from(packed, 'base64')).toString().split('\\n');
export default { [Symbol.iterator]: () => unpacked()[Symbol.iterator]() };`;
      return { contents, loader: 'js' };
    });
  },
};
