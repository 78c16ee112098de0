import { describe, expect, test } from 'vitest';
import { identify, page, track } from '../engine/scenario.ts';
import { expectRows, x } from './rows.ts';
import { gives } from './written.ts';

describe('other kinds award points while true', () => {
  expectRows([
    [
      'an attribute rule',
      '{ when: { lead.title: CTO }, points: 7 }',
      [identify(1, { title: 'cto' }), identify(3, { title: null })],
      { 0: 0, 1: 7, 3: 0 },
    ],
    [
      '`points_by` takes the first line that matches, in the file’s order, else 0',
      "{ points_by: { lead.size: { '<50': 5, '<100': 9, '200..': 30 } } }",
      [
        identify(0, { size: 20 }),
        identify(1, { size: 70 }),
        identify(2, { size: 150 }),
        identify(3, { size: '200' }),
      ],
      { 0: 5, 1: 9, 2: 0, 3: 30 },
    ],
    [
      '`points_by` keeps the order also of lines that look like numbers',
      "{ points_by: { lead.size: { '*': 1, 5: 2 } } }",
      [identify(0, { size: 5 })],
      { 1: 1 },
    ],
    [
      'beside an event a plain key is a property of the awarding event',
      '{ when: { event: x }, points_by: { p: { a: 1, b: 10 } } }',
      [x(0, { p: 'a' }), x(0, { p: 'b' }), x(0)],
      { 1: 11 },
    ],
    [
      '… and a `lead.` key an attribute, as it is now',
      '{ when: { event: x }, points_by: { lead.p: { a: 1, b: 10 } } }',
      [x(0), x(0), identify(1, { p: 'a' }), identify(2, { p: 'b' })],
      { 0: 0, 1: 2, 2: 20 },
    ],
    [
      '`inactive`: below it nothing, from then on `points` once',
      '{ when: { inactive: 2d }, points: -5 }',
      [x(0)],
      { 1.999: 0, 2: -5, 99: -5 },
    ],
    [
      '… with `every` once more for each further full period',
      '{ when: { inactive: 2d }, points: -5, every: 1d }',
      [x(0)],
      { 2: -5, 2.99: -5, 3: -10, 5: -20 },
    ],
    [
      '… and `cap` bounds it',
      '{ when: { inactive: 2d }, points: -5, every: 1d, cap: -12 }',
      [x(0)],
      { 3: -10, 4: -12, 50: -12 },
    ],
    [
      '`inactive` looks at the newest activity',
      '{ when: { inactive: 2d }, points: -5 }',
      [x(0), x(1)],
      { 2: 0, 3: -5 },
    ],
    [
      '… or the first event if there is no activity',
      '{ when: { inactive: 2d }, points: -5 }',
      [track(0, 'email.delivered'), track(1, 'email.opened')],
      { 1.9: 0, 2: -5 },
    ],
    [
      'a lead without any event is neither active nor inactive',
      '{ when: { any: [{ inactive: 1h }, { active_within: 9d }] }, points: 1 }',
      [identify(0, { title: 'x' })],
      { 0: 0, 5: 0 },
    ],
    [
      '`active_within` while the newest activity is younger',
      '{ when: { active_within: 2d }, points: 5 }',
      [x(0)],
      { 0: 5, 1.999: 5, 2: 0 },
    ],
  ]);
  test.each([
    'score.adjusted',
    'handoff.accepted',
    'handoff.rejected',
    'deal.won',
    'email.opened',
    'email.delivered',
    'email.bounced',
  ])('%s is no activity', async (name) => {
    const properties = name === 'score.adjusted' ? { score: 's', points: 0, why: 'w', by: 'b' } : {};
    const events = [x(0), track(1, name, properties)];
    expect(await gives('{ when: { active_within: 1d }, points: 5 }', events, 1.5)).toBe(0);
  });
  test.each(['page', 'screen', 'Anything', 'email.clicked'])('%s is activity', async (name) => {
    expect(await gives('{ when: { active_within: 1d }, points: 5 }', [x(0), track(1, name)], 1.5)).toBe(5);
  });
  test('settings may narrow what is activity', async () => {
    const settings = { 'settings.yaml': 'activity: [page]\n' };
    expect(await gives('{ when: { active_within: 1d }, points: 5 }', [x(0)], 0.5, settings)).toBe(0);
    expect(await gives('{ when: { active_within: 1d }, points: 5 }', [page(0, '/')], 0.5, settings)).toBe(5);
  });
});
