import { describe, expect, test } from 'vitest';

import { type Bands } from '../../../core/schema/bands.ts';
import { bandsOf, moved, Standings } from '../../../core/engine/standing.ts';

const bands = bandsOf({
  cold: 0,
  'semi-warm': 20,
  warm: { enter: 45, leave: 35 },
  hot: { enter: 70, leave: 60 },
});
const at = (from: string, points: number): string | undefined =>
  bands[
    moved(
      bands,
      bands.findIndex(({ name }) => name === from),
      points,
    )
  ]?.name;

describe('a band', () => {
  test.each([
    ['cold', 69, 'warm'],
    ['cold', 70, 'hot'],
    ['cold', -5, 'cold'],
    ['hot', 60, 'hot'],
    ['hot', 59, 'warm'],
    ['hot', 35, 'warm'],
    ['hot', 34, 'semi-warm'],
    ['hot', 19, 'cold'],
    ['warm', 69, 'warm'],
    ['warm', 36, 'warm'],
    ['semi-warm', 44, 'semi-warm'],
  ])('from %s with %d points is %s', (from, points, to) => expect(at(from, points)).toBe(to));

  test('is in order of its points, whatever the order of names', () => {
    expect(bandsOf({ '3': 0, '1': 40, '2': 20 }).map(({ name }) => name)).toEqual(['3', '2', '1']);
  });
});

describe('grades, groups and qualified', () => {
  const standings = new Standings(
    {
      bands: { cold: 0, hot: 50 },
      grades: { of: 'fit', A: 75, B: 50, C: 25 } as unknown as Bands['grades'],
      groups: [
        ['revenue', { fit: '>=50', engagement: '>=50' }],
        ['middle', { fit: '20..49' }],
        ['exact', { fit: [10, 11] }],
      ],
      qualified: { group: ['revenue'], grade: ['A', 'B'] },
    },
    (name) => ['fit', 'engagement', 'total'].indexOf(name),
  );
  const named = (fit: number, engagement: number): object =>
    standings.named(standings.place([fit, engagement, 0], 0));

  test('go by whole points', () => {
    expect(named(49.5, 49.5)).toMatchObject({ grade: 'B', group: 'revenue', qualified: true });
    expect(named(49.4, 90)).toMatchObject({ grade: 'C', group: 'middle', qualified: false });
  });
  test('below the lowest grade is the lowest, and no group is none', () => {
    expect(named(-10, 0)).toMatchObject({ grade: 'C', group: null });
    expect(named(10.4, 0)).toMatchObject({ group: 'exact' });
  });
  test('are not held over a span that leaps across a range', () => {
    const place = standings.place([60, 0, 0], 0);
    expect(standings.holds(place, [60, 0, 0], [61, 0, 0])).toBe(true);
    expect(standings.holds(standings.place([60, 0, 0], 0), [15, 0, 0], [60, 0, 0])).toBe(false);
    expect(standings.holds(standings.place([5, 0, 0], 0), [5, 0, 0], [15, 0, 0])).toBe(false);
  });
});
