import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, noteAddress } from '../../cli/address.ts';
import { openFolder } from '../../local/folder.ts';
import { run } from './run.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kindling-address-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const asked = async (...command: string[]): Promise<string> => {
  const { code, err, out } = await run([...command, '--data', dir]);
  expect([code, out]).toEqual([1, '']);
  return err;
};

test('a folder says where its product answers, and what to do where none does', async () => {
  expect(await asked('rulesets')).toBe(
    `kindling: ${dir} holds no state of a product; \`kindling start --data ${dir}\` begins one\n`,
  );
  openFolder(dir).release();
  for (const command of ['deploy', 'rollback', 'rulesets', 'rescore'])
    expect(await asked(command)).toBe(
      `kindling: the product in ${dir} is stopped; start it with \`kindling start --data ${dir}\`\n`,
    );
  const { release } = openFolder(dir);
  expect(await asked('rulesets')).toContain('is still starting; try again in a moment');
  noteAddress(dir, 'http://127.0.0.1:4711');
  expect(addressOf(dir)).toBe('http://127.0.0.1:4711');
  // What an earlier one has left.
  await writeFile(join(dir, 'address.json'), JSON.stringify({ url: 'http://127.0.0.1:1', pid: 1 }));
  expect(await asked('rulesets')).toContain('still starting');
  release();
});

test('one product is named by one option', async () => {
  expect(await asked('rulesets', '--url', 'http://127.0.0.1:1')).toBe(
    'kindling: give one of --url, --data and --stack\n',
  );
});
