import { fc, test as lawOf } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { LineReader } from '../../../cli/score/line-reader.ts';
import { viewsOf, WORDS } from '../../../cli/score/record.ts';
import { instantOfBytes } from '../../../cli/score/instant-bytes.ts';
import { skipValue } from '../../../cli/score/plain-json.ts';
import { parseInstant } from '../../../core/instant.ts';

const READS = {
  properties: new Set(['path', 'name', 'list', 'score']),
  traits: new Set(['email']),
  accounts: true,
};
const AT = Date.UTC(2026, 2, 1);

/** What a reader makes of a file that comes in pieces of a length, with claims and sayings spelled out. */
function read(bytes: Uint8Array, careful: boolean, piece: number): unknown {
  const reader = new LineReader(READS, AT, careful);
  const claims: (string | undefined)[] = [];
  const sayings: string[] = [];
  const found: unknown[] = [];
  const take = (batch: ReturnType<LineReader['end']>): void => {
    claims.push(...batch.claims);
    sayings.push(...batch.sayings);
    const { bytes: records, words, doubles } = viewsOf(batch.records);
    for (let offset = 0; offset < records.length;) {
      const word = offset >> 2;
      const [length = 0, claim = 0] = words.subarray(word, word + 2);
      found.push({
        claim: claims.slice(5 * claim, 5 * claim + 5),
        at: doubles[(offset >> 3) + 1],
        key: doubles[(offset >> 3) + 2],
        saying: sayings[words[word + WORDS.saying] ?? 0],
        rest: [...words.subarray(word + WORDS.id, word + 10)],
        id: records.toString('latin1', offset + 40, offset + length),
      });
      offset += (length + 7) & ~7;
    }
    found.push(...batch.bad);
  };
  for (let from = 0; from < bytes.length; from += piece)
    take(reader.take(bytes.subarray(from, from + piece)));
  take(reader.end());
  // Bad lines come behind the records of their batch.
  return { found: found.map((each) => JSON.stringify(each)).toSorted(), sayings: sayings.length };
}

const same = (text: string | Uint8Array, piece = 1 << 20): void => {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  expect(read(bytes, false, piece)).toEqual(read(bytes, true, 1 << 20));
};

const id = fc.constantFrom<unknown>(
  'a',
  'b',
  'Ünal',
  '',
  null,
  7,
  'x'.repeat(300),
  'undefined',
  'q"uote',
  'back\\slash',
);
const instant = fc.constantFrom<unknown>(
  '2026-01-31T10:00:00.000Z', '2024-02-29T23:59:59Z', '2026-02-29T00:00:00.000Z', '2026-01-01', '2026-13-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z', '2026-01-01T00:00:00+01:00', 1_790_000_000_000, '', null, 'soon',
); // prettier-ignore
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    1e15,
    2 ** 53 + 2,
    1e-200,
    1e300,
    -0,
    0.1,
    '\ud800',
    '\u0000',
    'é',
    '😀',
    '/pricing',
  ),
);
const properties = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.dictionary(fc.constantFrom('path', 'name', 'list', 'x', '', '__proto__', 'é'), json),
  },
  { weight: 1, arbitrary: json },
);
const message = fc.record(
  {
    type: fc.constantFrom<unknown>('track', 'page', 'screen', 'identify', 'group', 'alias', 'odd', null),
    event: fc.constantFrom<unknown>('Demo Booked', 'score.adjusted', '', 5, 'É'),
    messageId: id, userId: id, anonymousId: id, previousId: id, groupId: id,
    leadId: fc.constantFrom<unknown>(null, 'lead'),
    timestamp: instant, receivedAt: instant, originalTimestamp: instant, sentAt: instant,
    properties, traits: properties, context: properties, name: json, category: json, other: json, __proto: json,
  },
  { requiredKeys: ['type', 'messageId'] },
); // prettier-ignore
/** Such as nearly all lines are. */
const plain = fc.record({
  type: fc.constantFrom('track', 'page', 'screen'),
  event: fc.constantFrom('Demo Booked', 'Trial Started'),
  messageId: fc.nat({ max: 99 }).map((n) => `m${n}`),
  userId: fc.constantFrom('ada', 'ben'),
  timestamp: fc.nat({ max: 1e12 }).map((at) => new Date(at).toISOString()),
  properties: fc.dictionary(fc.constantFrom('path', 'name', 'x'), json, { maxKeys: 2 }),
});
const spaced = (text: string, how: number): string =>
  how === 0
    ? text
    : how === 1
      ? ` ${text}\r`
      : how === 2
        ? text.replaceAll(',"', ', "').replaceAll('":', '": ')
        : text;
const line = fc
  .tuple(fc.oneof(message, plain, plain), fc.nat({ max: 3 }), fc.nat({ max: 400 }), fc.nat({ max: 12 }))
  .map(([said, how, cut, kind]) => {
    const text = spaced(JSON.stringify(said), how);
    // Some are cut off, some have a character changed, some a field twice.
    if (kind === 0) return text.slice(0, cut);
    if (kind === 1)
      return `${text.slice(0, cut)}${['"', ',', '}', '\u0001', '\\', '0'][cut % 6]}${text.slice(cut + 1)}`;
    if (kind === 2) return text.replace('{', '{"userId":"first",');
    if (kind === 3) return `\uFEFF${text}`;
    return text;
  });

lawOf.prop([fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 3000 })], { numRuns: 500 })(
  'what is read by its bytes is what is read with care',
  (lines, piece) => {
    same(lines.join('\n'), piece);
  },
);

lawOf.prop(
  [
    fc.array(plain, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 255 })), { maxLength: 3 }),
  ],
  { numRuns: 500 },
)('and so it is when bytes are damaged', (messages, damage) => {
  const bytes = Buffer.from(messages.map((said) => `${JSON.stringify(said)}\n`).join(''));
  for (const [at, byte] of damage) if (at < bytes.length) bytes[at] = byte;
  same(bytes);
});

test('two marks of byte order at the beginning of a file, one at that of a line', () => {
  const one = JSON.stringify({
    type: 'page',
    messageId: 'm',
    userId: 'u',
    timestamp: '2026-01-01T00:00:00.000Z',
  });
  const count = (text: string): number => {
    const reader = new LineReader(READS, AT);
    return [reader.take(Buffer.from(text)), reader.end()].reduce((sum, { bad }) => sum + bad.length, 0);
  };
  expect(count(`\uFEFF\uFEFF${one}\n\uFEFF${one}\n`)).toBe(0);
  expect(count(`${one}\n\uFEFF\uFEFF${one}\n`)).toBe(1);
});

test('an endless line is one bad line, and costs no memory', () => {
  const reader = new LineReader(READS, AT);
  const bad: unknown[] = [];
  for (let n = 0; n < 20; n += 1) bad.push(...reader.take(Buffer.alloc(1 << 20, 'x')).bad);
  const after = reader.take(Buffer.from('\n{"type":"page","messageId":"m","userId":"u"}\nno\n'));
  expect([...bad, ...after.bad]).toEqual([
    { number: 1, reason: 'this is longer than 1000000 characters' },
    { number: 3, reason: 'this is not JSON' },
  ]);
  expect(after.records.length).toBeGreaterThan(0);
});

lawOf.prop([fc.integer({ min: -1e12, max: 253_402_300_799_999 }), fc.boolean()])(
  'an instant in bytes is the instant of the text',
  (at, fine) => {
    const text = new Date(at).toISOString();
    const said = fine || text.length !== 24 ? text : `${text.slice(0, 19)}Z`;
    const bytes = Buffer.from(`"${said}"`);
    expect(instantOfBytes(bytes, 1, bytes.length - 1)).toBe(parseInstant(said) ?? -1);
  },
);
lawOf.prop([fc.stringMatching(/^[0-9]{4}-[0-9]{2}-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\.[0-9]{3}Z$/)])(
  'no day is an instant that is none',
  (text) => {
    const bytes = Buffer.from(text);
    expect(instantOfBytes(bytes, 0, bytes.length)).toBe(parseInstant(text) ?? -1);
  },
);

lawOf.prop([fc.oneof(fc.json(), fc.string())], { numRuns: 1000 })('what it passes over is JSON', (text) => {
  const bytes = Buffer.from(`${text},`);
  const end = skipValue(bytes, 0, bytes.length, 0);
  if (end >= 0) expect(() => JSON.parse(bytes.toString('utf8', 0, end)) as unknown).not.toThrow();
});
