import { describe, expect, test } from 'vitest';
import { accountIdOf, ACCOUNT_SOURCES } from '../../../core/accounts/account-id.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import { parseMessage } from '../../../core/message/message.ts';
import { adjusted, day, group, identify, page, track } from '../engine/scenario.ts';
import { at, gives, iso, problems, scoreFile, sent, written } from './written.ts';

const x = (days: number, properties: Record<string, Json> = {}): LeadEvent => track(days, 'x', properties);
const each = '{ when: { event: x }, points: 1 }';

describe('time', () => {
  test.each([
    ['15m', 15],
    ['12h', 720],
    ['30d', 43_200],
    ['2w', 20_160],
  ])('a duration is a whole number and a unit: %s', async (within, minutes) => {
    const rule = `{ when: { event: x }, within: ${within}, points: 1 }`;
    expect(await gives(rule, [x(0)], minutes / 1_440 - 0.000_1)).toBe(1);
    expect(await gives(rule, [x(0)], minutes / 1_440)).toBe(0);
  });
  test.each(['1.5d', '3 d', '10', '1y', '-1d', '0d'])('%s is no duration', async (within) => {
    const rule = `{ when: { event: x }, within: ${within}, points: 1 }`;
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toEqual([
      expect.stringContaining('scores/s.yaml:3:'),
    ]);
  });
  test('events with occurredAt > now do not exist yet', async () => {
    expect([await gives(each, [x(1)], 0.999), await gives(each, [x(1)], 1)]).toEqual([0, 1]);
  });
  test('events older than `retention` do not exist any more, expiring at 00:00 UTC', async () => {
    const settings = { 'settings.yaml': 'retention: 10d\n' };
    expect(await gives(each, [x(0.5)], 10.99, settings)).toBe(1);
    expect(await gives(each, [x(0.5)], 11, settings)).toBe(0);
  });
  test('attributes and manual points outlive retention', async () => {
    const settings = { 'settings.yaml': 'retention: 10d\n' };
    const events = [identify(0, { a: 1 }), adjusted(0, { score: 's', points: 5 })];
    expect(await gives('{ when: { lead.a: 1 }, points: 1 }', events, 400, settings)).toBe(6);
  });
  test('`lateness` never sets a result', async () => {
    const events = [x(0), x(3), x(90)];
    const rule = '{ when: { event: x }, points: 9, half_life: 5d }';
    expect(await gives(rule, events, 91, { 'settings.yaml': 'lateness: 1d\n' })).toBe(
      await gives(rule, events, 91),
    );
  });
  test('occurredAt is the message’s `timestamp`', () => {
    expect(sent({ timestamp: iso(3), originalTimestamp: iso(1), sentAt: iso(9) }).occurredAt).toBe(day(3));
  });
  test('… else its `originalTimestamp` corrected by receivedAt − sentAt', () => {
    expect(sent({ originalTimestamp: iso(3), sentAt: iso(3.5) }, day(9)).occurredAt).toBe(day(8.5));
  });
  test('… else the receipt of the first copy', () => {
    expect(sent({}, day(9)).occurredAt).toBe(day(9));
  });
  test('two copies with one message id are one event: the earliest counts', async () => {
    const rule = '{ when: { event: x }, points: 8, half_life: 1d }';
    expect(
      await gives(
        rule,
        [
          { ...x(2), id: 'a' },
          { ...x(1), id: 'a' },
        ],
        3,
      ),
    ).toBe(2);
  });
  test('… of equal ones the first stored', async () => {
    const rule = '{ when: { event: x }, points_by: { p: { a: 1, b: 2 } } }';
    expect(
      await gives(
        rule,
        [
          { ...x(1, { p: 'a' }), id: 'a' },
          { ...x(1, { p: 'b' }), id: 'a' },
        ],
        3,
      ),
    ).toBe(1);
  });
});

describe('events', () => {
  test.each<[string, Record<string, Json>, Partial<LeadEvent>]>([
    [
      'track: name = its `event`, properties = `properties`',
      { event: 'Demo Booked', properties: { a: 1 } },
      { name: 'Demo Booked', properties: { a: 1 } },
    ],
    ['page: name = the type', { type: 'page', name: 'Home', properties: { path: '/p' } }, { name: 'page' }],
    [
      'screen: name = the type',
      { type: 'screen', properties: { path: '/p' } },
      { name: 'screen', properties: { path: '/p' } },
    ],
  ])('%s', (_sentence, message, event) => {
    expect(sent(message)).toMatchObject(event);
  });
  test('`identify`, `group` and `alias` are no events for rules', async () => {
    const rest = ['identify', 'group', 'alias'].map(
      (type) => ({ ...identify(1, {}), id: type, type }) as LeadEvent,
    );
    const rule = "{ when: { event: ['*', exists, missing] }, points: 1 }";
    expect(await gives(rule, [...rest, x(1)], 2)).toBe(1);
  });
  test('`context.traits` set nothing', () => {
    expect(sent({ type: 'identify', traits: { a: 1 }, context: { traits: { b: 2 } } }).traits).toEqual({
      a: 1,
    });
  });
  test('`context.suspected` is never taken from a sender', () => {
    expect(sent({ context: { suspected: 'scanner' } }).suspected).toBeUndefined();
  });
  test('a suspected event counts for nothing', async () => {
    const doubted = { ...x(1), suspected: 'scanner' };
    expect(await gives(each, [x(0), doubted], 2)).toBe(1);
    expect(await gives('{ when: { active_within: 1d }, points: 1 }', [doubted], 1.5)).toBe(0);
  });
});

describe('manual points', () => {
  const manual = (rest: Record<string, Json>): LeadEvent => adjusted(1, { score: 's', points: 5, ...rest });
  test('count, and never decay', async () => {
    expect(await gives('{ when: { event: x }, points: 8, half_life: 1d }', [manual({})], 900)).toBe(5);
  });
  test.each<[string, Json, number, number]>([
    ['count while now < until', iso(3), 2.999, 3],
    ['of a bare date `until` includes that day', '2026-01-03', 2.999, 3],
  ])('%s', async (_sentence, until, last, gone) => {
    expect(await gives(each, [manual({ until })], last)).toBe(5);
    expect(await gives(each, [manual({ until })], gone)).toBe(0);
  });
  test('no rule matches it', async () => {
    expect(await gives("{ when: { event: '*' }, points: 1 }", [manual({})], 2)).toBe(5);
  });
  test.each<[string, Record<string, Json>]>([
    ['points that are no number', { points: '5' }],
    ['an unknown score', { score: 't' }],
    ['an `until` that is no date', { until: 'soon' }],
  ])('%s are rejected', async (_sentence, rest) => {
    expect(await gives(each, [manual(rest)], 2)).toBe(0);
  });
  test.each<[string, Json, Json]>([
    ['for a keyed score it carries the key, as one text', 'crm', { crm: 5 }],
    ['… else it is rejected', null, {}],
    ['… also where that is a list', ['crm'], {}],
  ])('%s', async (_sentence, product, scores) => {
    const more = {
      head: 'score: s\nby: product',
      'bands.yaml': 'total: { sum: { s: max } }\nbands: { cold: 0 }\n',
    };
    expect(await gives(each, [manual({ product })], 2, more)).toEqual(scores);
  });
});

describe('attributes', () => {
  const title = "{ points_by: { lead.title: { CEO: 2, CTO: 1, '*': 9 } } }";
  test('an attribute is the value with the newest occurredAt at or before now', async () => {
    const events = [identify(2, { title: 'CTO' }), identify(1, { title: 'CEO' })];
    expect([
      await gives(title, events, 0),
      await gives(title, events, 1),
      await gives(title, events, 2),
    ]).toEqual([0, 2, 1]);
  });
  test('… of equal instants the larger event id', async () => {
    const events = [
      { ...identify(1, { title: 'CTO' }), id: 'b' },
      { ...identify(1, { title: 'CEO' }), id: 'a' },
    ];
    expect(await gives(title, events, 2)).toBe(1);
  });
  test('top-level field by field', async () => {
    const rule = '{ when: { lead.a: 1, lead.o.c: 2, lead.o.b: missing }, points: 1 }';
    expect(await gives(rule, [identify(0, { a: 1, o: { b: 1 } }), identify(1, { o: { c: 2 } })], 2)).toBe(1);
  });
  test('`null` clears it, an empty text is ignored', async () => {
    const events = [identify(0, { title: 'CTO' }), identify(1, { title: '' }), identify(2, { title: null })];
    expect([await gives(title, events, 1), await gives(title, events, 2)]).toEqual([1, 0]);
  });
});

describe('the lead’s account', () => {
  const large = '{ when: { account.size: large }, points: 1 }';
  const engine = written({ 'scores/s.yaml': scoreFile({ r: large }) });
  const total = async (mine: readonly LeadEvent[], others: readonly LeadEvent[], days = 5) =>
    at(await engine, mine, days, others).total;
  test('is its newest `groupId`', async () => {
    const others = [group(0, 'a', { size: 'large' }), group(0, 'b', { size: 'small' })];
    const mine = [group(2, 'a', {}), group(1, 'b', {})];
    expect([await total(mine, others, 1), await total(mine, others, 2)]).toEqual([0, 1]);
  });
  test('… else its e-mail’s domain; free mail makes none', async () => {
    const others = [group(0, 'acme.example', { size: 'large' }), group(0, 'gmail.com', { size: 'large' })];
    expect(await total([identify(1, { email: 'kim@Acme.example' })], others)).toBe(1);
    expect(await total([identify(1, { email: 'kim@gmail.com' })], others)).toBe(0);
    expect(accountIdOf(ACCOUNT_SOURCES, null, 'kim@gmail.com')).toBeNull();
  });
  test('`account.*` reads that account’s traits, whoever of its people sent them', async () => {
    expect(await total([group(1, 'a', {})], [group(3, 'a', { size: 'large' })], 3)).toBe(1);
    expect(await total([group(1, 'a', {})], [group(3, 'b', { size: 'large' })], 3)).toBe(0);
  });
});

test('what comes in is one message of the Segment spec, or refused with a reason', () => {
  expect(parseMessage({ type: 'track', userId: 'u' }, { receivedAt: 0, defaultId: 'm' })).toMatchObject({
    ok: false,
  });
  expect(sent({ type: 'page', properties: { path: '/' } })).toMatchObject({ ...page(100, '/'), id: 'm' });
});
