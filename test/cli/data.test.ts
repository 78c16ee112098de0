import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openData } from '../../cli/data.ts';
import { openStore } from '../../cli/history/store.ts';
import { openFolder, writeJsonFile } from '../../local/folder.ts';
import { folder } from './folder.ts';

test('a new folder has no sample to go on with; what is saved is found again', async () => {
  const dir = join(folder(), 'deep', 'data');
  const first = await openData(dir, false);
  expect(first).toMatchObject({ isNew: true, demo: null });
  await first.saveDemo({ shift: 5, played: 7 });
  expect(await openData(dir, false)).toMatchObject({ isNew: false, demo: { shift: 5, played: 7 } });
  await first.saveDemo(null);
  expect(await openData(dir, false)).toMatchObject({ isNew: false, demo: null });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('other users of the machine see neither what leads did nor the keys', async () => {
  const dir = join(folder(), 'deep', 'data');
  await openData(dir, false);
  expect(modeOf(dir)).toBe('700');
  writeJsonFile(join(dir, 'secrets.json'), { key: 'k' });
  expect(modeOf(join(dir, 'secrets.json'))).toBe('600');

  // One that was made before, by hand or by an earlier version.
  const old = join(folder(), 'old');
  mkdirSync(old);
  chmodSync(old, 0o755);
  openFolder(old).release();
  expect(modeOf(old)).toBe('750');
  // What a kill left behind has the mode of then.
  writeFileSync(join(old, 'issuer.json.new'), '{', { mode: 0o644 });
  writeJsonFile(join(old, 'issuer.json'), { d: 'k' });
  expect(modeOf(join(old, 'issuer.json'))).toBe('600');

  const direct = join(folder(), 'direct');
  openFolder(direct).release();
  expect(modeOf(direct)).toBe('700');
  const history = join(folder(), 'history');
  await openStore(history).writeAccounts('accounts', []);
  expect(modeOf(history)).toBe('700');
});

test("a folder of someone else's is left alone, also by --fresh", async () => {
  const dir = folder({ 'thesis.txt': 'years of work' });
  for (const fresh of [false, true])
    await expect(openData(dir, fresh)).rejects.toThrow(
      `the data folder ${dir} holds other files; choose another with --data`,
    );
  expect(readdirSync(dir)).toEqual(['thesis.txt']);
});

test('--fresh begins anew', async () => {
  const dir = folder();
  openFolder(dir).release();
  writeFileSync(join(dir, 'sample.json'), 'half a line');
  await expect(openData(dir, false)).rejects.toThrow(
    `the data folder ${dir} is damaged (sample.json); --fresh begins anew`,
  );
  expect(await openData(dir, true)).toMatchObject({ isNew: true, demo: null });
  expect(readdirSync(dir)).toEqual([]);
});

test('a kill in the midst of --fresh leaves nothing of what was there', async () => {
  const dir = folder({ emptying: '', 'sample.json': '{"shift":5,"played":7}', 'issuer.json': '{}' });
  expect(await openData(dir, false)).toMatchObject({ isNew: true, demo: null });
  expect(readdirSync(dir)).toEqual([]);
});

test('a kill before the first file is in its place leaves a folder to begin in', async () => {
  const dir = folder({ 'sample.json.new': '' });
  expect(await openData(dir, false)).toMatchObject({ demo: null });
});

test('--fresh takes nothing from under a running product', async () => {
  const dir = folder();
  const running = openFolder(dir);
  await expect(openData(dir, true)).rejects.toThrow(
    /^the data folder .* is in use by another running process/,
  );
  expect(existsSync(join(dir, 'kindling.json'))).toBe(true);
  running.release();
});

test('a file in the place of the folder is told', async () => {
  const dir = folder({ data: 'a file' });
  await expect(openData(join(dir, 'data'), false)).rejects.toThrow(
    /^the data folder .*\/data cannot be used: ENOTDIR/,
  );
});

test('a pulled history lies beside the state, makes no folder a foreign one, and outlives --fresh', async () => {
  const dir = folder({ 'history/history.json': '{}' });
  expect(await openData(dir, false)).toMatchObject({ isNew: true, demo: null });
  openFolder(dir).release();
  expect(await openData(dir, true)).toMatchObject({ isNew: true });
  expect(readdirSync(dir)).toEqual(['history']);
});
