import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begin, complaint, refused } from './command.ts';
import { type Product, startProduct } from './product.ts';

const RULES = join(import.meta.dirname, 'rules');
const START = '2026-05-04T08:00:00.000Z';
const ARGS = ['--rules', RULES, '--virtual-clock', START];

const dir = mkdtempSync(join(tmpdir(), 'kindling-folder-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Ctrl-C; answers the exit code and how long it took, ms. */
const interrupted = async ({ process: child }: Product): Promise<[code: number | null, ms: number]> => {
  const asked = performance.now();
  const exit = once(child, 'exit') as Promise<[number | null]>;
  child.kill('SIGINT');
  const [code] = await exit;
  return [code, performance.now() - asked];
};

/** All that people see of a product. */
const seen = async (product: Product): Promise<object> => {
  const { leads } = await product.leads();
  return {
    leads: leads.toSorted((a, b) => a.id.localeCompare(b.id)),
    pages: await Promise.all(leads.map(({ id }) => product.get(`/api/leads/${id}`))),
    quarantine: await product.quarantine(),
    mails: await product.mail(),
    slack: await product.slack(),
    clock: await product.get('/_local/clock'),
    keys: product.keys,
  };
};

const identify = (userId: string, messageId: string) => ({
  type: 'identify',
  userId,
  messageId,
  traits: { email: `${userId}@alpha.example`, firstName: 'Ida', title: 'Head of Growth' },
  timestamp: START,
});
const counted = (n: number) => ({
  ...{ type: 'track', event: 'Counted', userId: `user-${n % 200}`, messageId: `count-${n}` },
  timestamp: START,
});

/** Generous: machines are shared. */
const LIMIT = 240_000;

describe('what a data folder holds', { timeout: LIMIT }, () => {
  const data = join(dir, 'kept');
  let product: Product;
  let before: object;

  beforeAll(async () => {
    product = await startProduct({ data, args: ARGS });
    await product.send(
      identify('ida', 'i1'),
      identify('kim', 'i2'),
      { ...counted(0), event: 'Demo Booked', userId: 'kim' },
      { type: 'track', userId: 'kim', messageId: 'bad' },
    );
    await product.advance('1d');
    before = await seen(product);
  });
  afterAll(() => product.stop());

  test('is there again after Ctrl-C', async () => {
    expect(before).toMatchObject({
      leads: [{}, {}],
      quarantine: [{}],
      mails: [{}, {}],
      slack: [{}],
      clock: { now: '2026-05-05T08:00:00.000Z' },
    });
    expect(await interrupted(product)).toEqual([0, expect.any(Number)]);
    product = await startProduct({ data, args: ARGS });
    expect(await seen(product)).toEqual(before);
  });

  test('is there again after a kill, and what waits goes on', async () => {
    await product.kill();
    product = await startProduct({ data, args: ARGS });
    expect(await seen(product)).toEqual(before);
    await product.advance('25h');
    const subjects = (await product.mail()).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === 'Ida: reminder')).toHaveLength(1);
  });

  test('is not touched by another one that starts on it, with --fresh or without', async () => {
    for (const fresh of [[], ['--fresh']]) {
      const ended = await refused('--port', '0', '--data', data, '--no-demo', ...ARGS, ...fresh);
      expect(ended.code).toBe(1);
      expect(complaint(ended)).toMatch(/^kindling: [^\n]*is in use by another running process \(\d+\)\.\n$/);
    }
    expect((await product.leads()).leads).toHaveLength(2);
  });

  test('is gone after --fresh', async () => {
    const { keys } = product;
    await product.stop();
    product = await startProduct({ data, args: [...ARGS, '--fresh'] });
    expect(await seen(product)).toEqual({
      ...{ leads: [], pages: [], quarantine: [], mails: [], slack: [] },
      clock: { now: START, virtual: true },
      keys: product.keys,
    });
    expect(product.keys.server).not.toBe(keys.server);
    await product.send(identify('ida', 'i1'));
    await product.idle();
    expect((await product.mail()).map(({ subject }) => subject)).toEqual(['Ida: welcome']);
  });
});

describe('Ctrl-C ends it within two seconds', { timeout: LIMIT }, () => {
  test('while a thousand events wait, which are scored after the next start', async () => {
    const data = join(dir, 'busy');
    let product = await startProduct({ data, args: ARGS });
    for (let batch = 0; batch < 10; batch++) {
      const messages = Array.from({ length: 100 }, (_, n) => counted(100 * batch + n));
      expect((await product.send(...messages)).status).toBe(200);
    }
    const [code, ms] = await interrupted(product);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(2_000);
    product = await startProduct({ data, args: ARGS });
    // half an hour: what conflicts too often comes back by its visibility timeout
    await product.advance('30m');
    const { leads } = await product.leads('?limit=500');
    expect(leads.map(({ total }) => total)).toEqual(Array.from({ length: 200 }, () => 5));
    await product.stop();
  });

  test('while the clock runs', async () => {
    const product = await startProduct({ data: join(dir, 'running'), args: ARGS });
    const advancing = product.advance('365d').catch(() => {});
    await sleep(500);
    const [code, ms] = await interrupted(product);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(2_000);
    await advancing;
  });

  test.each([100, 700, 1_500])('while it starts, after %d ms', async (moment) => {
    const [child, said] = begin('--port', '0', '--data', join(dir, `early-${moment}`), '--no-demo', '--json');
    await sleep(moment);
    const asked = performance.now();
    child.kill('SIGINT');
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    expect(performance.now() - asked).toBeLessThan(2_000);
    // before it can listen for it, the signal itself ends it
    expect([0, 'SIGINT']).toContain(signal ?? code);
    expect(complaint(said)).toBe('');
  });
});

describe('a data folder that is damaged is one clear line, and exit code 1', { timeout: LIMIT }, () => {
  const sound = join(dir, 'sound');
  beforeAll(async () => {
    const product = await startProduct({ data: sound, args: ARGS });
    await product.send(identify('ida', 'i1'));
    await product.idle();
    await product.stop();
  });

  /** The first file whose path ends so. */
  const fileOf = (data: string, end: string): string =>
    join(
      data,
      readdirSync(data, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(end)) ?? end,
    );

  test.each([
    'kindling.json',
    'sample.json',
    'deployed.json',
    'issuer.json',
    'secrets.json',
    'clock',
    'executions.ndjson',
    'runs.ndjson',
    'CURRENT',
  ])('%s', async (name) => {
    const data = join(dir, `damaged-${name}`);
    cpSync(sound, data, { recursive: true });
    const file = fileOf(data, name);
    const text = readFileSync(file, 'utf8');
    // Overwritten, and cut short; of a file of lines the last one may be half written, which is no damage.
    const cut = name.endsWith('.ndjson') ? [] : [text.slice(0, Math.floor(text.length / 2))];
    for (const damaged of [`}${text.slice(1)}`, ...cut]) {
      writeFileSync(file, damaged);
      const ended = await refused('--port', '0', '--data', data, '--no-demo', ...ARGS);
      expect(ended).toMatchObject({ code: 1, out: '' });
      expect(complaint(ended)).toMatch(/^kindling: [^\n]+\n$/);
      expect(complaint(ended)).toContain(name === 'CURRENT' ? 'dynamodb' : name);
    }
  });

  test('a file where the folder should be', async () => {
    const data = join(dir, 'a-file');
    writeFileSync(data, '');
    const ended = await refused('--port', '0', '--data', data, '--no-demo');
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toMatch(/^kindling: the data folder [^\n]*a-file cannot be used: [^\n]+\n$/);
  });

  test('a file where the rules folder should be', async () => {
    const rules = join(dir, 'rules-file');
    writeFileSync(rules, '');
    const ended = await refused(
      '--port',
      '0',
      '--data',
      join(dir, 'ruleless'),
      '--no-demo',
      '--rules',
      rules,
    );
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toMatch(/^kindling: the rules folder cannot be read: [^\n]*rules-file[^\n]*\n$/);
  });
});
