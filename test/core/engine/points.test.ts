import { describe, expect, test } from 'vitest';

import { day, engineOf, group, identify, page, pointsOf, track } from './scenario.ts';

const HOURS = 1 / 24;
const pages = (...days: number[]) => days.map((at) => page(at, '/pricing'));
const rule = (rest: object) => ({ when: { event: 'page', path: '/pricing*' }, points: 10, ...rest });

describe('matching', () => {
  test('takes events by name and properties, walking into lists', () => {
    const bought = track(0, 'Order', { products: [{ category: 'erp' }, { category: 'CRM' }] });
    const when = { event: 'order', 'products.category': 'crm' };
    expect(pointsOf({ when, points: 5 }, [bought, track(0, 'Order')], 1)).toBe(5);
  });
  test('tests attributes as they are now, not as they were then', () => {
    const when = { event: 'page', 'lead.title': 'CTO' };
    const events = [page(0, '/'), identify(2, { title: 'CTO' })];
    expect(pointsOf({ when, points: 5 }, events, 1)).toBe(0);
    expect(pointsOf({ when, points: 5 }, events, 3)).toBe(5);
  });
  test('knows no identify, group or alias, no manual points and nothing suspected', () => {
    const events = [
      identify(0, { a: 1 }),
      group(0, 'acme', {}),
      track(0, 'score.adjusted', { score: 'x', points: 1 }),
      { ...track(0, 'Bot'), suspected: 'bot' },
    ];
    expect(pointsOf({ when: { event: '*' }, points: 5 }, events, 1)).toBe(0);
  });
  test('keeps to the days of `active`, in the time zone of the settings', () => {
    const events = [track(0.97, 'E'), track(1.97, 'E')];
    const days = { when: { event: 'E' }, points: 1, active: '2026-01-02..2026-01-02' };
    expect(pointsOf(days, events, 9)).toBe(1);
    // 23:17 UTC is the next day in Copenhagen.
    expect(pointsOf(days, events, 9, { time_zone: 'Europe/Copenhagen' })).toBe(1);
    expect(pointsOf({ ...days, active: '2026-01-03..' }, events, 9)).toBe(0);
    expect(pointsOf({ ...days, active: '2026-01-03..' }, events, 9, { time_zone: 'Europe/Copenhagen' })).toBe(
      1,
    );
    expect(pointsOf({ ...days, active: '..2026-01-01' }, events, 9)).toBe(1);
  });
});

describe('thinning', () => {
  test('once_per keeps an event if so long has passed since the last one kept', () => {
    expect(pointsOf(rule({ once_per: '1h' }), pages(0, 0.5 * HOURS, HOURS, 1.9 * HOURS, 2 * HOURS), 1)).toBe(
      30,
    );
  });
  test('distinct keeps the newest event of each value', () => {
    const events = [page(0, '/pricing'), page(5, '/Pricing'), page(1, '/pricing/eu')];
    expect(pointsOf(rule({ distinct: 'path' }), events, 6)).toBe(20);
    expect(pointsOf(rule({ distinct: 'path', within: '3d' }), events, 6)).toBe(10);
    expect(pointsOf(rule({ distinct: 'path', within: '3d' }), [...events, page(2, '/pricing')], 6)).toBe(10);
  });
  test('distinct takes 5 and "5" for one, and drops what has no plain value', () => {
    const events = [5, '5', true, 'TRUE', null, '', [1], { a: 1 }].map((form, n) =>
      track(n, 'Form', { form }),
    );
    expect(pointsOf({ when: { event: 'Form' }, distinct: 'form', points: 1 }, events, 9)).toBe(2);
  });
  test('distinct counts the 1,000 newest values', () => {
    const events = Array.from({ length: 1200 }, (_, n) => track(n / 1000, 'Form', { form: n }));
    expect(pointsOf({ when: { event: 'Form' }, distinct: 'form', points: 1 }, events, 9)).toBe(1000);
  });
  test('once_per goes before distinct', () => {
    const events = [page(0, '/pricing'), page(0.5 * HOURS, '/pricing/eu')];
    expect(pointsOf(rule({ once_per: '1h', distinct: 'path' }), events, 1)).toBe(10);
  });
});

describe('windows', () => {
  test('within keeps what is younger, to the millisecond', () => {
    const engine = engineOf({ rules: { r: rule({ within: '30d' }) } });
    const events = pages(0);
    expect(engine.evaluate({ events }, day(30) - 1).total).toBe(10);
    expect(engine.evaluate({ events }, day(30)).total).toBe(0);
  });
  test('with every and burst it keeps awards, not events', () => {
    expect(pointsOf(rule({ every: 2, within: '3d' }), pages(0, 4), 5)).toBe(10);
    expect(pointsOf(rule({ burst: { count: 2, within: '10d' }, within: '3d' }), pages(0, 4), 5)).toBe(10);
    expect(pointsOf(rule({ at_least: 2, within: '3d' }), pages(0, 4), 5)).toBe(0);
  });
});

describe('counting', () => {
  test('without any, every event is one award', () => expect(pointsOf(rule({}), pages(0, 1, 2), 3)).toBe(30));
  test('once is one award, dated at the newest', () => {
    expect(pointsOf(rule({ once: true, half_life: '1d' }), pages(0, 1), 2)).toBe(5);
  });
  test('at_least is one award if there are that many', () => {
    expect(pointsOf(rule({ at_least: 3 }), pages(0, 1), 3)).toBe(0);
    expect(pointsOf(rule({ at_least: 3 }), pages(0, 1, 2, 2.5), 3)).toBe(10);
  });
  test('steps add up, and nothing is added between them', () => {
    const steps = { when: { event: 'page' }, steps: { 1: 5, 2: 10, 4: 1 } };
    expect([1, 2, 3, 4, 5].map((n) => pointsOf(steps, pages(...Array(n).keys()), 9))).toEqual([
      5, 15, 15, 16, 16,
    ]);
  });
  test('every is an award at each n-th', () => {
    expect(pointsOf(rule({ every: 3 }), pages(0, 1, 2, 3, 4, 5, 6), 9)).toBe(20);
    expect(pointsOf(rule({ every: 3, half_life: '1d' }), pages(0, 1, 2), 3)).toBe(5);
  });
  test('burst uses events up', () => {
    const burst = { burst: { count: 3, within: '1d' } };
    expect(pointsOf(rule(burst), pages(0, 0.5, 0.9), 9)).toBe(10);
    expect(pointsOf(rule(burst), pages(0, 0.5, 1), 9)).toBe(0);
    expect(pointsOf(rule(burst), pages(0, 0.1, 0.2, 0.3, 0.4), 9)).toBe(10);
    expect(pointsOf(rule(burst), pages(0, 0.1, 0.2, 0.3, 0.4, 0.5), 9)).toBe(20);
    expect(pointsOf(rule(burst), pages(0, 2, 2.1, 2.2), 9)).toBe(10);
  });
});

describe('decay', () => {
  test('half_life halves each award by its age', () => {
    expect(pointsOf(rule({ half_life: '14d' }), pages(0), 14)).toBe(5);
    expect(pointsOf(rule({ half_life: '14d' }), pages(0, 14), 28)).toBe(7.5);
  });
  test('fade takes the same each day, down to nothing', () => {
    const fade = rule({ fade: { percent: 50, every: '30d' } });
    expect([0, 15, 45, 60, 90].map((at) => pointsOf(fade, pages(0), at))).toEqual([10, 7.5, 2.5, 0, 0]);
  });
});

describe('caps', () => {
  test('hold the faded sum, from above or below', () => {
    expect(pointsOf(rule({ cap: 30 }), pages(0, 1, 2, 3), 4)).toBe(30);
    expect(pointsOf(rule({ cap: 30, half_life: '1d' }), pages(0, 0, 0, 0), 1)).toBe(20);
    expect(pointsOf({ when: { event: 'page' }, points: -15, cap: -20 }, pages(0, 1), 2)).toBe(-20);
  });
});

describe('points_by', () => {
  const size = { points_by: { 'account.employees': { '<50': 5, '50..499': 20, '500..': 30 } } };
  const from = (employees: number) => [group(0, 'acme', { employees })];
  test('takes the first line that matches an attribute', () => {
    expect([10, 50, 499, 900].map((employees) => pointsOf(size, from(employees), 1))).toEqual([
      5, 20, 20, 30,
    ]);
    expect(pointsOf(size, [], 1)).toBe(0);
  });
  test('keeps the order of the file, also for keys that look like numbers', () => {
    const lines = new Map<string | number, number>([
      ['<100', 5],
      [50, 20],
    ]);
    expect(pointsOf({ points_by: { 'account.employees': lines } }, from(50), 1)).toBe(5);
  });
  test('beside an event reads a property of each awarding event', () => {
    const form = { when: { event: 'Form' }, points_by: { stage: { mid: 5, bottom: 15 } } };
    expect(
      pointsOf(form, [track(0, 'Form', { stage: 'mid' }), track(0, 'Form', { stage: 'Bottom' })], 1),
    ).toBe(20);
    expect(
      pointsOf(
        { ...form, every: 2 },
        [track(0, 'Form', { stage: 'bottom' }), track(1, 'Form', { stage: 'mid' })],
        2,
      ),
    ).toBe(5);
  });
  test('beside an event reads an attribute as it is now', () => {
    const rule = { when: { event: 'Form' }, points_by: { 'lead.size': { '..9': 1, '10..': 3 } } };
    expect(pointsOf(rule, [track(0, 'Form'), track(0, 'Form'), identify(1, { size: 12 })], 2)).toBe(6);
  });
});

describe('conditions that are true or false', () => {
  test('inactivity costs once, then once more for each further period', () => {
    const quiet = { when: { inactive: '14d' }, points: -5, every: '7d', cap: -20 };
    expect([13.9, 14, 20.9, 21, 35, 90].map((at) => pointsOf(quiet, pages(0), at))).toEqual([
      0, -5, -5, -10, -20, -20,
    ]);
  });
  test('inactivity begins at the newest activity, else at the first event; without any event it never begins', () => {
    const quiet = { when: { inactive: '14d' }, points: -5 };
    expect(pointsOf(quiet, [...pages(0), track(10, 'email.opened')], 15)).toBe(-5);
    expect(pointsOf(quiet, [...pages(0), track(10, 'email.clicked')], 15)).toBe(0);
    expect(pointsOf(quiet, [track(0, 'email.delivered'), track(10, 'email.opened')], 15)).toBe(-5);
    expect(pointsOf(quiet, [identify(0, { a: 1 })], 15)).toBe(0);
    expect(pointsOf({ when: { not: { inactive: '14d' } }, points: 3 }, [identify(0, { a: 1 })], 15)).toBe(3);
  });
  test('settings narrow what activity is', () => {
    const events = [track(0, 'Trial Started'), page(10, '/')];
    expect(pointsOf({ when: { active_within: '7d' }, points: 5 }, events, 12)).toBe(5);
    expect(
      pointsOf({ when: { active_within: '7d' }, points: 5 }, events, 12, { activity: ['Trial *'] }),
    ).toBe(0);
  });
  test('a rate is a share of the events in its window, false below its least', () => {
    const rate = (min: number) => ({
      when: {
        rate: {
          of: 'email.clicked',
          out_of: { event: 'email.delivered' },
          at_least: '50%',
          min,
          within: '90d',
        },
      },
      points: 5,
    });
    const mails = [0, 1, 2, 3].map((at) => track(at, 'email.delivered'));
    const clicks = [1.5, 2.5].map((at) => track(at, 'email.clicked'));
    expect(pointsOf(rate(4), [...mails, ...clicks], 5)).toBe(5);
    expect(pointsOf(rate(5), [...mails, ...clicks], 5)).toBe(0);
    expect(pointsOf(rate(4), [...mails, ...clicks.slice(1)], 5)).toBe(0);
    expect(pointsOf(rate(1), [...mails, ...clicks], 91.6)).toBe(5);
    expect(pointsOf(rate(1), clicks, 5)).toBe(0);
  });
  test('combined, an event means that it has happened so often', () => {
    const when = {
      all: [{ event: 'page', path: '/pricing', at_least: 2, within: '30d' }, { not: { event: 'Demo' } }],
    };
    expect(pointsOf({ when, points: 15 }, pages(0, 1), 2)).toBe(15);
    expect(pointsOf({ when, points: 15 }, pages(0, 1), 30)).toBe(0);
    expect(pointsOf({ when, points: 15 }, [...pages(0, 1), track(2, 'Demo')], 3)).toBe(0);
    expect(
      pointsOf(
        { when: { any: [{ 'lead.title': 'CTO' }, { event: 'Demo' }] }, points: 1 },
        [track(0, 'Demo')],
        1,
      ),
    ).toBe(1);
    expect(pointsOf({ when: { not: { 'lead.title': 'CTO' } }, points: 1 }, [], 1)).toBe(1);
  });
});

describe('from rules to a score', () => {
  test('groups are held, then the score', () => {
    const engine = engineOf({
      file: { limit: { max: 25 }, groups: { reading: { max: 12 }, base: { min: 5 } } },
      rules: {
        a: { when: { event: 'A' }, points: 10, group: 'reading' },
        b: { when: { event: 'B' }, points: 10 },
      },
    });
    expect(engine.evaluate({ events: [] }, day(1)).total).toBe(5);
    expect(engine.evaluate({ events: [track(0, 'A'), track(0, 'A')] }, day(1)).total).toBe(17);
    expect(engine.evaluate({ events: [track(0, 'A'), track(0, 'A'), track(0, 'B')] }, day(1)).total).toBe(25);
  });
  test('the total weighs scores unrounded, and holds its limit', () => {
    const engine = engineOf({
      rules: { a: { when: { event: 'A' }, points: 0.4 } },
      scores: { fit: { rules: { b: { when: { event: 'A' }, points: 0.2 } } } },
      bands: { total: { sum: { engagement: 1, fit: -0.5 }, limit: { max: 1 } } },
    });
    expect(engine.evaluate({ events: [track(0, 'A')] }, day(1)).total).toBe(0.3);
    expect(engine.evaluate({ events: Array.from({ length: 9 }, () => track(0, 'A')) }, day(1)).total).toBe(1);
  });
  test('contributions are what rules give after their caps, with the events that earned it', () => {
    const [first, second] = pages(0, 1) as [ReturnType<typeof page>, ReturnType<typeof page>];
    const engine = engineOf({
      file: { limit: { max: 12 } },
      rules: { a: rule({ cap: 15 }), none: { when: { event: 'Never' }, points: 1 } },
    });
    expect(engine.evaluate({ events: [second, first] }, day(2)).contributions).toEqual([
      { rule: 'a', score: 'engagement', points: 15, why: 'because', events: [first.id, second.id] },
    ]);
  });
});
