import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { folder, RULES } from './folder.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/kindling.js');
const FLAGS = ['--experimental-vm-modules', '--no-warnings'];
/** Makes a Node 24 look like what people have. */
const OLDER =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });";
const NO_EXECVE = 'delete process.execve;';

const ways: [string, (dir: string) => string[]][] = [
  ['Node 24 with the flag', () => FLAGS],
  ['Node 24 without it', () => []],
  ['Node 24 that cannot replace itself', (dir) => ['--require', join(dir, 'no-execve.cjs')]],
  ['an older Node', (dir) => ['--require', join(dir, 'older.cjs')]],
];
const preloads = { 'no-execve.cjs': NO_EXECVE, 'older.cjs': OLDER };

function launch(
  flags: string[],
  ...argv: string[]
): ChildProcess & { said: () => { out: string; err: string } } {
  const child = spawn(process.execPath, [...flags, LAUNCHER, ...argv], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return Object.assign(child, { said: () => ({ out, err }) });
}

test('a rules folder is the same by whatever path it is named', async () => {
  const cwd = join(folder(RULES), 'rules');
  const said = ['.', './', '../rules', cwd].map(async (named) => {
    const child = spawn(process.execPath, [...FLAGS, LAUNCHER, 'check', '--rules', named], { cwd });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await once(child, 'close');
    return out;
  });
  expect(new Set(await Promise.all(said))).toEqual(
    new Set(['✓ 3 rules in 2 scores, 3 bands, 0 journeys; 0 tests passed\n']),
  );
});

describe.each(ways)('on %s', (_, flagsOf) => {
  test('runs the command and gives its exit code', async () => {
    const dir = folder({ ...RULES, ...preloads });
    const right = launch(flagsOf(dir), 'check', '--rules', join(dir, 'rules'));
    const wrong = launch(flagsOf(dir), 'check', '--rules', join(dir, 'nowhere'));
    const codes = [once(right, 'close'), once(wrong, 'close')] as Promise<[number]>[];
    const [[code], [failed]] = (await Promise.all(codes)) as [[number], [number]];
    expect({ code, ...right.said() }).toEqual({
      code: 0,
      out: '✓ 3 rules in 2 scores, 3 bands, 0 journeys; 0 tests passed\n',
      err: '',
    });
    expect(failed).toBe(1);
    expect(wrong.said().err).toMatch(
      /^kindling: the rules folder cannot be read: .* there is no such folder\n$/,
    );
  });

  test('reads standard input', async () => {
    const dir = folder({ ...RULES, ...preloads });
    const child = launch(flagsOf(dir), 'score', '--rules', join(dir, 'rules'), '--events', '-', '--json');
    child.stdin?.end(
      '{"type":"track","event":"Demo Booked","userId":"ada","messageId":"1","timestamp":"2026-01-01T00:00:00Z"}\n',
    );
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expect(JSON.parse(child.said().out)).toMatchObject({ userId: 'ada' });
  });

  test('nothing is left when it is killed', async () => {
    const dir = folder({ ...RULES, ...preloads });
    // Standard input stays open: the command waits for more, and tells of what it has.
    const child = launch(flagsOf(dir), 'score', '--rules', join(dir, 'rules'), '--events', '-', '--json');
    child.stdin?.write('not json\n');
    while (!child.said().err.includes('line 1')) await sleep(20);
    // the command holds our pipes: they close only when it is gone, too
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    const [, signal] = (await closed) as [null, string];
    expect(signal).toBe('SIGKILL');
  });
});
