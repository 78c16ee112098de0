import { expect, test } from 'vitest';
import { removedSteps } from '../../../core/nurture/removed-steps.ts';
import type { Journey } from '../../../core/schema/journey.ts';
import type { JourneyStep } from '../../../core/schema/journey-step.ts';

const of = (steps: readonly JourneyStep[]): Journey => ({ journey: 'j', start: { band: 'warm' }, steps });
const removed = (before: readonly JourneyStep[], after: readonly JourneyStep[]): string[] =>
  removedSteps(of(before), of(after)).map(({ id }) => id);

const A = { send: 'a' };
const B = { send: 'b' };
const C = { send: 'c' };
const wait = (wait: string): JourneyStep => ({ wait });
const choose = (then: readonly JourneyStep[], otherwise?: readonly JourneyStep[]): JourneyStep => ({
  if: { band: 'hot' },
  then,
  ...(otherwise === undefined ? {} : { else: otherwise }),
});

test.each<[string, readonly JourneyStep[], readonly JourneyStep[], string[]]>([
  ['nothing', [A, wait('1d'), B], [A, wait('1d'), B], []],
  ['a step that comes before others', [A, B], [C, A, B], []],
  ['a longer wait', [A, wait('1d'), B], [A, wait('9d'), B], []],
  ['a wait for another thing', [wait('1d')], [{ wait: { until: { at: '09:00' } } }], []],
  ['a step that moves', [A, wait('1d'), B], [B, wait('1d'), A], []],
  ['a step that moves inside a choice', [A, choose([B])], [choose([A, B])], []],
  ['another condition', [choose([A])], [{ if: { band: 'warm' }, then: [A] }], []],
  ['another text', [{ notify: 'sales', text: 'x' }], [{ notify: 'sales', text: 'y' }], []],
  ['another value', [{ set: { 'lead.stage': 'x' } }], [{ set: { 'lead.stage': 'y' } }], []],
  ['a mail less', [A, wait('1d'), B], [A, wait('1d')], ['3']],
  ['another mail', [A, wait('1d'), B], [C, wait('1d'), B], ['1']],
  ['one of two that are the same', [A, wait('1d'), A], [A, wait('1d')], ['3']],
  ['the shorter of two waits', [wait('1d'), A, wait('2d'), B], [A, wait('2d'), B], ['1']],
  ['another team', [{ notify: 'sales' }], [{ notify: 'support' }], ['1']],
  ['a way to sales', [A, { handoff: true }], [A], ['2']],
  ['a step inside a choice', [choose([A, B], [C])], [choose([A], [C])], ['1.then.2']],
  ['a way of a choice', [choose([A], [B])], [choose([A])], ['1.else.1']],
  ['a choice with all that is inside', [A, choose([B], [C])], [A], ['2']],
  ['a choice of which one way stays', [A, choose([B], [C])], [A, B], ['2']],
  [
    'a way of a split',
    [{ split: { x: '50%', y: '50%' }, then: { x: [A], y: [B] } }],
    [{ split: { x: '50%', z: '50%' }, then: { x: [A] } }],
    ['1.y.1'],
  ],
])('%s', (_, before, after, expected) => {
  expect(removed(before, after)).toEqual(expected);
});
