import { describe, expect, test } from 'vitest';

import { adjusted, day, engineOf, identify, page, pointsOf, track } from './scenario.ts';

const settings = { retention: '30d' };
const seen = { when: { event: 'page' }, points: 10 };

describe('an event older than the retention', () => {
  test('ceases to exist at 00:00 UTC', () => {
    expect(pointsOf(seen, [page(0.5, '/')], 30.99, settings)).toBe(10);
    expect(pointsOf(seen, [page(0.5, '/')], 31, settings)).toBe(0);
  });
  test('changes which of the later ones are kept', () => {
    const events = [page(0.5, '/'), page(1, '/'), page(1.5, '/')];
    expect(pointsOf({ ...seen, once_per: '1d' }, events, 30, settings)).toBe(20);
    // Without the first, the second is kept and the third is too soon after it.
    expect(pointsOf({ ...seen, once_per: '1d' }, events, 31, settings)).toBe(10);
    expect(pointsOf({ ...seen, every: 2 }, events, 31, settings)).toBe(10);
    expect(pointsOf({ ...seen, every: 3 }, events, 31, settings)).toBe(0);
    expect(pointsOf({ ...seen, at_least: 3 }, events, 31, settings)).toBe(0);
  });
  test('is no activity and has not happened', () => {
    const quiet = { when: { inactive: '14d' }, points: -5 };
    expect(pointsOf(quiet, [page(0.5, '/')], 30, settings)).toBe(-5);
    expect(pointsOf(quiet, [page(0.5, '/')], 31, settings)).toBe(0);
    expect(pointsOf(quiet, [page(0.5, '/'), track(20, 'email.opened')], 31, settings)).toBe(0);
    expect(pointsOf(quiet, [page(0.5, '/'), track(20, 'email.opened')], 34, settings)).toBe(-5);
    expect(pointsOf({ when: { all: [{ event: 'page' }] }, points: 3 }, [page(0.5, '/')], 31, settings)).toBe(
      0,
    );
  });
  test('is outlived by attributes and manual points', () => {
    const rule = { when: { 'lead.title': 'CTO' }, points: 3 };
    const events = [identify(0, { title: 'CTO' }), adjusted(0, { score: 'engagement', points: 4 })];
    expect(pointsOf(rule, events, 400, settings)).toBe(7);
  });
  test('leaves its band at the same midnight, foretold', () => {
    const engine = engineOf({ rules: { seen: { ...seen, points: 25 } }, settings });
    const now = engine.evaluate({ events: [page(0.5, '/')] }, day(1));
    expect(now).toMatchObject({ band: 'warm', nextChange: { at: day(31), band: 'cold' } });
    expect(engine.evaluate({ events: [page(0.5, '/')] }, day(40))).toMatchObject({
      band: 'cold',
      bandSince: day(31),
    });
  });
});
