import { expect, test } from 'vitest';
import type { Evaluation } from '../../../core/evaluation.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { newLead, type Lead } from '../../../core/lead.ts';
import { leadFromItem, leadToItem } from '../../../functions/aws/lead-item.ts';
import { project, type Found } from '../../../functions/scoring/project.ts';
import { cameAbout, startingEvents } from '../../../functions/scoring/starting.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const event = (id: string, occurredAt: number, more: Partial<LeadEvent> = {}): LeadEvent => ({
  ...{ id, occurredAt, type: 'track', name: 'Guide Downloaded', properties: { guide: 'buyers' } },
  ...more,
});
const startedByEvents = [
  { journey: 'guide', start: { event: 'Guide Downloaded' } },
  { journey: 'buyers', start: { event: 'Guide Downloaded', guide: 'buyers' } },
  { journey: 'back', start: { qualified: 'rejected' as const, reason: 'not-now' } },
];
const starting = (...brought: LeadEvent[]) => startingEvents(brought, { startedByEvents }, NOW);

test('an event tells once of all journeys that it starts', () => {
  expect(starting(event('a', NOW))).toEqual([{ event: event('a', NOW), journeys: ['guide', 'buyers'] }]);
  expect(starting(event('a', NOW, { properties: {} }))).toMatchObject([{ journeys: ['guide'] }]);
  const rejected = event('b', NOW, { name: 'handoff.rejected', properties: { reason: 'not-now' } });
  expect(starting(rejected)).toMatchObject([{ journeys: ['back'] }]);
});

test('of several in one batch the first counts, whatever their order', () => {
  const [early, late] = [event('z', NOW - 5), event('a', NOW)];
  for (const batch of [
    [early, late],
    [late, early],
  ])
    expect(starting(...batch).map(({ event: { id } }) => id)).toEqual(['z']);
});

test('what is a day old, lies ahead, is suspected or is for nobody starts nothing', () => {
  expect(starting(event('a', NOW - DAY))).toEqual([]);
  expect(starting(event('a', NOW - DAY + 1))).toHaveLength(1);
  expect(starting(event('a', NOW + 1))).toEqual([]);
  expect(starting(event('a', NOW, { suspected: 'bot' }))).toEqual([]);
  expect(starting(event('a', NOW, { name: 'Demo Booked' }))).toEqual([]);
});

test('what was dated ahead starts journeys once its time has come, and once only', () => {
  const entry = (occurredAt: number, receivedAt?: number) => ({
    event: event(`at ${occurredAt}`, occurredAt),
    sentAs: '0',
    ...(receivedAt === undefined ? {} : { receivedAt }),
  });
  const ahead = entry(NOW + 3000);
  expect(cameAbout([ahead], NOW, NOW + 2999)).toEqual([]);
  expect(cameAbout([ahead], NOW, NOW + 3000)).toEqual([ahead]);
  expect(cameAbout([ahead], NOW + 3000, NOW + 9000)).toEqual([]);
  // A late one, and one that a merge brought.
  expect(cameAbout([entry(NOW + 1, NOW + 5000)], NOW, NOW + 9000)).toEqual([]);
});

const STANDING = { band: 'cold', grade: null, group: null, qualified: false };
const evaluation: Evaluation = {
  ...STANDING,
  ...{ at: NOW, scores: {}, total: 0, bandSince: 0, contributions: [], nextChange: null },
};
const found: Found = {
  ...{ asOf: NOW, snapshot: null, strayUntil: 0, lastActivity: null, email: null, name: null },
  ...{ membership: null, account: null, attributes: '' },
};
const lead: Lead = { ...newLead('l1', 0, { users: [], emails: [] }), version: 4, standing: STANDING };
const live = { hash: 'r', epoch: 1 };

test('the change is named by the event, so that a second copy is the same change, and survives the table', () => {
  const next = project(lead, evaluation, live, found, null, starting(event('e#1', NOW - 7)));
  expect(Object.values(next.pending)).toEqual([
    {
      ...{ changeId: 'l1#e#1#lead.event', leadId: 'l1', kind: 'lead.event', from: null, to: 'guide,buyers' },
      ...{ version: 5, entry: 0, at: NOW - 7, ruleset: 'r' },
    },
  ]);
  expect(leadFromItem(leadToItem(next, { due: 1, band: 1 })).pending).toEqual(next.pending);
  const again = project(
    { ...next, pending: {} },
    evaluation,
    live,
    found,
    null,
    starting(event('e#1', NOW - 7)),
  );
  expect(Object.keys(again.pending)).toEqual(Object.keys(next.pending));
  expect(next.due).not.toBeNull();
});

test('an id of any length keeps the lead small', () => {
  const next = project(lead, evaluation, live, found, null, starting(event('e'.repeat(500), NOW)));
  expect(Object.keys(next.pending)[0]?.length).toBeLessThan(60);
});

test('a lead that gets its address tells so, once; a new lead has a band to tell of', () => {
  const addressed = { ...found, email: 'a@example.com' };
  const next = project(lead, evaluation, live, addressed);
  expect(Object.values(next.pending)).toMatchObject([{ kind: 'lead.addressed', from: false, to: true }]);
  expect(project({ ...next, pending: {} }, evaluation, live, addressed).pending).toEqual({});
  const first = project(newLead('l2', 0, { users: [], emails: [] }), evaluation, live, addressed);
  expect(Object.values(first.pending)).toMatchObject([{ kind: 'lead.band.changed' }]);
});
