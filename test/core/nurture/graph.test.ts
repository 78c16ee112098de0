import { describe, expect, test } from 'vitest';
import { journeyGraph } from '../../../core/nurture/graph.ts';
import { conditionInWords, startInWords, waitInWords } from '../../../core/nurture/in-words.ts';
import type { Journey } from '../../../core/schema/journey.ts';

const journey = (steps: Journey['steps'], more: Partial<Journey> = {}): Journey => ({
  journey: 'warm-up',
  start: { band: 'warm' },
  steps,
  ...more,
});
const drawn = (steps: Journey['steps'], more?: Partial<Journey>) => {
  const { nodes, edges } = journeyGraph(journey(steps, more));
  return {
    nodes: nodes.map(({ id, text }) => `${id}: ${text}`),
    edges: edges.map(({ from, to, text }) => `${from} > ${to}${text === undefined ? '' : ` (${text})`}`),
  };
};

describe('a journey, drawn', () => {
  test('leads from its start through its steps to its end', () => {
    expect(drawn([{ wait: '3d' }, { send: 'trial' }], { hold_out: '10%' })).toEqual({
      nodes: ['start: When a lead: enters band warm', '1: Wait 3 days', '2: Send “trial”', 'end: End'],
      edges: ['start > 1 (but 10% held out)', '1 > 2', '2 > end'],
    });
  });

  test('parts at a choice, and both ways come together after it', () => {
    expect(drawn([{ if: { event: 'Trial Started' }, then: [{ send: 'tips' }] }, { send: 'case' }])).toEqual({
      nodes: [
        'start: When a lead: enters band warm',
        '1: If Trial Started',
        '1.then.1: Send “tips”',
        '2: Send “case”',
        'end: End',
      ],
      edges: ['start > 1', '1 > 1.then.1 (yes)', '1.then.1 > 2', '1 > 2 (no)', '2 > end'],
    });
  });

  test('has no way on from where it leaves, and no end that nothing comes to', () => {
    expect(
      drawn([
        {
          split: { short: '50%', long: '50%' },
          then: { short: [{ exit: true }], long: [{ notify: 'north' }, { handoff: true }] },
        },
      ]),
    ).toEqual({
      nodes: [
        'start: When a lead: enters band warm',
        '1: Split',
        '1.short.1: Leave',
        '1.long.1: Tell north',
        '1.long.2: Hand over to sales',
      ],
      edges: ['start > 1', '1 > 1.short.1 (short 50%)', '1 > 1.long.1 (long 50%)', '1.long.1 > 1.long.2'],
    });
  });
});

test.each([
  [{ band: ['warm', 'hot'] }, 'band is warm or hot'],
  [{ qualified: false, 'lead.country': 'SE' }, 'is not qualified and lead.country is SE'],
  [{ score: { engagement: '>=20' } }, 'engagement is >=20'],
  [
    { event: 'Demo Booked', product: 'crm', at_least: 2, within: '7d' },
    'Demo Booked (product is crm) 2 times in the last 7 days',
  ],
  [
    { all: [{ band: 'warm' }, { any: [{ event: 'A' }, { 'lead.phone': 'exists' }] }] },
    'band is warm and (A or lead.phone is known)',
  ],
  [{ not: { group: 'revenue' } }, 'not (group is revenue)'],
] as const)('a condition in words: %j', (condition, words) => {
  expect(conditionInWords(condition as never)).toBe(words);
});

test.each([
  [{ grade: 'A' }, 'gets grade A'],
  [{ account: { band: 'surging' } }, 'its account enters band surging'],
  [{ qualified: 'rejected', reason: 'not-now' }, 'sales rejects it (not-now)'],
  [{ event: ['Trial Started', 'Invited'] }, 'Trial Started or Invited'],
] as const)('a start in words: %j', (start, words) => {
  expect(startInWords(start as never)).toBe(words);
});

test.each([
  ['14d', 'Wait two weeks'],
  [{ until: { weekday: ['tue', 'thu'], at: '09:00' } }, 'Wait until Tuesday or Thursday 09:00'],
  [{ for: { event: 'Trial Started' }, timeout: '5d' }, 'Wait for Trial Started, at most 5 days'],
] as const)('a wait in words: %j', (wait, words) => {
  expect(waitInWords(wait as never)).toBe(words);
});
