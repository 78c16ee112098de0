import { describe, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import { page } from '../engine/scenario.ts';
import { expectRows, x } from './rows.ts';
import { gives, problems, scoreFile } from './written.ts';

const hourly = (n: number): LeadEvent[] => Array.from({ length: n }, (_, hour) => x(hour / 24));

describe('1. match', () => {
  expectRows([
    [
      'the lead’s events that satisfy `when`',
      '{ when: { event: x, p: a }, points: 5 }',
      [x(0, { p: 'A' }), x(1), page(1, '/')],
      { 2: 5 },
    ],
    [
      'in order of (occurredAt, event id)',
      '{ when: { event: x }, points_by: { p: { a: 1, b: 2 } }, once: true }',
      [
        { ...x(0, { p: 'b' }), id: '9' },
        { ...x(0, { p: 'a' }), id: 'a' },
      ],
      { 1: 1 },
    ],
    [
      'ids order by their UTF-8 bytes',
      '{ when: { event: x }, points_by: { p: { a: 1, b: 2 } }, once: true }',
      [
        { ...x(0, { p: 'b' }), id: '\uFF5E' },
        { ...x(0, { p: 'a' }), id: '\u{1F600}' },
      ],
      { 1: 1 },
    ],
    [
      '`active` keeps only events of those days, both included',
      '{ when: { event: x }, active: 2026-01-03..2026-01-04, points: 1 }',
      [x(1.999), x(2), x(3.999), x(4)],
      { 9: 2 },
    ],
    [
      '`active` with an open beginning',
      '{ when: { event: x }, active: ..2026-01-04, points: 1 }',
      [x(0), x(3.999), x(4)],
      { 9: 2 },
    ],
    [
      '`active` with an open end',
      '{ when: { event: x }, active: 2026-01-04.., points: 1 }',
      [x(2.999), x(3), x(8)],
      { 9: 2 },
    ],
  ]);
  test('`active` is in the time zone of settings.yaml', async () => {
    const rule = '{ when: { event: x }, active: 2026-01-03..2026-01-03, points: 1 }';
    const events = [x(1 + 18 / 24), x(1 + 19 / 24), x(2 + 18 / 24), x(2 + 19 / 24)];
    expect(await gives(rule, events, 9, { 'settings.yaml': 'time_zone: Asia/Kolkata\n' })).toBe(2);
    expect(await gives(rule, events, 9)).toBe(2);
    expect(await gives(rule, [x(1 + 19 / 24)], 9)).toBe(0);
    expect(await gives(rule, [x(1 + 19 / 24)], 9, { 'settings.yaml': 'time_zone: Asia/Kolkata\n' })).toBe(1);
  });
});

describe('2. thin', () => {
  const many = Array.from({ length: 1_100 }, (_, n) => x(n / 1_000, { p: n }));
  expectRows([
    [
      '`distinct` keeps the newest event for each value',
      '{ when: { event: x }, distinct: p, points: 4, fade: { percent: 50, every: 2d } }',
      [x(0, { p: 'a' }), x(2, { p: 'a' })],
      { 2: 4 },
    ],
    [
      '`distinct` takes texts ignoring case',
      '{ when: { event: x }, distinct: p, points: 1 }',
      [x(0, { p: 'É' }), x(1, { p: 'e\u0301' })],
      { 2: 1 },
    ],
    [
      'for `distinct`, 5 and "5" are one',
      '{ when: { event: x }, distinct: p, points: 1 }',
      [x(0, { p: 5 }), x(1, { p: '5' })],
      { 2: 1 },
    ],
    [
      '`distinct` drops events without a plain value',
      '{ when: { event: x }, distinct: p, points: 1 }',
      [x(0), x(0, { p: '' }), x(0, { p: ['a'] }), x(0, { p: { a: 1 } }), x(1, { p: true })],
      { 2: 1 },
    ],
    [
      'of `distinct` only the 1,000 newest values count',
      '{ when: { event: x }, distinct: p, points: 1 }',
      many,
      { 2: 1_000 },
    ],
    [
      '`once_per` keeps an event if at least that long has passed since the last kept one',
      '{ when: { event: x }, once_per: 1d, points: 1 }',
      [x(0), x(0.6), x(0.9), x(1), x(1.9), x(2)],
      { 3: 3 },
    ],
    [
      'both: `once_per` first',
      '{ when: { event: x }, once_per: 1d, distinct: p, points: 1 }',
      [x(0, { p: 'a' }), x(0.5, { p: 'b' }), x(1, { p: 'a' })],
      { 3: 1 },
    ],
  ]);
  test.each(['every: 2', 'burst: { count: 2, within: 1d }'])(
    '`distinct` with `%s` is an error',
    async (count) => {
      const rule = `{ when: { event: x }, distinct: p, ${count}, points: 1 }`;
      expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toEqual([
        expect.stringContaining('distinct'),
      ]);
    },
  );
});

describe('3. window', () => {
  expectRows([
    [
      '`within` keeps events whose age is less than it',
      '{ when: { event: x }, within: 3d, points: 1 }',
      [x(0), x(1)],
      { 2.99999: 2, 3: 1, 4: 0 },
    ],
    [
      'with `every` it keeps awards',
      '{ when: { event: x }, every: 2, within: 3d, points: 1 }',
      [x(0), x(1), x(2), x(3)],
      { 3.9: 2, 4: 1, 6: 0 },
    ],
    [
      'with `burst` it keeps awards',
      '{ when: { event: x }, burst: { count: 2, within: 2d }, within: 3d, points: 1 }',
      [x(0), x(1)],
      { 3.9: 1, 4: 0 },
    ],
    [
      'events that have not occurred yet do not exist',
      '{ when: { event: x }, points: 1 }',
      [x(0), x(5)],
      { 4.99: 1, 5: 2 },
    ],
  ]);
});

describe('4. count', () => {
  expectRows([
    [
      'without any, every event is one award of `points`',
      '{ when: { event: x }, points: 3 }',
      hourly(4),
      { 1: 12 },
    ],
    ['`once`: one award', '{ when: { event: x }, once: true, points: 3 }', hourly(4), { 1: 3 }],
    [
      '`once` is dated at the newest kept event',
      '{ when: { event: x }, once: true, points: 8, half_life: 1d }',
      [x(0), x(2)],
      { 3: 4 },
    ],
    [
      '`at_least`: one award if there are n',
      '{ when: { event: x }, at_least: 3, points: 3 }',
      hourly(3),
      { 0.05: 0, 1: 3 },
    ],
    [
      '`at_least` counts after the window',
      '{ when: { event: x }, at_least: 2, within: 2d, points: 3 }',
      [x(0), x(1)],
      { 1.9: 3, 2: 0 },
    ],
    [
      '`steps`: 5 for the first, 10 more from the second on, nothing for others',
      '{ when: { event: x }, steps: { 1: 5, 2: 10 } }',
      [x(0), x(1), x(2)],
      { 0.5: 5, 1: 15, 3: 15 },
    ],
    [
      '`steps` are dated at the newest kept event',
      '{ when: { event: x }, steps: { 1: 5, 2: 11 }, half_life: 1d }',
      [x(0), x(2)],
      { 3: 8 },
    ],
    [
      '`every`: an award at each n-th event',
      '{ when: { event: x }, every: 3, points: 2 }',
      hourly(7),
      { 1: 4 },
    ],
    [
      '`burst` awards whenever the last `count` unused span less than `within`',
      '{ when: { event: x }, burst: { count: 3, within: 3h }, points: 1 }',
      hourly(3),
      { 1: 1 },
    ],
    [
      '… and not when they span as much',
      '{ when: { event: x }, burst: { count: 3, within: 2h }, points: 1 }',
      hourly(3),
      { 1: 0 },
    ],
    [
      '… and those are used up',
      '{ when: { event: x }, burst: { count: 3, within: 3h }, points: 1 }',
      hourly(5),
      { 1: 1 },
    ],
    [
      '… one after the other',
      '{ when: { event: x }, burst: { count: 3, within: 3h }, points: 1 }',
      hourly(6),
      { 1: 2 },
    ],
  ]);
  test('at most one of these', async () => {
    const rule = '{ when: { event: x }, once: true, every: 2, points: 1 }';
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toHaveLength(1);
  });
  test('`steps` replaces `points`', async () => {
    const rule = '{ when: { event: x }, steps: { 1: 1 }, points: 1 }';
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toHaveLength(1);
  });
});

describe('5. decay', () => {
  expectRows([
    ['none', '{ when: { event: x }, points: 8 }', [x(0)], { 900: 8 }],
    [
      '`half_life`: points × 2^(−age / half_life)',
      '{ when: { event: x }, points: 8, half_life: 2d }',
      [x(0), x(2)],
      { 2: 12, 4: 6, 5: 6 / Math.SQRT2 },
    ],
    [
      '`fade`: points × max(0, 1 − percent × age / every), continuous',
      '{ when: { event: x }, points: 8, fade: { percent: 50, every: 2d } }',
      [x(0)],
      { 0: 8, 1: 6, 2: 4, 3.5: 1, 4: 0, 9: 0 },
    ],
    [
      'each award by its own age',
      '{ when: { event: x }, every: 2, points: 8, half_life: 1d }',
      [x(0), x(1), x(2), x(3)],
      { 3: 10 },
    ],
  ]);
  test.each([
    'within: 1d, half_life: 1d',
    'half_life: 1d, fade: { percent: 5, every: 1d }',
    'within: 1d, fade: { percent: 5, every: 1d }',
  ])('a rule has at most one of `within`, `half_life`, `fade`: %s', async (two) => {
    const rule = `{ when: { event: x }, points: 1, ${two} }`;
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toHaveLength(1);
  });
});

describe('6. cap', () => {
  expectRows([
    ['`cap: 30` is at most 30', '{ when: { event: x }, points: 20, cap: 30 }', hourly(2), { 0: 20, 1: 30 }],
    [
      '`cap: -20` is at least −20',
      '{ when: { event: x }, points: -15, cap: -20 }',
      hourly(2),
      { 0: -15, 1: -20 },
    ],
    [
      'the cap holds the sum after decay',
      '{ when: { event: x }, points: 30, cap: 30, half_life: 1d }',
      [x(0), x(0)],
      { 0: 30, 1: 30, 2: 15 },
    ],
  ]);
  test('0 is an error', async () => {
    const rule = '{ when: { event: x }, points: 1, cap: 0 }';
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toEqual([
      expect.stringContaining('cap'),
    ]);
  });
});
