import { fc, test } from '@fast-check/vitest';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect } from 'vitest';
import { MAX_BYTES } from '../../../core/message/limits.ts';
import { type Message, parseMessage, type Receipt, toLeadEvent } from '../../../core/message/message.ts';

const RECEIVED = Date.parse('2026-05-14T12:00:00.000Z');
const DAY = 86_400_000;
const track = { type: 'track', event: 'Demo Booked', userId: 'u1', messageId: 'm1' };

const take = (input: unknown, receipt: Partial<Receipt> = {}): Message => {
  const parsed = parseMessage(input, { receivedAt: RECEIVED, ...receipt });
  if (!parsed.ok) throw new Error(`refused: ${parsed.reason}`);
  return parsed.message;
};
const reasonOf = (input: unknown, receipt: Partial<Receipt> = {}): string => {
  const parsed = parseMessage(input, { receivedAt: RECEIVED, ...receipt });
  return parsed.ok ? 'taken' : parsed.reason;
};

describe('what a message becomes', () => {
  test('a track keeps its name, properties and person', () => {
    expect(take({ ...track, properties: { plan: 'pro' }, timestamp: '2026-05-14T11:00:00.5Z' })).toEqual({
      type: 'track',
      messageId: 'm1',
      userId: 'u1',
      event: 'Demo Booked',
      properties: { plan: 'pro' },
      context: {},
      occurredAt: Date.parse('2026-05-14T11:00:00.500Z'),
      key: '2026-05-14T11:00:00.500Z',
    });
  });

  test('a page brings its name and category into its properties, which go before them', () => {
    const page = { type: 'page', name: 'Home', category: 'docs', anonymousId: 'a', messageId: 'm' };
    expect(take({ ...page, properties: { category: 'own', path: '/' } }).properties).toEqual({
      name: 'Home',
      category: 'own',
      path: '/',
    });
  });

  test('an identify knows its person by one spelling of the e-mail, and keeps the traits as sent', () => {
    const message = take({ type: 'identify', messageId: 'm', traits: { email: ' Ann@Example.COM ' } });
    expect(message.email).toBe('ann@example.com');
    expect(message.traits).toEqual({ email: ' Ann@Example.COM ' });
  });

  test('the e-mail of a group is its account’s, not a person’s', () => {
    const message = take({
      type: 'group',
      messageId: 'm',
      userId: 'u',
      groupId: 'g',
      traits: { email: 'hi@acme.example' },
    });
    expect(message.email).toBeUndefined();
    expect(message.traits).toEqual({ email: 'hi@acme.example' });
  });

  test('of the context only page, locale, time zone and user agent are kept', () => {
    const context = {
      ip: '203.0.113.7',
      suspected: 'a sender may not say so',
      traits: { email: 'x@y.example' },
      page: { path: '/p', url: 'https://x.example/p', secret: 'no' },
      locale: 'de-DE',
      timezone: 'Europe/Berlin',
      userAgent: 'Mozilla/5.0',
      device: { id: 'd' },
    };
    const message = take({ ...track, context });
    expect(message.context).toEqual({
      page: { path: '/p', url: 'https://x.example/p' },
      locale: 'de-DE',
      timezone: 'Europe/Berlin',
      userAgent: 'Mozilla/5.0',
    });
    expect(message.suspected).toBeUndefined();
    expect(message.traits).toBeUndefined();
  });

  test('a batch’s context fills in what a message leaves out', () => {
    const batchContext = { locale: 'en', timezone: 'UTC' };
    expect(take({ ...track, context: { locale: 'fr' } }, { batchContext }).context).toEqual({
      locale: 'fr',
      timezone: 'UTC',
    });
  });

  test('numbers that name people are taken as texts', () => {
    expect(take({ ...track, userId: 42 }).userId).toBe('42');
  });

  test('fields called like the methods of objects are only fields', () => {
    const properties = JSON.parse(
      '{"constructor":1,"toString":"x","hasOwnProperty":true,"valueOf":null}',
    ) as object;
    const message = take({ ...track, properties });
    expect(Object.keys(message.properties)).toEqual(['constructor', 'toString', 'hasOwnProperty', 'valueOf']);
    expect(reasonOf(JSON.parse('{"constructor":{"name":"x"}}'))).toMatch(/^type must be one of/);
  });

  test('as an event it has the name that rules match', () => {
    expect(toLeadEvent(take(track))).toEqual({
      id: 'm1',
      occurredAt: RECEIVED,
      type: 'track',
      name: 'Demo Booked',
      properties: {},
    });
    expect(toLeadEvent(take({ type: 'screen', anonymousId: 'a', messageId: 'm' })).name).toBe('screen');
    const group = toLeadEvent(
      take({ type: 'group', userId: 'u', groupId: 'g', messageId: 'm', traits: { plan: 'x' } }),
    );
    expect(group).toMatchObject({ name: '', groupId: 'g', traits: { plan: 'x' } });
    expect(toLeadEvent(take(track, { suspected: 'scanner' })).suspected).toBe('scanner');
  });
});

describe('when it occurred', () => {
  const at = (
    fields: object,
    receipt: Partial<Receipt> = {},
  ): Pick<Message, 'occurredAt' | 'key' | 'future'> => {
    const { occurredAt, key, future } = take({ ...track, ...fields }, receipt);
    return { occurredAt, key, ...(future === undefined ? {} : { future }) };
  };
  const original = '2026-05-14T09:00:00.000Z';

  test('the timestamp is believed as it is', () => {
    const fields = { timestamp: '2026-05-01T00:00:00+02:00', originalTimestamp: original };
    expect(at(fields, { sentAt: '2020-01-01T00:00:00Z' })).toEqual({
      occurredAt: Date.parse('2026-04-30T22:00:00Z'),
      key: '2026-04-30T22:00:00.000Z',
    });
  });

  test('an original timestamp is corrected by how wrong the sender’s clock was when it sent', () => {
    // Sent by a clock that is an hour behind, five minutes after it occurred.
    expect(at({ originalTimestamp: original }, { sentAt: '2026-05-14T09:05:00Z' })).toEqual({
      occurredAt: RECEIVED - 5 * 60_000,
      key: original,
    });
  });

  test('a retry moves the correction and never the key', () => {
    const first = at({ originalTimestamp: original }, { sentAt: '2026-05-14T09:05:00Z' });
    const retry = at({ originalTimestamp: original }, { sentAt: '2026-05-14T09:25:00Z' });
    expect(retry.key).toBe(first.key);
  });

  test('a malformed sentAt spoils only the correction', () => {
    expect(at({ originalTimestamp: original, sentAt: 'soon' }, { sentAt: {} }).occurredAt).toBe(
      Date.parse(original),
    );
  });

  test('without any timestamp it occurred when it came in', () => {
    expect(at({ timestamp: null, originalTimestamp: '' })).toEqual({ occurredAt: RECEIVED, key: '0' });
  });

  test('more than a day ahead becomes now, marked; a day ahead stays', () => {
    const ahead = new Date(RECEIVED + DAY + 1).toISOString();
    expect(at({ timestamp: ahead })).toEqual({ occurredAt: RECEIVED, key: ahead, future: true });
    expect(at({ timestamp: new Date(RECEIVED + DAY).toISOString() }).occurredAt).toBe(RECEIVED + DAY);
  });

  test.each([
    'yesterday',
    '1',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '2026-05-14T25:00:00Z',
    '+010000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '1969-12-31T23:59:59Z',
    1_700_000_000,
    {},
    true,
  ])('%j is no timestamp', (timestamp) => {
    expect(reasonOf({ ...track, timestamp })).toBe('timestamp is no ISO instant between 1970 and 9999');
  });

  test.prop([fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })])(
    'keys sort as the instants that they stand for',
    (date) => {
      const { key } = at({ timestamp: date.toISOString() });
      expect(key).toBe(date.toISOString());
      expect(key < at({ timestamp: '9999-12-31T23:59:59.999Z' }).key).toBe(
        date.getTime() < 253_402_300_799_999,
      );
      expect('0' < key).toBe(true);
    },
  );
});

describe('what is refused', () => {
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

  test.each<[string, unknown, string | RegExp]>([
    ['no object', 'track', 'a message must be an object'],
    ['a list', [track], 'a message must be an object'],
    ['an unknown type', { ...track, type: 'Track' }, /^type must be one of track, page/],
    ['a track without a name', { ...track, event: '' }, 'a track without an event'],
    ['nobody', { type: 'page', messageId: 'm' }, /^names nobody/],
    [
      'an address that is none, and nobody else',
      { type: 'identify', messageId: 'm', traits: { email: 'x@' } },
      /^names nobody/,
    ],
    ['no id', { ...track, messageId: undefined }, 'messageId is missing'],
    ['a person who is an object', { ...track, userId: { id: 1 } }, 'userId must be a text'],
    [
      'an id too long for a key',
      { ...track, messageId: 'é'.repeat(129) },
      'messageId is longer than 256 bytes',
    ],
    [
      'an id with a lone surrogate',
      { ...track, userId: 'a\ud800' },
      'userId holds characters that are no text',
    ],
    ['an id with NUL', { ...track, userId: 'a\u0000' }, 'userId holds characters that are no text'],
    ['properties that are a list', { ...track, properties: [1] }, 'properties must be an object'],
    ['traits that are a text', { ...track, traits: 'x' }, 'traits must be an object'],
    ['1e400', JSON.parse('{"properties":{"n":1e400}}'), 'properties.n is a number without an end'],
    ['NaN', { ...track, properties: { n: NaN } }, 'properties.n is a number without an end'],
    [
      'a number above 2^53',
      { ...track, properties: { id: 2 ** 53 } },
      'properties.id is a number above 2^53; send it as a text',
    ],
    [
      'a field called __proto__',
      JSON.parse('{"properties":{"a":[{"__proto__":{"x":1}}]}}'),
      'a field is called __proto__',
    ],
    ['21 levels', { ...track, properties: { deep: nested(21) } }, 'nested deeper than 20'],
    ['a million levels', { ...track, properties: { deep: nested(1_000_000) } }, 'nested deeper than 20'],
    ['33 kB', { ...track, properties: { text: 'x'.repeat(33 * 1024) } }, 'longer than 32 kB'],
    [
      '33 kB of names',
      { ...track, properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`name${n}`, 1])) },
      'longer than 32 kB',
    ],
    ['an alias of nothing', { type: 'alias', userId: 'u', messageId: 'm' }, 'an alias without a previousId'],
    [
      'an alias to nobody',
      { type: 'alias', previousId: 'p', anonymousId: 'a', messageId: 'm' },
      'an alias without a userId',
    ],
    ['a group of nothing', { type: 'group', userId: 'u', messageId: 'm' }, 'a group without a groupId'],
    [
      'manual points that are none',
      { ...track, event: 'score.adjusted', properties: { score: 'fit', points: '5' } },
      'score.adjusted without points',
    ],
    [
      'manual points for nothing',
      { ...track, event: 'score.adjusted', properties: { points: 5 } },
      'score.adjusted without a score',
    ],
  ])('%s', (_, input, reason) => {
    expect(reasonOf(input)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('an object that holds itself ends like any other that is too deep', () => {
    const self: Record<string, unknown> = { ...track };
    self.properties = { self, again: [self, self] };
    expect(reasonOf(self)).toMatch(/nested deeper|longer than/);
  });
});

describe('what is mended', () => {
  test('lone surrogates and NUL in texts and names become the replacement character', () => {
    expect(take({ ...track, properties: { 'a\ud800': 'b\udc00c\u0000' } }).properties).toEqual({
      'a\ufffd': 'b\ufffdc\ufffd',
    });
  });

  test('a number too near to nothing is nothing, and a minus before it is dropped', () => {
    const { properties } = take({ ...track, properties: { tiny: 1e-200, minus: -0 } });
    expect(Object.is(properties.tiny, 0) && Object.is(properties.minus, 0)).toBe(true);
  });

  test('a field without a name is left out', () => {
    expect(take({ ...track, properties: { '': 1, a: { '': 2 } } }).properties).toEqual({ a: {} });
  });
});

/** Anything, often in the places where messages have something. */
const almost = fc.record(
  {
    type: fc.oneof(fc.constantFrom('track', 'page', 'screen', 'identify', 'group', 'alias'), fc.anything()),
    event: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
    messageId: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
    userId: fc.oneof(fc.string(), fc.anything()),
    anonymousId: fc.oneof(fc.uuid(), fc.anything()),
    previousId: fc.anything(),
    groupId: fc.oneof(fc.string(), fc.anything()),
    properties: fc.oneof(fc.object({ withNullPrototype: true, maxDepth: 4 }), fc.anything()),
    traits: fc.oneof(fc.record({ email: fc.oneof(fc.emailAddress(), fc.anything()) }), fc.anything()),
    context: fc.oneof(fc.record({ page: fc.anything(), locale: fc.anything() }), fc.anything()),
    timestamp: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.string(),
      fc.double(),
      fc.anything(),
    ),
    originalTimestamp: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.anything(),
    ),
    sentAt: fc.anything(),
  },
  { requiredKeys: ['type'] },
);

describe('laws', () => {
  test.prop(
    [
      fc.oneof(
        almost,
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSparseArray: true,
          withTypedArray: true,
        }),
      ),
    ],
    {
      numRuns: 2_000,
    },
  )('no input makes it throw, and what it takes every store takes', (input) => {
    const parsed = parseMessage(input, {
      receivedAt: RECEIVED,
      sentAt: input,
      batchContext: input,
      defaultId: 'made-up',
    });
    if (!parsed.ok) {
      expect(parsed.reason).not.toBe('');
      return;
    }
    const { message } = parsed;
    const text = JSON.stringify(message);
    expect(JSON.parse(text)).toEqual(message);
    expect(text.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(message.messageId)).toBeLessThanOrEqual(256);
    expect(message.messageId).not.toBe('');
    expect(message.occurredAt).toBeGreaterThanOrEqual(0);
    expect(message.occurredAt).toBeLessThanOrEqual(RECEIVED + DAY);
    expect(message.key).toMatch(/^(0|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/);
    marshall(message);
  });

  test.prop([almost])('reading what was read changes nothing', (input) => {
    const first = parseMessage(input, { receivedAt: RECEIVED, defaultId: 'made-up' });
    if (!first.ok) return;
    const again = { ...first.message, timestamp: new Date(first.message.occurredAt).toISOString() };
    const { key: _k, future: _f, ...rest } = take(again);
    const { key: _key, future: _future, ...wanted } = first.message;
    expect(rest).toEqual(wanted);
  });

  test.prop([fc.jsonValue({ maxDepth: 30 })])(
    'what is no longer than 32 kB and no deeper than 20 is kept as it is',
    (generated) => {
      const text = JSON.stringify(generated);
      // As it comes over the wire, where -0 is 0.
      const value = JSON.parse(text) as unknown;
      const plain =
        !/"":|"__proto__":|-0[,}\]]|e-\d{3}|e\+|\\u0000|\\ud[89a-f]/i.test(text) && !/\d{16}/.test(text);
      fc.pre(plain && text.length < MAX_BYTES / 2 && depthOf(value) < 17);
      expect(take({ ...track, properties: { value } }).properties).toEqual({ value });
    },
  );
});

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test('what a browser says of its reader is known of the lead, under names of its own', () => {
  const parsed = parseMessage(
    {
      type: 'identify',
      userId: 'ann',
      messageId: 'm',
      traits: { locale: 'sv' },
      context: { locale: 'en-US', timezone: 'Europe/Stockholm' },
    },
    { receivedAt: Date.parse('2026-05-14T10:00:00Z') },
  );
  expect(parsed.ok && toLeadEvent(parsed.message).traits).toEqual({
    locale: 'sv',
    browser_locale: 'en-US',
    browser_timezone: 'Europe/Stockholm',
  });
});
