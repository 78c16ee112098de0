import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleFunctions, functionEntries } from '../../infra/bundle.ts';
import { cached } from '../../infra/cached.ts';
import { digest } from '../../infra/digest.ts';
import { locked } from '../../infra/lock.ts';
import { settle } from '../../infra/settle.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindling-build-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
};

describe('what a build was made from', () => {
  test('is another when a file changes, moves or comes', async () => {
    await write('a/one.ts', '1');
    await write('a/two.ts', '2');
    const of = () => digest(folder, ['a', 'missing']);
    const seen = [await of()];
    expect(await of()).toBe(seen[0]);
    await write('a/two.ts', '3');
    seen.push(await of());
    await rename(join(folder, 'a/two.ts'), join(folder, 'a/three.ts'));
    seen.push(await of());
    await write('a/deep/four.ts', '');
    seen.push(await of());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('does not depend on where it lies', async () => {
    await write('here/a.ts', '1');
    await write('there/a.ts', '1');
    expect(await digest(join(folder, 'here'), [''])).toBe(await digest(join(folder, 'there'), ['']));
  });
});

describe('a step', () => {
  const step = (made: string[], name: string) => async (): Promise<string> => {
    made.push(name);
    await write(`out/${name}`, name);
    return name;
  };

  test('is skipped while its inputs stay, and tells again what it told', async () => {
    const made: string[] = [];
    const out = join(folder, 'out');
    expect(await cached(out, 'x', step(made, 'first'))).toBe('first');
    expect(await cached(out, 'x', step(made, 'second'))).toBe('first');
    expect(await cached(out, 'y', step(made, 'third'))).toBe('third');
    expect(made).toEqual(['first', 'third']);
  });

  test('that was cut short is done again, whatever came before', async () => {
    const made: string[] = [];
    const out = join(folder, 'out');
    await cached(out, 'x', step(made, 'whole'));
    const cut = async (): Promise<never> => {
      await write('out/half', 'half');
      return Promise.reject(new Error('cut'));
    };
    await expect(cached(out, 'y', cut)).rejects.toThrow('cut');
    await cached(out, 'x', step(made, 'again'));
    expect(made).toEqual(['whole', 'again']);
  });
});

describe('what deploys', () => {
  const made =
    (files: Record<string, string>) =>
    async (next: string): Promise<void> => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(join(next, path, '..'), { recursive: true });
        await writeFile(join(next, path), text);
      }
    };

  test('takes the place of what was there, and leaves assets alone that something may be running from', async () => {
    const out = join(folder, 'out');
    await mkdir(out);
    await settle(out, made({ 'template.json': '1', 'asset.a/index.mjs': 'a' }));
    await settle(out, made({ 'template.json': '2', 'asset.a/index.mjs': 'not a', 'asset.b/index.mjs': 'b' }));
    expect(await readFile(join(out, 'template.json'), 'utf8')).toBe('2');
    expect(await readFile(join(out, 'asset.a/index.mjs'), 'utf8')).toBe('a');
    expect(await readFile(join(out, 'asset.b/index.mjs'), 'utf8')).toBe('b');
  });

  test('that was never finished changes nothing, and is not mixed with what comes after', async () => {
    const out = join(folder, 'out');
    await mkdir(out);
    await settle(out, made({ 'template.json': '1' }));
    const cut = async (next: string): Promise<never> => {
      await made({ 'template.json': '2', 'asset.a/half.mjs': '' })(next);
      return Promise.reject(new Error('cut'));
    };
    await expect(settle(out, cut)).rejects.toThrow('cut');
    expect(await readdir(out)).toEqual(['template.json']);
    await settle(out, made({ 'asset.a/index.mjs': 'a' }));
    expect(await readdir(join(out, 'asset.a'))).toEqual(['index.mjs']);
    expect(await readFile(join(out, 'template.json'), 'utf8')).toBe('1');
    expect(await readdir(folder)).toEqual(['out']);
  });
});

describe('a lock', () => {
  test('lets one work at a time', async () => {
    let under = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++under);
      await sleep(5);
      under -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => locked(join(folder, 'lock'), work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is left by work that fails, and by a process that died', async () => {
    const lock = join(folder, 'lock');
    await expect(locked(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await writeFile(lock, '4194305'); // above Linux's largest process id
    expect(await locked(lock, () => Promise.resolve('mine'))).toBe('mine');
  });
});

describe('bundles', () => {
  const load = async (path: string): Promise<{ handler: () => unknown }> =>
    (await import(/* @vite-ignore */ `${pathToFileURL(path).href}?${Math.random()}`)) as {
      handler: () => unknown;
    };

  beforeEach(async () => {
    await write(
      'functions/one.ts',
      `import { word } from './part.ts';\nexport const handler = (): string => word('one');`,
    );
    await write('functions/part.ts', 'export const word = (text: string): string => `a ${text}`;');
    await write('functions/old.cjs', `module.exports = () => require('os').EOL;`);
    await write(
      'functions/two.ts',
      `import eol from './old.cjs';\nexport const handler = (): string => eol();`,
    );
  });

  test('are made of the files that export a handler, and of no others', async () => {
    const names = (await functionEntries(join(folder, 'functions'))).map((path) =>
      path.slice(folder.length + 1),
    );
    expect(names).toEqual(['functions/one.ts', 'functions/two.ts']);
  });

  test('run by themselves, also where an old package asks for a module of Node', async () => {
    const out = join(folder, 'out');
    await mkdir(join(out, 'gone'), { recursive: true });
    const sizes = await bundleFunctions(folder, out);
    expect(Object.keys(sizes)).toEqual(['one', 'two']);
    expect(await readdir(out)).toEqual(['one', 'two']);
    expect((await load(join(out, 'one/index.mjs'))).handler()).toBe('a one');
    expect((await load(join(out, 'two/index.mjs'))).handler()).toBe('\n');
    const needsNone = await readFile(join(out, 'one/index.mjs'), 'utf8');
    expect(needsNone).not.toContain('createRequire');
  });

  test('leave out what is imported for its types alone', async () => {
    await write('tsconfig.json', '{ "compilerOptions": { "verbatimModuleSyntax": true } }');
    await write(
      'functions/schema.ts',
      `export type Lead = string;\nexport const Schema = String('a schema');`,
    );
    await write(
      'functions/three.ts',
      `import { type Lead } from './schema.ts';\nexport const handler = (lead: Lead): string => lead;`,
    );
    const out = join(folder, 'out');
    await mkdir(out);
    await bundleFunctions(folder, out);
    expect(await readFile(join(out, 'three/index.mjs'), 'utf8')).not.toContain('a schema');
  });

  test('of the same sources are the same, byte for byte', async () => {
    const read = async (): Promise<string> => {
      await bundleFunctions(folder, join(folder, 'out'));
      return readFile(join(folder, 'out/one/index.mjs'), 'utf8');
    };
    await mkdir(join(folder, 'out'));
    expect(await read()).toBe(await read());
  });
});
