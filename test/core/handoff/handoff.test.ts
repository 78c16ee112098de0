import { expect, test } from 'vitest';
import type { Evaluation } from '../../../core/evaluation.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { adjustmentsOf } from '../../../core/explain/adjusted.ts';
import { isHandedOff, refusesHandoff } from '../../../core/handoff/handoff.ts';
import { briefOf, inWords, nameOf, productsOfInterest } from '../../../core/handoff/brief.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const event = (id: string, more: Partial<LeadEvent> = {}): LeadEvent => ({
  id,
  occurredAt: NOW - 1_000,
  type: 'track',
  name: 'Demo Booked',
  properties: {},
  ...more,
});
const evaluation: Evaluation = {
  at: NOW,
  band: 'hot',
  grade: null,
  group: null,
  qualified: true,
  scores: { fit: 19.5, product: { crm: 12, planner: 30, none: 0 } },
  total: 69.5,
  bandSince: 0,
  contributions: [1, 2, 3, 4, 5, 6, -9].map((points) => ({
    rule: `r${points}`,
    score: 'fit',
    points,
    why: '',
    events: [],
  })),
  nextChange: null,
};

test('the brief holds the five strongest reasons and the ten newest events, in whole points', () => {
  const events = Array.from({ length: 15 }, (_, n) =>
    event(`e${n}`, { occurredAt: NOW - n * DAY, name: `Event ${n}` }),
  );
  const brief = briefOf(evaluation, events, { lead: {}, account: {} }, ({ rule }) => rule);
  expect(brief.reasons.map(({ sentence }) => sentence)).toEqual(['r6', 'r5', 'r4', 'r3', 'r2']);
  expect(brief.timeline.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, n) => `Event ${n}`));
  expect(brief).toMatchObject({
    total: 70,
    scores: [
      { name: 'fit', points: 20 },
      { name: 'product', points: 30 },
    ],
  });
});

test('what a bot did, what lies ahead and what says nothing is not told', () => {
  const events = [
    event('a', { suspected: 'bot' }),
    event('b', { occurredAt: NOW + 1 }),
    event('c', { type: 'identify', name: '' }),
    event('d', { name: 'email.opened' }),
    event('e', { name: 'score.adjusted' }),
    event('f'),
  ];
  const { timeline } = briefOf(evaluation, events, { lead: {}, account: {} }, () => '');
  expect(timeline).toEqual([{ at: NOW - 1_000, text: 'Demo Booked' }]);
});

test('a copy of an event is told once, as of the earliest', () => {
  const events = [
    event('a'),
    event('a', { occurredAt: NOW - 5_000 }),
    event('a', { occurredAt: NOW - 2_000 }),
  ];
  const { timeline } = briefOf(evaluation, events, { lead: {}, account: {} }, () => '');
  expect(timeline).toEqual([{ at: NOW - 5_000, text: 'Demo Booked' }]);
});

test('who they are is found under the names that senders use', () => {
  const lead = {
    firstName: 'Ann',
    last_name: 'Ace',
    email: 'ann@example.com',
    jobTitle: 'CTO',
    company: 'Lead Co',
  };
  const brief = briefOf(evaluation, [], { lead, account: { name: 'Acme', country: 'DK' } }, () => '');
  expect(brief).toMatchObject({
    name: 'Ann Ace',
    email: 'ann@example.com',
    title: 'CTO',
    company: 'Acme',
    country: 'DK',
  });
  expect(nameOf({ name: ' ', firstName: '' })).toBeNull();
  expect(nameOf({ name: { evil: true } })).toBeNull();
});

test.each([
  [event('a', { type: 'page', name: 'page', properties: { path: '/pricing' } }), 'Looked at /pricing'],
  [
    event('a', { type: 'page', name: 'page', properties: { path: '/pricing', title: 'Prices' } }),
    'Looked at Prices',
  ],
  [event('a', { properties: { product: 'planner' } }), 'Demo Booked: planner'],
  [
    event('a', { name: 'email.clicked', properties: { email: 'trial' } }),
    'Clicked a link in our mail “trial”',
  ],
  [event('a', { properties: { toString: 'x', title: 5 } }), 'Demo Booked'],
])('%j in words', (each, words) => {
  expect(inWords(each)).toBe(words);
});

test('products of interest: the highest keys of keyed scores, then what events name', () => {
  const events = [
    event('a', { properties: { product: 'connect' } }),
    event('b', {
      properties: { products: [{ name: 'insights' }, 'planner', { product_id: 'p9' }, 7, null] },
    }),
  ];
  expect(productsOfInterest(evaluation.scores, events)).toEqual([
    'planner',
    'crm',
    'connect',
    'insights',
    'p9',
  ]);
});

test('no new handoff while one is open, nor within the time after the last', () => {
  const last = (
    state: 'open' | 'accepted' | 'closed',
    at: number,
  ): { entry: number; state: typeof state; at: number } => ({ entry: 1, state, at });
  expect(refusesHandoff(2, [], NOW, 30 * DAY)).toBeNull();
  expect(refusesHandoff(2, [last('open', 0)], NOW, 30 * DAY)).toBe('open');
  expect(refusesHandoff(2, [last('accepted', 0)], NOW, 30 * DAY)).toBe('open');
  expect(refusesHandoff(2, [last('closed', NOW - 30 * DAY + 1)], NOW, 30 * DAY)).toBe('too-soon');
  expect(refusesHandoff(2, [last('closed', NOW - 30 * DAY)], NOW, 30 * DAY)).toBeNull();
  expect(refusesHandoff(1, [last('open', NOW)], NOW, 30 * DAY)).toBeNull();
  expect(isHandedOff([last('closed', 0)])).toBe(false);
});

test('points that a person gave are a reason as a rule’s are, with who and why, while they count', () => {
  const given = (id: string, points: number, more: object = {}) =>
    event(id, {
      name: 'score.adjusted',
      properties: { score: 'fit', points, why: `Because ${id}`, by: 'freja@lantern.example', ...more },
    });
  const events = [given('a', 40), given('b', -3), given('c', 50, { until: '1970-01-02' })];
  const scores = { fit: { score: 'fit', rules: {} } };
  const brief = briefOf(
    evaluation,
    events,
    { lead: {}, account: {} },
    ({ rule }) => rule,
    adjustmentsOf(events, scores, NOW),
  );
  expect(brief.reasons.slice(0, 2)).toEqual([
    {
      sentence: 'freja@lantern.example added 40 points to fit: “Because a”',
      why: 'Because a',
      points: 40,
    },
    { rule: 'r6', sentence: 'r6', why: '', points: 6 },
  ]);
  expect(brief.timeline.map(({ text }) => text)).toContain(
    'freja@lantern.example took 3 points from fit: “Because b”',
  );
});
