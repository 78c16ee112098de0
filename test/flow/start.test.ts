import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Product, startProduct } from './product.ts';

const ROOT = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'kindling-start-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `kindling start` to its end, as a person would. */
async function start(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/kindling.js'), 'start', ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = listen(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said() };
}

function listen(child: ChildProcess): () => { out: string; err: string } {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return () => ({ out, err });
}

/** The complaint, without the lines that say how far it came. */
const complaint = ({ err }: Ended): string =>
  err
    .split('\n')
    .filter((line) => !line.endsWith(' …'))
    .join('\n');

describe('what keeps it from starting is one clear line, and exit code 1', () => {
  test('a taken port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const ended = await start('--port', String(port), '--data', join(dir, 'port'));
    server.close();
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toBe(
      `kindling: port ${port} is taken; stop what listens there, or choose another with --port\n`,
    );
  });

  test.each([
    [['--virtual-clock', 'nonsense'], /^kindling: "nonsense" is no instant; write it as 2026-03-01 or /],
    [['--virtual-clock', ''], /^kindling: "" is no instant/],
    [['--port', '65536'], /^kindling: "65536" is no port; give a number from 0/],
    [['--prot', '1'], /^kindling: there is no option --prot; did you mean "--port"\?/],
    [['--nonsense'], /^kindling: there is no option --nonsense$/],
    [['twice'], /^kindling: "twice" is one argument too many/],
    [['--data', ''], /^kindling: --data needs a folder/],
    [['--rules', ''], /^kindling: --rules needs a folder/],
    [['--data', '/dev/null/x'], /^kindling: the data folder \/dev\/null\/x cannot be used: ENOTDIR/],
    [['--data', '/proc/x/y'], /^kindling: the data folder \/proc\/x\/y cannot be used: E[A-Z]+/],
    [['--dynamodb', 'nonsense'], /^kindling: "nonsense" is no address/],
    [
      ['--dynamodb', 'http://127.0.0.1:1'],
      /^kindling: cannot start: .*http:\/\/127.0.0.1:1 does not answer: /,
    ],
  ])('%j', async (args, line) => {
    const ended = await start('--port', '0', '--data', join(dir, 'refused'), '--no-demo', ...args);
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(complaint(ended)).toMatch(/^[^\n]+\n$/);
    expect(complaint(ended).trimEnd()).toMatch(line);
  });

  test('a data folder that a later version wrote', async () => {
    const data = join(dir, 'later');
    mkdirSync(data);
    writeFileSync(join(data, 'kindling.json'), '{"format":2,"id":"x"}');
    const ended = await start('--port', '0', '--data', data, '--no-demo');
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toMatch(
      /^kindling: cannot start: The data folder .*later was written by a later version \(format 2, this one knows 1\)\.\n$/,
    );
  });

  test('a rules folder that is not there', async () => {
    const ended = await start(
      '--port',
      '0',
      '--data',
      join(dir, 'rules-data'),
      '--rules',
      join(dir, 'nowhere'),
    );
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toBe(
      `kindling: the rules folder cannot be read: ${join(dir, 'nowhere')}: there is no such folder\n`,
    );
  });

  test('rules with a problem, which is told at its place', async () => {
    const rules = join(dir, 'rules');
    mkdirSync(join(rules, 'scores'), { recursive: true });
    writeFileSync(
      join(rules, 'scores/fit.yaml'),
      'score: fit\nrules:\n  a: { why: w, when: { event: A }, pionts: 1 }\n',
    );
    writeFileSync(join(rules, 'bands.yaml'), 'total: { sum: { fit: 1 } }\nbands: { cold: 0 }\n');
    const ended = await start('--port', '0', '--data', join(dir, 'wrong-data'), '--rules', rules);
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toBe(
      `${join(rules, 'scores/fit.yaml')}:3:36  unknown key \`pionts\`; did you mean \`points\`?\n` +
        `kindling: the rules in ${rules} have a problem\n`,
    );
  });

  test('a data folder of something else', async () => {
    const data = join(dir, 'papers');
    mkdirSync(data);
    writeFileSync(join(data, 'thesis.txt'), 'years of work');
    const ended = await start('--port', '0', '--data', data);
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toBe(
      `kindling: the data folder ${data} holds other files; choose another with --data\n`,
    );
  });

  test('a data folder that is damaged', async () => {
    const data = join(dir, 'damaged');
    mkdirSync(data);
    writeFileSync(join(data, 'kindling.json'), '{"format":');
    const ended = await start('--port', '0', '--data', data, '--no-demo');
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toMatch(/^kindling: cannot start: .*kindling\.json is damaged[^\n]*\n$/);
  });
});

describe('a product that runs', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ args: ['--virtual-clock', '2026-03-01T00:00:00Z'] });
  });
  afterAll(() => product.end());

  test('says where it is, and lets in with what it says', async () => {
    expect(product.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await product.leads()).toMatchObject({ leads: [], cursor: null });
    const sent = await product.send({ type: 'track', event: 'Demo Booked', userId: 'ada', messageId: '1' });
    expect(sent.status).toBe(200);
    const clock = (await (await fetch(`${product.url}/_local/clock`)).json()) as {
      now: string;
      virtual: boolean;
    };
    expect(clock).toEqual({ now: '2026-03-01T00:00:00.000Z', virtual: true });
  });

  test('a second one on its data folder is refused', async () => {
    const ended = await start('--port', '0', '--data', product.data, '--no-demo');
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toMatch(
      /^kindling: cannot start: The data folder .* is in use by another running process \(\d+\)\.\n$/,
    );
  });

  test('explains a lead in words', async () => {
    await product.send({
      type: 'identify',
      userId: 'ada',
      messageId: '2',
      traits: { email: 'ada@difference.example', name: 'Ada Lovelace', title: 'CTO' },
    });
    await product.idle();
    const asked = spawn(
      process.execPath,
      [join(ROOT, 'bin/kindling.js'), 'explain', 'ada@difference.example', '--url', product.url],
      {
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    const said = listen(asked);
    const [code] = (await once(asked, 'close')) as [number];
    expect({ code, err: said().err }).toEqual({ code: 0, err: '' });
    expect(said().out).toMatch(/^Ada Lovelace, ada@difference\.example: semi-warm, 35 points, /);
    expect(said().out).toContain('They give us half an hour of their day.');
  });

  test('ends within two seconds of Ctrl-C, and goes on where it was', async () => {
    const asked = performance.now();
    const ended = once(product.process, 'exit');
    product.process.kill('SIGINT');
    const [code] = (await ended) as [number];
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000);
    product = await startProduct({ data: product.data, args: ['--virtual-clock', '2026-03-01T00:00:00Z'] });
    expect((await product.leads()).leads).toHaveLength(1);
  });
});
