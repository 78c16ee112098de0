import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import { instantsOf } from '../../../functions/read/instants.ts';

const at = (occurredAt: number): LeadEvent => ({
  id: String(occurredAt),
  occurredAt,
  type: 'page',
  name: 'page',
  properties: {},
});
const NOW = 1_000_000;

test.prop([fc.array(fc.integer({ min: 0, max: 2 * NOW }), { maxLength: 400 })])(
  'a curve has every event’s instant while they fit in 200 points, ends now, and goes one way',
  (times) => {
    const instants = instantsOf(times.map(at), NOW);
    expect(instants.length).toBeLessThanOrEqual(200);
    expect(instants.at(-1)).toBe(NOW);
    expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b));
    const past = [...new Set(times)].filter((time) => time < NOW);
    if (past.length < 200) expect(instants).toEqual(expect.arrayContaining(past));
    if (past.length > 0) expect(instants[0]).toBe(Math.min(...past));
  },
);

test('between few events there are points that show the fading', () => {
  expect(instantsOf([at(0)], NOW)).toHaveLength(200);
  expect(instantsOf([], NOW)).toEqual([NOW]);
});
