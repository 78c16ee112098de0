import { describe, expect, test } from 'vitest';

import { type Contribution, type Evaluation } from '../../../core/evaluation.ts';
import { forecast, sentence } from '../../../core/explain/explain.ts';
import { type LeadEvent } from '../../../core/event.ts';
import { type Rule } from '../../../core/schema/score.ts';
import { day, page, track } from '../engine/scenario.ts';

const tell = (
  rule: Partial<Rule>,
  points: number,
  events: readonly LeadEvent[] = [],
  more: Partial<Contribution> = {},
) =>
  sentence(
    { rule: 'r', score: 's', points, why: 'because', events: events.map(({ id }) => id), ...more },
    { why: 'They compare prices.', ...rule },
    events,
    day(10),
  );

describe('a contribution in words', () => {
  test('tells what was done, how often, since when, and whether it fades', () => {
    expect(
      tell({ when: { event: 'page', path: '/pricing*' }, half_life: '14d' }, 24.4, [
        page(1, '/pricing'),
        page(2, '/pricing'),
        page(9, '/pricing'),
      ]),
    ).toBe('Looked at pricing 3 times in the last two weeks: 24 points, fading; the oldest was 9 days ago');
  });
  test('tells its window instead of each age', () => {
    const rule: Partial<Rule> = { when: { event: 'Guide Downloaded' }, within: '14d' };
    expect(tell(rule, 5, [track(9, 'Guide Downloaded')])).toBe(
      'Guide Downloaded once in the last two weeks: 5 points',
    );
  });
  test('tells of a single event when it was', () => {
    expect(tell({ when: { event: 'Demo Booked' } }, 40, [track(9.9, 'Demo Booked')])).toBe(
      'Demo Booked once, 2 hours ago: 40 points',
    );
  });
  test('tells of events that a snapshot stands for by the condition', () => {
    expect(tell({ when: { event: 'page', path: '/pricing*' } }, 1)).toBe('Looked at pricing: 1 point');
    expect(tell({ when: { event: ['Demo Booked', 'Trial Started'] } }, 9)).toBe(
      'Demo Booked or Trial Started: 9 points',
    );
  });
  test('tells mails by their name', () => {
    expect(
      tell({ when: { event: 'email.clicked' } }, 3, [track(9, 'email.clicked', { email: 'trial' })]),
    ).toBe('Clicked in trial once, yesterday: 3 points');
  });
  test('tells attributes as they are asked for', () => {
    expect(tell({ when: { 'lead.jobTitle': ['CTO', 'CIO'] } }, 20)).toBe(
      'Job title is CTO or CIO: 20 points',
    );
    expect(tell({ when: { 'account.employees': '50..499', 'lead.phone': 'exists' } }, 20)).toBe(
      'The account’s employees is between 50 and 499 and phone is known: 20 points',
    );
    expect(tell({ points_by: { 'account.employees': { '<50': 5 } } }, 5)).toBe(
      'Because of the account’s employees: 5 points',
    );
  });
  test('says what the lead is where that is known, and else what the rule asks for', () => {
    const rule = {
      why: 'w',
      when: { 'lead.title': ['*CTO*', 'Head of *'], 'account.employees': '50..499' },
      points: 10,
    };
    const contribution = { rule: 'r', score: 'fit', points: 10, why: 'w', events: [] };
    const known = { lead: { title: ' Head of Operations ' }, account: { employees: 120 } };
    expect(sentence(contribution, rule, [], day(10), known)).toMatch(
      /^Title is Head of Operations and the account’s employees is 120: 10 points/,
    );
    expect(sentence(contribution, rule, [], day(10))).toMatch(/^Title is \*CTO\* or Head of \*/);
    const listed = { lead: { title: ['CTO', 'CEO'] }, account: {} };
    expect(sentence(contribution, rule, [], day(10), listed)).toMatch(/^Title is \*CTO\* or/);
    const by = { why: 'w', points_by: { 'lead.employees': { '50..': 6 } } };
    expect(sentence(contribution, by, [], day(10), { lead: { employees: 120 }, account: {} })).toMatch(
      /^Employees is 120/,
    );
  });
  test('tells inactivity, and leaves what is combined to its author', () => {
    expect(tell({ when: { inactive: '14d' } }, -5)).toBe('Nothing done for two weeks or more: -5 points');
    expect(tell({ when: { not: { event: 'Demo' } } }, -1)).toBe('They compare prices: -1 point');
  });
  test.each<[Partial<Rule>, readonly LeadEvent[], string]>(
    [
      [{ event: 'page', path: '/blog/*' }, [page(9, '/blog/a'), page(9, '/blog/b')], 'Looked at pages under /blog twice in the last week'], // prettier-ignore
      [{ event: 'page' }, [page(8, '/'), page(8, '/')], 'Looked at the front page twice in the last week'],
      [{ event: 'page' }, [page(8, '/a/b'), page(8, '/c')], 'Looked at pages twice in the last week'],
      [{ event: 'pricing_viewed' }, [track(8, 'pricing_viewed')], 'Pricing viewed once, 2 days ago'],
      [{ event: 'deal.lost' }, [track(8, 'deal.lost')], 'A deal was lost once, 2 days ago'],
      [{ event: 'email.unsubscribed' }, [track(8, 'email.unsubscribed')], 'Unsubscribed from mails once, 2 days ago'], // prettier-ignore
      [{ event: '*' }, [page(8, '/'), track(8, 'Demo')], 'Page views or Demo twice in the last week'],
      [{ event: '*' }, ['a', 'b', 'c', 'd'].map((name) => track(8, name)), '4 kinds of events 4 times in the last week'], // prettier-ignore
    ].map(([when, ...rest]) => [{ when } as Partial<Rule>, ...rest] as [Partial<Rule>, LeadEvent[], string]),
  )('names what was done: %j', (rule, events, said) =>
    expect(tell(rule, 5, events).split(':')[0]).toBe(said),
  );
  test.each<[Partial<Rule>, string]>([
    [{ at_least: 3 }, 'Looked at pricing at least 3 times, last yesterday'],
    [{ at_least: 3, within: '7d' }, 'Looked at pricing at least 3 times in the last 7 days, last yesterday'],
    [{ every: 3 }, 'Looked at pricing at least 3 times, last yesterday'],
    [{ burst: { count: 3, within: '1d' } }, 'Looked at pricing 3 times within 24 hours, last yesterday'],
    [{ once: true }, 'Looked at pricing, yesterday'],
    [{ steps: { 1: 5, 2: 10 } }, 'Looked at pricing, yesterday'],
  ])('says what %j counts, not the event that filled it', (counting, said) =>
    expect(
      tell({ when: { event: 'page', path: '/pricing*' }, ...counting }, 5, [page(9, '/pricing/eu')]),
    ).toBe(`${said}: 5 points`),
  );
  test('does not call a little nothing', () =>
    expect(tell({ when: { 'lead.vip': true } }, 0.4)).toBe('Vip is true: less than a point'));
  test('names the key', () => {
    expect(tell({ when: { event: 'View' } }, 5, [track(0, 'View'), track(1, 'View')], { key: 'crm' })).toBe(
      'View (crm) twice in the last two weeks: 5 points; the oldest was 10 days ago',
    );
  });
});

describe('a forecast', () => {
  const now: Evaluation = {
    at: day(10),
    band: 'hot',
    grade: 'A',
    group: 'revenue',
    qualified: true,
    scores: {},
    total: 0,
    bandSince: 0,
    contributions: [],
    nextChange: null,
  };
  const next = { at: day(133.4), band: 'hot', grade: 'A', group: 'revenue', qualified: true };
  test('is none where nothing changes', () => expect(forecast(now)).toBeNull());
  test.each([
    [{ band: 'cold' }, 'Turns cold on 14 May unless something happens'],
    [{ at: day(400), band: 'warm' }, 'Turns warm on 5 February 2027 unless something happens'],
    [{ qualified: false }, 'No longer qualifies on 14 May unless something happens'],
    [{ group: 'leads' }, 'Moves to leads on 14 May unless something happens'],
    [{ group: null }, 'Leaves revenue on 14 May unless something happens'],
    [{ grade: 'B' }, 'Gets grade B on 14 May unless something happens'],
  ])('of %j', (change, told) => expect(forecast({ ...now, nextChange: { ...next, ...change } })).toBe(told));
});
