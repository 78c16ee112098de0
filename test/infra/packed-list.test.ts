import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, expect, test } from 'vitest';
import { packedLists } from '../../infra/packed-list.ts';

const dir = mkdtempSync(join(tmpdir(), 'kindling-packed-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a bundle knows the same free-mail domains as the list, in less than half its bytes', async () => {
  const outfile = join(dir, 'free-mail.mjs');
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, '../../core/accounts/free-mail.ts')],
    plugins: [packedLists],
    outfile,
    metafile: true,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  const listed = createRequire(import.meta.url)('email-providers/all.json') as string[];
  const { isFreeMail } = (await import(outfile)) as { isFreeMail: (domain: string) => boolean };
  const examples = ['example.com', 'test.com'];
  expect(listed.filter((domain) => isFreeMail(domain) === examples.includes(domain))).toEqual([]);
  expect(['acme.example', 'siemens.com', 'gmail', ''].filter(isFreeMail)).toEqual([]);
  const [output] = Object.values(metafile.outputs);
  expect(output?.bytes).toBeLessThan(JSON.stringify(listed).length / 2);
});
