import { describe, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import { adjusted, day, identify, page, track } from '../engine/scenario.ts';
import { at, problems, scoreFile, written } from './written.ts';

const x = (days: number): LeadEvent => track(days, 'x');
/** As many points as one says, from a day on until another. */
const points = (from: number, value: number, to?: number): LeadEvent =>
  adjusted(from, {
    score: 's',
    points: value,
    ...(to === undefined ? {} : { until: new Date(day(to)).toISOString() }),
  });
const STEPS = 'bands: { cold: 0, warm: 20, hot: { enter: 50, leave: 40 } }\n';
const TOTAL = 'total: { sum: { s: 1 } }\n';
const engine = (
  bands: string,
  rules: Record<string, string> = { r: '{ when: { event: x }, points: 1 }' },
  more = {},
) => written({ 'scores/s.yaml': scoreFile(rules), 'bands.yaml': bands, ...more });

describe('total', () => {
  test('adds weighted, unrounded scores, held within its limit', async () => {
    const more = { 'scores/t.yaml': scoreFile({ q: '{ when: { event: x }, points: 0.4 }' }, 'score: t') };
    const two = await engine(
      `total: { sum: { s: 0.5, t: 1 }, limit: { max: 3 } }\n${STEPS}`,
      undefined,
      more,
    );
    expect([at(two, [x(0)], 1).total, at(two, [x(0), x(0), x(0), x(0)], 1).total]).toEqual([0.9, 3]);
  });
  test.each([
    ['max', 0],
    ['sum', -5],
  ])('a keyed score enters it as `%s`', async (how, total) => {
    const keyed = scoreFile({ r: '{ when: { event: x }, points: -5 }' }, 'score: s\nby: p');
    const read = await written({
      'scores/s.yaml': keyed,
      'bands.yaml': `total: { sum: { s: ${how} } }\n${STEPS}`,
    });
    expect(at(read, [track(0, 'x', { p: 'a' })], 1).total).toBe(total);
  });
  test('… and nothing else', async () => {
    const keyed = scoreFile({ r: '{ when: { event: x }, points: 5 }' }, 'score: s\nby: p');
    expect(await problems({ 'scores/s.yaml': keyed, 'bands.yaml': TOTAL + STEPS })).toHaveLength(1);
    expect(await problems({ 'bands.yaml': `total: { sum: { s: max } }\n${STEPS}` })).toHaveLength(1);
  });
});

describe('bands', () => {
  const plain = engine(TOTAL + STEPS);
  const bandOf = async (events: readonly LeadEvent[], days: number) => at(await plain, events, days).band;
  test.each<[string, readonly LeadEvent[], string]>([
    ['below the lowest is the lowest', [points(0, -9)], 'cold'],
    ['a new lead starts in the lowest band', [identify(0, { a: 1 })], 'cold'],
    ['a plain number is both `enter` and `leave`', [points(0, 20), points(1, -1)], 'cold'],
    ['it moves up to the highest band whose `enter` it reaches', [points(0, 50)], 'hot'],
    ['it stays while it is not below `leave` of its band', [points(0, 50), points(1, -10)], 'hot'],
    ['… and does not come there by as much', [points(0, 40)], 'warm'],
    [
      'else it moves down to the highest lower band whose `leave` it is not below',
      [points(0, 50), points(1, -11)],
      'warm',
    ],
    ['… over several at once', [points(0, 50), points(1, -31)], 'cold'],
    ['thresholds compare whole points: halves away from zero', [points(0, 19.5)], 'warm'],
    ['… taken from the 6-decimal value', [points(0, 19.499_999_6)], 'warm'],
    ['… and below that not', [points(0, 19.499_999)], 'cold'],
  ])('%s', async (_sentence, events, band) => {
    expect(await bandOf(events, 2)).toBe(band);
  });
  test('−0.5 is −1', async () => {
    const below = await engine(`${TOTAL}bands: { low: -5, cold: 0 }\n`);
    expect([at(below, [points(0, -0.4)], 1).band, at(below, [points(0, -0.5)], 1).band]).toEqual([
      'cold',
      'low',
    ]);
  });
  test('`leave` is `enter` where left out', async () => {
    const same = await engine(`${TOTAL}bands: { cold: 0, hot: { enter: 20 } }\n`);
    expect(at(same, [points(0, 20), points(1, -1)], 2).band).toBe('cold');
  });
  test('`of: <score>` in place of the total', async () => {
    const own = await engine(`bands: { of: s, cold: 0, warm: 20 }\n`);
    expect(at(own, [points(0, 20)], 1).band).toBe('warm');
  });
  test.each([
    ['ascending', 'bands: { cold: 0, warm: 20, hot: 20 }'],
    ['`leave` is at most `enter`', 'bands: { cold: 0, hot: { enter: 20, leave: 21 } }'],
    ['of a score that is there', 'bands: { of: t, cold: 0 }'],
  ])('they are %s, else it is an error', async (_sentence, bands) => {
    expect(await problems({ 'bands.yaml': `${TOTAL}${bands}\n` })).toEqual([
      expect.stringMatching(/^bands\.yaml:2:/),
    ]);
  });
});

describe('grades, groups and `qualified`', () => {
  const bands =
    `${TOTAL}bands: { cold: 0, hot: 50 }\ngrades: { of: s, A: 75, B: 50, C: 25 }\n` +
    `groups: { top: { s: '>=75' }, even: { s: [20, 40] }, rest: {} }\nqualified: { band: [hot], group: [top, even] }\n`;
  test.each([
    [-5, { grade: 'C', group: 'rest', qualified: false }],
    [20, { grade: 'C', group: 'even', qualified: false }],
    [25, { grade: 'C', group: 'rest', qualified: false }],
    [49.5, { grade: 'B', group: 'rest', qualified: false }],
    [74.5, { grade: 'A', group: 'top', qualified: true }],
  ])('%d points', async (value, expected) => {
    expect(at(await engine(bands), [points(0, value)], 1)).toMatchObject(expected);
  });
  test('grades have no memory', async () => {
    const read = await engine(bands);
    expect(at(read, [points(0, 80), points(1, -6)], 2)).toMatchObject({ grade: 'B', group: 'rest' });
  });
  test('no group is none', async () => {
    const read = await engine(`${TOTAL}bands: { cold: 0 }\ngroups: { top: { s: '>=75' } }\n`);
    expect(at(read, [x(0)], 1).group).toBeNull();
  });
});

describe('replayed from the lead’s first message on', () => {
  const bands = `${TOTAL}bands: { cold: 0, hot: { enter: 20, leave: 5 } }\n`;
  const fading = { r: '{ when: { event: x }, points: 24, half_life: 1d }' };
  test('a late event rewrites the past', async () => {
    const read = await engine(bands, fading);
    expect(at(read, [track(0, 'y'), points(2, 6)], 3).band).toBe('cold');
    expect(at(read, [track(0, 'y'), points(2, 6), x(1)], 3)).toMatchObject({
      band: 'hot',
      bandSince: day(1),
    });
  });
  test('evaluated once per instant after all its messages', async () => {
    const read = await engine(bands);
    expect(at(read, [points(1, 25), points(1, -15)], 2).band).toBe('cold');
  });
  test('what changes by itself in between is looked at', async () => {
    const read = await engine(bands, { r: '{ when: { event: x }, points: 25, within: 1d }' });
    const events = [x(0), points(1.5, 10)];
    expect(at(read, events, 2)).toMatchObject({ band: 'cold', bandSince: day(1) });
  });
  test('a change of rules rewrites the past', async () => {
    const read = await engine(bands, { r: '{ when: { event: x }, points: 20, within: 1d }' });
    const events = [x(0), points(0.5, 10)];
    expect(at(read, events, 2).band).toBe('hot');
    expect(at(await engine(bands), events, 2).band).toBe('cold');
  });
  test('a crossing is found to the second', async () => {
    const read = await engine(bands, fading);
    // 24 points are 4.5, which is 5 as people see it, until this instant.
    const leaves = day(Math.log2(24 / 4.499_999_5));
    const { band, bandSince } = at(read, [x(0)], 5);
    expect(band).toBe('cold');
    expect(Math.abs(bandSince - leaves)).toBeLessThan(1_000);
  });
});

describe('the next change is the first instant at which something would differ if nothing else happened', () => {
  const bands = `${TOTAL}bands: { cold: 0, warm: 5 }\ngrades: { of: s, A: 20, B: 0 }\ngroups: { g: { s: '>=20' }, rest: {} }\nqualified: { grade: A }\n`;
  const next = async (rule: string, events: readonly LeadEvent[], days = 0) =>
    at(await engine(bands, { r: rule }), events, days).nextChange;
  test.each<[string, string, readonly LeadEvent[], number, object]>([
    [
      'points fade',
      '{ when: { event: x }, points: 10, half_life: 1d }',
      [x(0)],
      Math.log2(10 / 4.5),
      { band: 'cold' },
    ],
    [
      'points fade away',
      '{ when: { event: x }, points: 10, fade: { percent: 50, every: 1d } }',
      [x(0)],
      1.1,
      { band: 'cold' },
    ],
    ['windows close', '{ when: { event: x }, points: 10, within: 3d }', [x(0)], 3, { band: 'cold' }],
    ['inactivity sets in', '{ when: { inactive: 3d }, points: 10 }', [x(0)], 3, { band: 'warm' }],
    [
      '… and goes on',
      '{ when: { inactive: 1d }, points: 2, every: 1d, cap: 9 }',
      [x(0)],
      3,
      { band: 'warm' },
    ],
    ['activity is over', '{ when: { active_within: 3d }, points: 10 }', [x(0)], 3, { band: 'cold' }],
    [
      'a rate changes',
      "{ when: { rate: { of: y, out_of: x, at_least: '60%', within: 3d } }, points: 5 }",
      [x(0), x(0.01), track(0.02, 'y')],
      3,
      { band: 'warm' },
    ],
    [
      'a clause of a combined rule ends',
      '{ when: { not: { event: x, within: 3d } }, points: 5 }',
      [x(0)],
      3,
      { band: 'warm' },
    ],
    ['`until` passes', '{ when: { event: y }, points: 1 }', [points(0, 10, 3)], 3, { band: 'cold' }],
    [
      'grade, group and `qualified` count, too',
      '{ when: { event: x }, points: 25, within: 3d }',
      [x(0), points(0, 10)],
      3,
      { band: 'warm', grade: 'B', group: 'rest', qualified: false },
    ],
  ])('%s', async (_sentence, rule, events, days, standing) => {
    const change = await next(rule, events, 0.03);
    expect(change).toMatchObject(standing);
    expect(Math.abs((change?.at ?? 0) - day(days))).toBeLessThan(1_000);
  });
  test('events that are still to come are left aside', async () => {
    const change = await next('{ when: { event: x }, points: 10, within: 3d }', [x(0), x(2)]);
    expect(change?.at).toBe(day(3));
  });
  test('or none', async () => {
    expect(await next('{ when: { event: x }, points: 10 }', [x(0), page(0, '/')])).toBeNull();
  });
});
