import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import { confirmedClicks, UNCONFIRMED, withConfirmed } from '../../../core/message/clicks.ts';

const NOW = Date.parse('2026-05-14T10:00:00Z');
const MINUTE = 60_000;
const click = (id: string, minutes: number): LeadEvent => ({
  id,
  occurredAt: NOW + minutes * MINUTE,
  type: 'track',
  name: 'email.clicked',
  properties: {},
  suspected: UNCONFIRMED,
});
const page = (id: string, minutes: number, more: Partial<LeadEvent> = {}): LeadEvent => ({
  id,
  occurredAt: NOW + minutes * MINUTE,
  type: 'page',
  name: 'page',
  properties: {},
  ...more,
});
const confirmed = (...events: LeadEvent[]): string[] => [...confirmedClicks(events)].sort();

describe('a click in a mail', () => {
  test('counts when a page of the same lead follows within half an hour', () => {
    expect(confirmed(click('c', 0), page('p', 1))).toEqual(['c']);
    expect(confirmed(click('c', 0), page('p', 0))).toEqual(['c']);
    expect(confirmed(click('c', 0), page('p', 29.9))).toEqual(['c']);
  });

  test('does not by itself, by a page before it, or by one much later', () => {
    expect(confirmed(click('c', 0))).toEqual([]);
    expect(confirmed(click('c', 0), page('p', -1))).toEqual([]);
    expect(confirmed(click('c', 0), page('p', 30))).toEqual([]);
  });

  test('does not by a bot’s page, nor by what is no page', () => {
    expect(confirmed(click('c', 0), page('p', 1, { suspected: 'bot' }))).toEqual([]);
    expect(confirmed(click('c', 0), page('p', 1, { type: 'track', name: 'Demo Booked' }))).toEqual([]);
  });

  test('of a scanner is not confirmed by the page after a person’s', () => {
    const scanner = ['s1', 's2', 's3'].map((id, n) => click(id, n / 60));
    expect(confirmed(...scanner, click('person', 10), page('p', 10.1))).toEqual(['person']);
  });

  test('each of two with a page of its own counts', () => {
    expect(confirmed(click('a', 0), page('p', 1), click('b', 2), page('q', 3))).toEqual(['a', 'b']);
  });

  test('loses its mark where it counts, and keeps it where it does not', () => {
    const entries = [click('a', 0), page('p', 1), click('b', 2)].map((event) => ({ event, bytes: 1 }));
    expect(withConfirmed(entries).map(({ event }) => event.suspected)).toEqual([
      undefined,
      undefined,
      UNCONFIRMED,
    ]);
    expect(withConfirmed(entries)[0]).toMatchObject({ event: { id: 'a' }, bytes: 1 });
  });
});

const event = fc
  .tuple(fc.boolean(), fc.nat({ max: 9 }), fc.integer({ min: 0, max: 90 }))
  .map(([isClick, id, minutes]) => (isClick ? click(`c${id}`, minutes) : page(`p${id}`, minutes)));
property.prop([
  fc
    .array(event, { maxLength: 20 })
    .chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    ),
])('the order of arrival and second copies change nothing', ([events, shuffled]) => {
  expect(confirmed(...shuffled)).toEqual(confirmed(...events));
  expect(confirmed(...events, ...shuffled)).toEqual(confirmed(...events));
});
