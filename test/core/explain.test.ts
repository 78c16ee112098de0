import { expect, test } from 'vitest';
import type { Contribution } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import { sentence } from '../../core/explain.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const contribution = (points: number, events: readonly string[] = []): Contribution => ({
  rule: 'r',
  score: 'fit',
  points,
  why: 'Because.',
  events,
});
const event = (id: string, daysAgo: number): LeadEvent => ({
  id,
  occurredAt: NOW - daysAgo * DAY,
  type: 'page',
  name: 'page',
  properties: { path: '/pricing' },
});

test('a rule of attributes says what the lead is, and in the rule’s own words where that is not known', () => {
  const rule = {
    why: 'w',
    when: { 'lead.title': ['*CTO*', 'Head of *'], 'account.employees': '50..499' },
    points: 10,
  };
  const attributes = { lead: { title: ' Head of Operations ' }, account: { employees: 120 } };
  expect(sentence(contribution(10), rule, [], NOW, attributes)).toMatch(
    /^Title is Head of Operations and the account’s employees is 120: 10 points/,
  );
  expect(sentence(contribution(10), rule, [], NOW)).toMatch(/^Title is \*CTO\* or Head of \*/);
  const listed = { lead: { title: ['CTO', 'CEO'] }, account: {} };
  expect(sentence(contribution(10), rule, [], NOW, listed)).toMatch(/^Title is \*CTO\* or/);
});

test('points by an attribute name its value', () => {
  const rule = { why: 'w', points_by: { 'lead.employees': { '50..': 6 } } };
  expect(sentence(contribution(6), rule, [], NOW, { lead: { employees: 120 }, account: {} })).toMatch(
    /^Employees is 120/,
  );
  expect(sentence(contribution(6), rule, [], NOW)).toMatch(/^Because of employees/);
});

test('a rule of events says what was done, how often, and how old the oldest is', () => {
  const rule = { why: 'w', when: { event: 'page', path: '/pricing*' }, points: 10, half_life: '14d' };
  const events = [event('a', 9), event('b', 1), event('other', 3)];
  const text = sentence(contribution(24.4, ['a', 'b']), rule, events, NOW);
  expect(text).toMatch(/^Looked at \/pricing/);
  expect(text).toContain('24 points, fading; the oldest was 9 days ago');
});
