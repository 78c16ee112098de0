import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { folder, RULES } from './folder.ts';
import { run } from './run.ts';

const AT = '2026-03-01T00:00:00Z';
const lines = (...messages: readonly unknown[]): string =>
  messages.map((message) => `${typeof message === 'string' ? message : JSON.stringify(message)}\n`).join('');
const demo = {
  type: 'track',
  event: 'Demo Booked',
  userId: 'ada',
  messageId: 'm2',
  timestamp: '2026-02-20T00:00:00Z',
};
const boss = {
  type: 'identify',
  userId: 'ada',
  anonymousId: 'browser-1',
  messageId: 'm1',
  timestamp: '2026-02-10T00:00:00Z',
  traits: { email: 'Ada@Difference.example', title: 'CEO' },
};
const look = {
  type: 'page',
  anonymousId: 'browser-1',
  messageId: 'm0',
  timestamp: '2026-02-19T00:00:00Z',
  properties: { path: '/pricing' },
};
const other = {
  type: 'page',
  anonymousId: 'browser-2',
  messageId: 'm3',
  timestamp: '2026-02-28T00:00:00Z',
  properties: { path: '/' },
};

const someone = (n: number): unknown => ({ ...other, anonymousId: `someone-${n}`, messageId: `s${n}` });

const score = (dir: string, events: string, stdin: readonly (string | Uint8Array)[] = []) =>
  run(['score', '--rules', join(dir, 'rules'), '--events', events, '--at', AT, '--json'], { stdin });

test('one line a lead, with everything that is known of the score', async () => {
  const dir = folder({ ...RULES, 'events.ndjson': lines(look, boss, demo, other) });
  const { code, out, err } = await score(dir, join(dir, 'events.ndjson'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      userId: 'ada',
      anonymousIds: ['browser-1'],
      email: 'ada@difference.example',
      scores: { fit: 30, intent: 45 },
      total: 75,
      band: 'hot',
      grade: null,
      group: null,
      qualified: true,
      contributions: [
        { rule: 'boss', score: 'fit', points: 30, events: [] },
        { rule: 'demo', score: 'intent', points: 40, events: ['m2'] },
        { rule: 'pricing', score: 'intent', points: 5, events: ['m0'] },
      ],
      // a demo counts for 30 days
      nextChange: { at: Date.UTC(2026, 2, 22), band: 'warm', grade: null, group: null, qualified: false },
    },
    {
      userId: null,
      anonymousIds: ['browser-2'],
      email: null,
      scores: { fit: 0, intent: 0 },
      total: 0,
      band: 'cold',
      grade: null,
      group: null,
      qualified: false,
      contributions: [],
      nextChange: null,
    },
  ]);
});

test('gzip and standard input say the same as a plain file', async () => {
  const text = lines(look, boss, demo, other);
  const packed = gzipSync(text);
  const dir = folder({ ...RULES, 'events.ndjson': text, 'events.gz': packed });
  const plain = await score(dir, join(dir, 'events.ndjson'));
  expect(await score(dir, join(dir, 'events.gz'))).toEqual(plain);
  expect(await score(dir, '-', [text.slice(0, 30), text.slice(30)])).toEqual(plain);
  // the first bytes tell what it is, also when they come one at a time
  expect(await score(dir, '-', [packed.subarray(0, 1), packed.subarray(1)])).toEqual(plain);
});

test('the order of lines and copies of them change nothing', async () => {
  const dir = folder(RULES);
  const once = await score(dir, '-', [lines(boss, look, demo, other)]);
  const mixed = await score(dir, '-', [lines(other, demo, boss, demo, look, boss)]);
  expect(mixed.out).toBe(once.out);
});

test('a bad line is told with its number, and its neighbours count', async () => {
  const dir = folder(RULES);
  const { code, out, err } = await score(dir, '-', [
    lines(
      boss,
      '{"type":',
      '',
      { type: 'track', messageId: 'x', userId: 'ada' },
      { ...demo, userId: 'undefined' },
      demo,
    ),
  ]);
  expect(code).toBe(0);
  expect(err.split('\n')).toEqual([
    'line 2: this is not JSON',
    'line 4: a track without an event',
    'line 5: userId is a placeholder: undefined',
    '3 lines were left out',
    '',
  ]);
  expect(JSON.parse(out)).toMatchObject({ userId: 'ada', total: 70 });
});

test('a date long past or to come is taken as it is', async () => {
  const dir = folder(RULES);
  const future = { ...demo, timestamp: '2031-01-01T00:00:00Z' };
  const at = (instant: string) =>
    run(['score', '--rules', join(dir, 'rules'), '--events', '-', '--json', '--at', instant], {
      stdin: [lines(boss, future)],
    });
  expect(JSON.parse((await at('2026-03-01')).out)).toMatchObject({ total: 30 });
  expect(JSON.parse((await at('2031-01-02')).out)).toMatchObject({ total: 70 });
});

test('without --json there is a table, the highest total first', async () => {
  const dir = folder(RULES);
  const { out } = await run(['score', '--rules', join(dir, 'rules'), '--events', '-', '--at', AT], {
    stdin: [lines(other, boss, demo)],
  });
  expect(out.split('\n')).toEqual([
    'lead                    band  total  fit  intent  grade  group             next change',
    'ada@difference.example  hot      70   30      40                qualified  warm at 2026-03-22T00:00Z',
    'browser-2               cold      0    0       0',
    '',
  ]);
});

test('the instant is now where none is given', async () => {
  const dir = folder(RULES);
  const { out } = await run(['score', '--rules', join(dir, 'rules'), '--events', '-', '--json'], {
    stdin: [lines(boss, demo)],
    now: Date.UTC(2026, 5, 1),
  });
  expect(JSON.parse(out)).toMatchObject({ total: 30 });
});

test.each<[string, string[], RegExp]>([
  ['no file', ['--events', 'nowhere.ndjson'], /^kindling: there is no file nowhere\.ndjson\n$/],
  [
    'no instant',
    ['--events', '-', '--at', 'tomorrow'],
    /^kindling: "tomorrow" is no instant; write it as 2026-03-01 /,
  ],
  ['no events', [], /^kindling: .*--events/],
  [
    'no rules',
    ['--events', '-', '--rules', 'nowhere'],
    /^kindling: the rules folder cannot be read: nowhere: there is no such folder\n$/,
  ],
])('%s: one clear line and exit code 1', async (_, args, line) => {
  const dir = folder(RULES);
  const given = args.includes('--rules') ? args : ['--rules', join(dir, 'rules'), ...args];
  const { code, out, err } = await run(['score', ...given]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(line);
});

test('of a gzip that is cut off what came before is scored, and the cut is told', async () => {
  const packed = gzipSync(lines(boss, demo, ...Array.from({ length: 2000 }, (_, n) => someone(n))));
  const dir = folder({ ...RULES, 'events.gz': packed.subarray(0, packed.length >> 1) });
  const { code, out, err } = await score(dir, join(dir, 'events.gz'));
  expect(code).toBe(1);
  const [, line = ''] =
    /kindling: .*events\.gz is cut off after line (\d+): the rest of the gzip is missing; these are the scores by what came before it\n$/.exec(
      err,
    ) ?? [];
  const leads = out.trimEnd().split('\n');
  expect(leads.length).toBeGreaterThan(500);
  // The last line may be half a line, and Ada has two.
  expect(Number(line) - leads.length).toBeGreaterThanOrEqual(1);
  expect(Number(line) - leads.length).toBeLessThanOrEqual(2);
  expect(JSON.parse(leads[0] ?? '')).toMatchObject({ userId: 'ada', total: 70 });
});

test('a gzip of which hardly anything is there is told, too', async () => {
  const dir = folder({ ...RULES, 'events.gz': gzipSync(lines(boss, demo)).subarray(0, 12) });
  const { code, out, err } = await score(dir, join(dir, 'events.gz'));
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^kindling: .*events\.gz is cut off after line 0: the rest of the gzip is missing; /);
});

test('a gzip that is damaged is told, not thrown', async () => {
  const packed = gzipSync(lines(boss, demo));
  packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 0xff;
  const dir = folder({ ...RULES, 'events.gz': packed });
  const { code, err } = await score(dir, join(dir, 'events.gz'));
  expect(code).toBe(1);
  expect(err).toMatch(/^kindling: .*events\.gz cannot be read after line \d: incorrect data check\n$/);
});

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

test.each<[string, (text: string) => Buffer]>([
  ['a mark of byte order', (text) => Buffer.from(`\uFEFF${text}`)],
  ['line ends of Windows', (text) => Buffer.from(text.replaceAll('\n', '\r\n'))],
  ['line ends of old Macs', (text) => Buffer.from(text.replaceAll('\n', '\r'))],
  ['UTF-16', (text) => utf16(`\uFEFF${text}`)],
  ['UTF-16 without a mark', utf16],
  ['UTF-16, big end first', (text) => utf16(`\uFEFF${text}`).swap16()],
  ['UTF-16 with line ends of Windows', (text) => utf16(`\uFEFF${text.replaceAll('\n', '\r\n')}`)],
])('%s: means the same', async (_, written) => {
  const text = lines(boss, { ...demo, properties: { note: 'Grüße 🌻' } }, 'not json', other);
  const dir = folder({ ...RULES, 'events.ndjson': text, 'other.ndjson': written(text) });
  const plain = await score(dir, join(dir, 'events.ndjson'));
  expect(plain.err).toBe('line 3: this is not JSON\n1 line was left out\n');
  expect(await score(dir, join(dir, 'other.ndjson'))).toEqual(plain);
  const bytes = [...written(text)].map((byte) => Uint8Array.of(byte));
  expect(await score(dir, '-', bytes)).toEqual(plain);
});

test('a bad line of a slow pipe is told while the pipe is open', async () => {
  const dir = folder(RULES);
  const told: string[] = [];
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${JSON.stringify(boss)}\nnot json\n{"type":`);
    await heard;
    yield Buffer.from('"track"}\n');
  }
  const { code, out, err } = await run(
    ['score', '--rules', join(dir, 'rules'), '--events', '-', '--at', AT, '--json'],
    {
      stdin: slow(),
      onErr: (text) => {
        told.push(text);
        hear();
      },
    },
  );
  expect(told[0]).toBe('line 2: this is not JSON\n');
  expect(code).toBe(0);
  expect(err).toMatch(/^line 2: .*\nline 3: .*\n2 lines were left out\n$/);
  expect(JSON.parse(out)).toMatchObject({ userId: 'ada', total: 30 });
});

test('the bundled sample has its leads in every band', async () => {
  const root = join(import.meta.dirname, '../..');
  const file = join(root, 'examples/events.ndjson.gz');
  const { code, out, err } = await run([
    'score',
    '--rules',
    join(root, 'rules'),
    '--events',
    file,
    '--at',
    '2026-10-31',
    '--json',
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const leads = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { band: string; qualified: boolean });
  expect(leads).toHaveLength(300);
  const inBand = (band: string): number => leads.filter((lead) => lead.band === band).length;
  expect(inBand('cold')).toBeGreaterThan(inBand('semi-warm'));
  expect(inBand('semi-warm')).toBeGreaterThan(inBand('warm'));
  expect(inBand('warm')).toBeGreaterThan(5);
  const qualified = leads.filter((lead) => lead.qualified).length;
  expect(qualified).toBeGreaterThanOrEqual(10);
  expect(qualified).toBeLessThanOrEqual(20);
  expect(readFileSync(file).length).toBeLessThan(300_000);
});
