import { expect, test } from 'vitest';
import { behind, howManyBefore, isAhead, positionAt, stepAt } from '../../../core/nurture/position.ts';
import type { Journey } from '../../../core/schema/journey.ts';

test.each([
  ['', '1', true],
  ['', '3.then.1', true],
  ['2', '1', false],
  ['2', '2', true],
  ['2+', '2', false],
  ['2+', '3', true],
  ['2', '10', true],
  ['10', '2', false],
  ['3+', '3.then.1', true],
  ['3.then.1', '3', false],
  ['3.then.1', '3.then.2', true],
  ['3.then.2', '3.then.1', false],
  ['3.then.1', '3.else.1', false],
  ['3.then.1', '4', true],
  ['3.then.2.b.1', '3.then.2.a.1', false],
  ['3.then.2.b.1', '3.then.3', true],
])('for who is at %j, step %s is ahead: %s', (position, step, ahead) => {
  expect(isAhead(position, step)).toBe(ahead);
});

const journey: Pick<Journey, 'steps'> = {
  steps: [
    { wait: '1d' },
    {
      if: { band: 'hot' },
      then: [{ send: 'a' }],
      else: [{ split: { x: '50%', y: '50%' }, then: { y: [{ send: 'b' }] } }],
    },
  ],
};

test('a step is found by its place', () => {
  expect(stepAt(journey, '1')).toEqual({ wait: '1d' });
  expect(stepAt(journey, '2.then.1')).toEqual({ send: 'a' });
  expect(stepAt(journey, '2.else.1.y.1')).toEqual({ send: 'b' });
  for (const nothing of ['', '3', '2.then.2', '2.else.1.x.1']) expect(stepAt(journey, nothing)).toBeNull();
});

test('who waits is there still; a mail that is put off, too; all else is done when it is come to', () => {
  expect(positionAt('1', { wait: '1d' }, false)).toBe('1');
  expect(positionAt('1', { send: 'a' }, false)).toBe('1');
  expect(positionAt('1', { send: 'a' }, true)).toBe(behind('1'));
  expect(positionAt('1', { set: { 'lead.stage': 'x' } }, false)).toBe('1+');
  expect(positionAt('1', { if: { band: 'hot' }, then: [] }, false)).toBe('1+');
});

test('leads are counted that have a step ahead of them', () => {
  const at = { '': 1, '1': 2, '2+': 4, '2.then.1+': 8 };
  expect(howManyBefore({ at }, '1')).toBe(3);
  expect(howManyBefore({ at }, '2.then.1')).toBe(7);
  expect(howManyBefore({ at }, '2.else.1')).toBe(7);
  expect(howManyBefore({ at }, '3')).toBe(15);
});
