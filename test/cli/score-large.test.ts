import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { fc, test as lawOf } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { main } from '../../cli/main.ts';
import { lengthAt } from '../../cli/score/by-lead.ts';
import { Crowd } from '../../cli/score/crowd.ts';
import { LineReader } from '../../cli/score/line-reader.ts';
import { type Scored, Scorer } from '../../cli/score/scorer.ts';
import { Spool } from '../../cli/score/spool.ts';
import { compile, type Engine } from '../../core/engine/compile.ts';
import { type Reads, readsOf } from '../../core/engine/reads.ts';
import { createPeople } from '../../core/identity/people.ts';
import { parseMessage } from '../../core/message/message.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { RULES } from './folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const AT = Date.UTC(2026, 2, 1);
const scratches = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('kindling-score-'));

let engine: Engine;
let scoring: Scored['scoring'];
let reads: Reads;
let rules: string;
beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kindling-large-'));
  rules = join(dir, 'rules');
  for (const [file, text] of Object.entries(RULES)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
  const loaded = await loadRules(rules, { parts: 'scoring' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  scoring = loaded.value;
  engine = compile(loaded.value);
  reads = readsOf(loaded.value);
});
afterAll(() => {
  rmSync(dirname(rules), { recursive: true });
  expect(scratches()).toEqual([]);
});

/** Lines of a few people who come by several names, that merge later or never. */
const said = fc
  .record({
    who: fc.nat({ max: 5 }),
    names: fc.constantFrom(['userId'], ['anonymousId'], ['userId', 'anonymousId']),
    kind: fc.constantFrom('page', 'demo', 'identify', 'alias'),
    id: fc.nat({ max: 40 }),
    day: fc.nat({ max: 40 }),
    long: fc.constantFrom(0, 3000),
  })
  .map(({ who, names, kind, id, day, long }) => ({
    ...Object.fromEntries(names.map((name) => [name, `${name}-${who}`])),
    messageId: `m${id}`,
    timestamp: new Date(Date.UTC(2026, 0, 10 + day)).toISOString(),
    ...(kind === 'page' && { type: 'page', properties: { path: '/pricing', title: 'é'.repeat(long) } }),
    ...(kind === 'demo' && { type: 'track', event: 'Demo Booked', properties: {} }),
    ...(kind === 'identify' && {
      type: 'identify',
      traits: { email: `p${who % 3}@acme.example`, title: 'CEO' },
    }),
    ...(kind === 'alias' && {
      type: 'alias',
      userId: `userId-${who}`,
      previousId: `userId-${(who + 1) % 6}`,
    }),
  }));

/** Everyone whom a crowd scores, as `--json` prints them. */
function everyone(crowd: Crowd): unknown[] {
  const { sayings, changed } = crowd;
  const scorer = new Scorer({ scoring, at: AT, sayings, changed, accounts: null });
  return [...crowd.parts()].flatMap(({ part, people }) => [...scorer.score(part, people)]);
}

lawOf.prop([fc.array(said, { minLength: 1, maxLength: 80 }), fc.nat({ max: 200 })], { numRuns: 150 })(
  'sorted on disk or in memory, everyone scores as the people that the live path makes',
  (messages, cut) => {
    const people = createPeople();
    for (const message of messages) {
      const parsed = parseMessage(message, { receivedAt: Date.parse(message.timestamp) });
      if (!parsed.ok) throw new Error(parsed.reason);
      people.add(parsed.message);
    }
    const expected = people
      .all()
      .map(({ users, emails, anonymousIds, events }) => {
        const { at: _at, bandSince: _since, contributions, ...told } = engine.evaluate({ events }, AT);
        const [userId = null] = users;
        const [email = null] = emails;
        return {
          ...{ userId, email, anonymousIds: anonymousIds.toSorted(), ...told },
          contributions: contributions.map(({ why: _, ...contribution }) => contribution),
        };
      })
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    for (const memory of [0, 1 << 20]) {
      // A piece holds few records, so that there are many.
      const crowd = new Crowd(reads, memory, 1 << 9);
      const reader = new LineReader(reads, AT);
      const middle = Math.min(bytes.length, cut * 40);
      for (const chunk of [bytes.subarray(0, middle), bytes.subarray(middle)])
        expect(crowd.take(reader.take(chunk)).bad).toEqual([]);
      expect(everyone(crowd)).toEqual(expected);
      crowd.close();
    }
  },
);
const nameOf = ({
  userId,
  email,
  anonymousIds,
}: {
  userId: string | null;
  email: string | null;
  anonymousIds: readonly string[];
}): string => userId ?? email ?? anonymousIds[0] ?? '';

test('a spool gives back what it was given, in memory and on disk', () => {
  for (const most of [0, 1 << 20]) {
    const spool = new Spool(most, 64);
    const records = Array.from({ length: 200 }, (_, n) => {
      const record = new Uint8Array(8 + 8 * (n % 4));
      new DataView(record.buffer).setUint32(0, record.length, true);
      return record.fill(n, 4);
    });
    for (const record of records) expect(spool.append(record)).toBe(spool.onDisk);
    expect(spool.onDisk).toBe(most === 0);
    const found: Buffer[] = [];
    for (const piece of spool.pieces(lengthAt))
      for (let at = 0; at < piece.length; at += lengthAt(piece, at))
        found.push(Buffer.from(piece.slice(at, at + lengthAt(piece, at))));
    expect(found).toEqual(records.map((record) => Buffer.from(record)));
    spool.close();
  }
});

const pages = (from: number, count: number): string =>
  Array.from(
    { length: count },
    (_, n) =>
      `{"type":"page","userId":"u${(from + n) % 5000}","messageId":"m${from + n}","timestamp":"2026-02-01T00:00:00.000Z","properties":{"path":"/pricing/${'x'.repeat(100)}"}}\n`,
  ).join('');

test('many lines are read and scored in threads, and come to the same', async () => {
  const text = pages(0, 60_000);
  let out = '';
  const code = await main(['score', '--rules', rules, '--events', '-', '--json'], {
    out: (more) => void (out += more),
    err: () => undefined,
    stdin: once(Buffer.from(text)),
    terminal: false,
    now: () => AT,
    interrupted: new AbortController().signal,
  });
  const crowd = new Crowd(reads, 1 << 30, 1 << 20);
  crowd.take(new LineReader(reads, AT).take(Buffer.from(text)));
  const expected = everyone(crowd).map((lead) => `${JSON.stringify(lead)}\n`);
  expect(expected).toHaveLength(5000);
  expect({ code, out }).toEqual({ code: 0, out: expected.join('') });
});
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

test('whoever interrupts it gets code 130, and nothing is left in the folder for temporary files', async () => {
  const interrupted = new AbortController();
  let out = '';
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let n = 0; ; n += 5000) {
      await Promise.resolve();
      if (n === 300_000) interrupted.abort();
      yield new TextEncoder().encode(pages(n, 5000));
    }
  }
  const code = await main(['score', '--rules', rules, '--events', '-', '--json'], {
    out: (text) => void (out += text),
    err: () => undefined,
    stdin: endless(),
    terminal: false,
    now: () => AT,
    interrupted: interrupted.signal,
  });
  expect({ code, out }).toEqual({ code: 130, out: '' });
  expect(scratches()).toEqual([]);
});

test('a real process that is interrupted ends soon and leaves nothing behind', async () => {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'bin/kindling.js'), 'score', '--rules', rules, '--events', '-', '--json'],
    { stdio: ['pipe', 'ignore', 'inherit'], cwd: ROOT },
  );
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  for (let n = 0; n < 300_000; n += 10_000)
    if (!child.stdin.write(pages(n, 10_000)))
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), wait(5000)]);
  child.kill('SIGINT');
  expect(await Promise.race([ended, wait(10_000, 'still there')])).toBe(130);
  expect(scratches()).toEqual([]);
});

test('a person sees how far it is; a pipe does not', async () => {
  const text = async (terminal: boolean): Promise<string> => {
    let err = '';
    let now = AT;
    async function* some(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 3; n += 1) {
        await Promise.resolve();
        yield new TextEncoder().encode(pages(n * 1000, 1000));
      }
    }
    await main(['score', '--rules', rules, '--events', '-', '--json'], {
      out: () => undefined,
      err: (line) => void (err += line),
      stdin: some(),
      terminal,
      now: () => (now += 300),
      interrupted: new AbortController().signal,
    });
    return err;
  };
  expect(await text(true)).toMatch(/Reading: 1,\d\d\d events of 1,\d\d\d leads/);
  expect(await text(false)).toBe('');
});
