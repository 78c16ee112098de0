import { expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import {
  entersBy,
  entersByAccount,
  entersByEvent,
  entersByStanding,
  segmentOf,
  startsOnEvents,
} from '../../../core/nurture/start.ts';

const warm = { band: 'warm', group: 'radar', grade: 'A' };
const event = (
  name: string,
  properties: LeadEvent['properties'] = {},
  more: Partial<LeadEvent> = {},
): LeadEvent => ({
  ...{ id: 'e', occurredAt: 0, type: 'track', name, properties },
  ...more,
});

test('where the lead stands now decides, not where the change says', () => {
  const start = { band: ['semi-warm', 'warm'] };
  expect(entersBy('band', { start }, 'cold', warm)).toBe(true);
  expect(entersBy('band', { start }, 'cold', { ...warm, band: 'hot' })).toBe(false);
  expect(entersBy('band', { start }, 'warm', warm)).toBe(false);
});

test('groups and grades are entered as bands are, each by its own change', () => {
  expect(entersBy('group', { start: { group: 'radar' } }, null, warm)).toBe(true);
  expect(entersBy('group', { start: { group: 'radar' } }, 'radar', warm)).toBe(false);
  expect(entersBy('grade', { start: { grade: ['A', 'B'] } }, 'C', warm)).toBe(true);
  expect(entersBy('band', { start: { grade: 'A' } }, 'cold', warm)).toBe(false);
  expect(entersBy('group', { start: { group: 'radar' } }, 'x', { ...warm, group: null })).toBe(false);
});

test('a new lead enters where it stands, but not the lowest band, in which it began', () => {
  expect(entersByStanding({ start: { band: 'warm' } }, warm, 'cold')).toBe(true);
  expect(entersByStanding({ start: { band: 'cold' } }, { ...warm, band: 'cold' }, 'cold')).toBe(false);
  expect(entersByStanding({ start: { band: 'cold' } }, { ...warm, band: 'cold' })).toBe(true);
  expect(entersByStanding({ start: { grade: 'A' } }, warm, 'cold')).toBe(true);
});

test('an event starts what waits for it; what sales answers is one', () => {
  const download = { start: { event: 'Guide Downloaded', guide: 'buyers*' } };
  expect(entersByEvent(download, event('Guide Downloaded', { guide: 'buyers-checklist' }))).toBe(true);
  expect(entersByEvent(download, event('Guide Downloaded', { guide: 'x' }))).toBe(false);
  expect(
    entersByEvent(download, event('Guide Downloaded', { guide: 'buyers-x' }, { suspected: 'bot' })),
  ).toBe(false);
  const rejected = { start: { qualified: 'rejected' as const } };
  expect(entersByEvent(rejected, event('handoff.rejected', { reason: 'not-a-fit' }))).toBe(true);
  expect(entersByEvent(rejected, event('handoff.accepted'))).toBe(false);
  const notNow = { start: { qualified: 'rejected' as const, reason: 'not-now' } };
  expect(entersByEvent(notNow, event('handoff.rejected', { reason: 'not-now' }))).toBe(true);
  expect(entersByEvent(notNow, event('handoff.rejected', { reason: 'budget' }))).toBe(false);
  expect(entersByEvent({ ...notNow, retired: true }, event('handoff.rejected', { reason: 'not-now' }))).toBe(
    false,
  );
  expect(entersByEvent({ start: { band: 'warm' } }, event('warm'))).toBe(false);
  expect([download, rejected, { start: { band: 'warm' } }].map((each) => startsOnEvents(each))).toEqual([
    true,
    true,
    false,
  ]);
});

test('people of an account enter when it turns, by its band or by qualifying', () => {
  const surging = { start: { account: { band: 'surging' } } };
  const now = { band: 'surging', qualified: true };
  expect(entersByAccount('account.band.changed', surging, 'quiet', now)).toBe(true);
  expect(entersByAccount('account.band.changed', surging, 'surging', now)).toBe(false);
  expect(entersByAccount('account.band.changed', surging, 'quiet', { band: 'quiet', qualified: false })).toBe(
    false,
  );
  expect(entersByAccount('account.qualified', surging, false, now)).toBe(false);
  const qualified = { start: { account: { qualified: true as const } } };
  expect(entersByAccount('account.qualified', qualified, false, now)).toBe(true);
  expect(entersByAccount('account.qualified', qualified, false, { ...now, qualified: false })).toBe(false);
});

test('a segment is for those whose attributes are such; so are the attributes beside an event', () => {
  const danish = { lead: { country: 'DK' }, account: {} };
  expect(segmentOf({ start: { band: 'warm' } })).toBeNull();
  const both = segmentOf({
    start: { event: 'x', 'lead.country': 'DK' },
    for: { 'account.employees': '>10' },
  });
  expect(both?.(danish)).toBe(false);
  expect(both?.({ ...danish, account: { employees: 12 } })).toBe(true);
  expect(both?.({ lead: {}, account: { employees: 12 } })).toBe(false);
});
