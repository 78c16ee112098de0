import { describe, expect, test } from 'vitest';

import { day, engineOf, identify, page, track } from './scenario.ts';

const MINUTE = 60_000;
const visit = { when: { event: 'page' }, points: 10 };

describe('bands through time', () => {
  const engine = engineOf({ rules: { visit: { ...visit, half_life: '10d' } } });
  const busy = [0, 0.1, 0.2, 0.3, 0.4, 0.5].map((at) => page(at, '/'));
  test('a new lead starts in the lowest band and moves at its first look', () => {
    expect(engine.evaluate({ events: [] }, day(3))).toMatchObject({ band: 'cold', bandSince: day(3) });
    expect(engine.evaluate({ events: [identify(1, { a: 1 })] }, day(3))).toMatchObject({
      band: 'cold',
      bandSince: day(1),
    });
    const five = [0, 0, 0, 0, 0].map((at) => page(at, '/'));
    expect(engine.evaluate({ events: five }, day(0.1))).toMatchObject({ band: 'hot', bandSince: day(0) });
  });
  test('remember: what was hot stays hot until it is left', () => {
    const at = (days: number) => engine.evaluate({ events: busy }, day(days));
    expect(at(3)).toMatchObject({ band: 'hot', bandSince: day(0.5) });
    expect(at(5)).toMatchObject({ band: 'hot' });
    expect(at(5).total).toBeLessThan(50);
    expect(at(7)).toMatchObject({ band: 'warm' });
    // 45 points are hot on the way down, and warm on the way up.
    const gradual = [page(0, '/'), page(0, '/'), page(0, '/'), page(0, '/'), page(1, '/')];
    expect(engine.evaluate({ events: gradual }, day(1)).total).toBeCloseTo(47.3, 1);
    expect(engine.evaluate({ events: gradual }, day(1))).toMatchObject({ band: 'warm' });
  });
  test('a crossing while points fade is found to the second, before and after', () => {
    const { nextChange } = engine.evaluate({ events: busy }, day(1));
    const at = nextChange?.at ?? 0;
    expect(nextChange).toMatchObject({ band: 'warm' });
    expect(engine.evaluate({ events: busy }, at - 1000)).toMatchObject({ band: 'hot' });
    expect(engine.evaluate({ events: busy }, at + 1000)).toMatchObject({ band: 'warm', bandSince: at });
    expect(engine.evaluate({ events: busy }, at - 1).total).toBeGreaterThanOrEqual(39.5);
    expect(engine.evaluate({ events: busy }, at).total).toBeLessThan(39.5);
  });
  test('a late event rewrites the past', () => {
    const late = page(0.05, '/');
    const events = [page(0, '/'), page(0, '/'), page(0, '/'), page(0, '/')];
    expect(engine.evaluate({ events }, day(1))).toMatchObject({ band: 'warm' });
    expect(engine.evaluate({ events: [...events, late] }, day(1))).toMatchObject({
      band: 'hot',
      bandSince: day(0.05),
    });
  });
});

describe('the next change', () => {
  test('is where a window closes', () => {
    const engine = engineOf({ rules: { visit: { ...visit, points: 25, within: '30d' } } });
    const events = [page(0, '/'), page(3, '/')];
    expect(engine.evaluate({ events }, day(4)).nextChange).toEqual({
      at: day(30),
      band: 'warm',
      grade: null,
      group: null,
      qualified: false,
    });
    expect(engine.evaluate({ events }, day(31)).nextChange).toMatchObject({ at: day(33), band: 'cold' });
    expect(engine.evaluate({ events }, day(34)).nextChange).toBeNull();
  });
  test('is where inactivity sets in, or costs once more', () => {
    const engine = engineOf({
      rules: {
        base: { ...visit, points: 30 },
        quiet: { when: { inactive: '14d' }, points: -6, every: '7d' },
      },
    });
    expect(engine.evaluate({ events: [page(0, '/')] }, day(1)).nextChange).toMatchObject({
      at: day(21),
      band: 'cold',
    });
  });
  test('is where something becomes active no more, or a rate changes', () => {
    const active = engineOf({ rules: { here: { when: { active_within: '7d' }, points: 20 } } });
    expect(active.evaluate({ events: [page(0, '/')] }, day(1)).nextChange).toMatchObject({
      at: day(7),
      band: 'cold',
    });
    const rate = { of: 'Click', out_of: 'Mail', at_least: '50%', within: '10d' };
    const often = engineOf({ rules: { often: { when: { rate }, points: 20 } } });
    const events = [track(0, 'Mail'), track(1, 'Mail'), track(1, 'Click')];
    expect(often.evaluate({ events }, day(2)).nextChange).toMatchObject({ at: day(11), band: 'cold' });
  });
  test('may be a grade, a group or qualified alone', () => {
    const engine = engineOf({
      rules: { visit: { ...visit, within: '5d' } },
      bands: {
        grades: { of: 'engagement', A: 10, B: 0 },
        groups: { active: { engagement: '>=10' }, rest: {} },
        qualified: { grade: ['A'] },
      },
    });
    expect(engine.evaluate({ events: [page(0, '/')] }, day(1))).toMatchObject({
      grade: 'A',
      group: 'active',
      qualified: true,
    });
    expect(engine.evaluate({ events: [page(0, '/')] }, day(1)).nextChange).toEqual({
      at: day(5),
      band: 'cold',
      grade: 'B',
      group: 'rest',
      qualified: false,
    });
  });
  test('is none where points fade for ever and cross nothing', () => {
    const engine = engineOf({ rules: { visit: { ...visit, half_life: '52w' } } });
    expect(engine.evaluate({ events: [page(0, '/')] }, day(1)).nextChange).toBeNull();
  });
  test('is found years ahead, quickly', () => {
    const engine = engineOf({ rules: { visit: { ...visit, points: 50, half_life: '520w' } } });
    const began = performance.now();
    const { nextChange } = engine.evaluate({ events: [page(0, '/')] }, day(1));
    expect(performance.now() - began).toBeLessThan(500);
    expect(nextChange).toMatchObject({ band: 'warm' });
    // 50 points are whole until 39.5: log2(50 / 39.5) half-lives.
    expect(nextChange?.at).toBeCloseTo(day(Math.log2(50 / 39.5) * 3640), -5);
  });
  test('is found where points fade against each other, and rise before they fall', () => {
    const up = { when: { event: 'page' }, points: 60, half_life: '10d' };
    const down = { when: { event: 'page' }, points: 60, half_life: '5d' };
    const bands = { bands: { cold: 0, warm: 10 } };
    const engines = [
      engineOf({ rules: { up, down: { ...down, points: -60 } }, bands }),
      engineOf({
        rules: { up },
        scores: { fit: { rules: { down } } },
        bands: { ...bands, total: { sum: { engagement: 1, fit: -1 } } },
      }),
    ];
    for (const engine of engines) {
      const at = (instant: number) => engine.evaluate({ events: [page(0, '/')] }, instant);
      // 60·x − 60·x² with x = 2^(−days/10) is 9.5 at x = 0.8025 and at x = 0.1975.
      const [rising, falling] = [0.8025, 0.1975].map((x) => day(-10 * Math.log2(x))) as [number, number];
      expect(at(day(0))).toMatchObject({ total: 0, band: 'cold', nextChange: { band: 'warm' } });
      expect(Math.abs((at(day(0)).nextChange?.at ?? 0) - rising)).toBeLessThan(3_600_000);
      expect(at(day(10))).toMatchObject({ total: 15, band: 'warm', nextChange: { band: 'cold' } });
      expect(Math.abs((at(day(10)).nextChange?.at ?? 0) - falling)).toBeLessThan(3_600_000);
      expect(at(day(40))).toMatchObject({ band: 'cold', nextChange: null });
    }
  });
  test('between two looks points that fade both ways are taken to run one way', () => {
    const engine = engineOf({
      rules: {
        up: { when: { event: 'page' }, points: -30, half_life: '1d' },
        down: { when: { event: 'page' }, points: 60, half_life: '2d' },
      },
    });
    const events = [page(0, '/')];
    const { nextChange } = engine.evaluate({ events }, day(0) + MINUTE);
    const before = engine.evaluate({ events }, (nextChange?.at ?? 0) - 1000);
    const after = engine.evaluate({ events }, nextChange?.at ?? 0);
    expect([before.band, after.band]).toEqual(['warm', 'cold']);
  });
});

describe('a snapshot', () => {
  const engine = engineOf({ rules: { visit: { ...visit, half_life: '10d' } } });
  test('is read only by the rules that made it, and not for its past', () => {
    const snapshot = engine.snapshot({ events: [page(0, '/')] }, day(2));
    expect(snapshot).toMatchObject({ ruleset: 'scenario', watermark: day(2) });
    expect(() =>
      engine.evaluate({ snapshot: { ...snapshot, ruleset: 'other' }, events: [] }, day(3)),
    ).toThrow('ruleset other');
    expect(() => engine.evaluate({ snapshot, events: [] }, day(1))).toThrow('watermark');
  });
  test('holds no result of attributes', () => {
    const gated = engineOf({ rules: { boss: { when: { event: 'page', 'lead.title': 'CTO' }, points: 10 } } });
    const snapshot = gated.snapshot({ events: [page(0, '/')] }, day(2));
    expect(gated.evaluate({ snapshot, events: [identify(3, { title: 'CTO' })] }, day(4)).total).toBe(10);
  });
  test('of forty rules and a thousand events takes less than 4 kB', () => {
    const rules = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [
        `rule-${n}`,
        {
          when: { event: 'page', path: `/p${n}*` },
          points: 3,
          cap: 30,
          ...(n % 4 === 0 ? { within: '30d' } : { half_life: '14d' }),
          once_per: '1h',
        },
      ]),
    );
    const many = engineOf({ rules });
    const events = Array.from({ length: 1000 }, (_, n) => page(n / 8, `/p${(n * 7) % 40}/x`));
    const snapshot = many.snapshot({ events }, day(125));
    expect(JSON.stringify(snapshot).length).toBeLessThan(4096);
  });
});

test('a trace tells what was, oldest first', () => {
  const engine = engineOf({ rules: { visit: { ...visit, points: 30, half_life: '10d' } } });
  expect(engine.trace({ events: [page(1, '/')] }, [day(11), day(0.5), day(1)])).toEqual([
    { at: day(0.5), total: 0, scores: { engagement: 0 }, band: 'cold' },
    { at: day(1), total: 30, scores: { engagement: 30 }, band: 'warm' },
    { at: day(11), total: 15, scores: { engagement: 15 }, band: 'cold' },
  ]);
});

test('a lead of which nothing exists yet is traced as it is evaluated', () => {
  const engine = engineOf({
    file: { groups: { g: { min: 4 } } },
    rules: { a: { when: { event: 'page' }, points: 1, group: 'g' } },
  });
  const history = { events: [{ ...page(1, '/'), suspected: 'scanner' }] };
  expect(engine.trace(history, [day(2)])).toMatchObject([{ total: 4, scores: { engagement: 4 } }]);
  expect(engine.evaluate(history, day(2)).total).toBe(4);
});
