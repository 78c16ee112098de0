import { expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import {
  conditionHolds,
  decideEntry,
  enters,
  executionName,
  journeyEntryId,
  type JourneyEntry,
} from '../../../core/nurture/journey.ts';

const DAY = 86_400_000;
const last: JourneyEntry = {
  entry: 'e1',
  change: 'lead#3#lead.band.changed',
  version: 3,
  at: 0,
  ruleset: 'r',
  running: true,
};
const later = { change: 'lead#9#lead.band.changed', version: 9, at: 90 * DAY };

test('a lead enters once', () => {
  expect(decideEntry(null, later, null)).toBe('enter');
  expect(decideEntry({ ...last, running: false }, later, null)).toBe('refuse');
});

test('a lead enters again after the time that the journey sets, and never while it runs', () => {
  const ended = { ...last, running: false };
  expect(decideEntry(ended, later, 90 * DAY)).toBe('enter');
  expect(decideEntry(ended, { ...later, at: 90 * DAY - 1 }, 90 * DAY)).toBe('refuse');
  expect(decideEntry(last, later, 90 * DAY)).toBe('refuse');
});

test('the change that holds the running entry is heard again: its execution is started again, unless it has ended', () => {
  expect(decideEntry(last, last, null)).toBe('resume');
  expect(decideEntry({ ...last, running: false }, last, 0)).toBe('refuse');
});

test('an older change that comes late starts nothing', () => {
  expect(decideEntry({ ...last, running: false }, { ...later, version: 2 }, 1)).toBe('refuse');
});

test('where the lead stands now decides, not where the change says', () => {
  const journey = { start: { band: ['semi-warm', 'warm'] } };
  expect(enters(journey, 'cold', 'warm')).toBe(true);
  expect(enters(journey, 'cold', 'hot')).toBe(false);
  expect(enters(journey, 'warm', 'warm')).toBe(false);
  expect(enters({ start: { band: 'cold' } }, 'warm', 'cold')).toBe(true);
});

const event = (more: Partial<LeadEvent>): LeadEvent => ({
  id: 'e',
  occurredAt: 0,
  type: 'track',
  name: 'Trial Started',
  properties: { plan: 'Pro' },
  ...more,
});

test('a condition asks for the band or for what happened, with the matchers of rules', () => {
  const view = { band: 'warm', events: [event({})] };
  expect(conditionHolds({ band: 'warm' }, view)).toBe(true);
  expect(conditionHolds({ band: ['cold', 'hot'] }, view)).toBe(false);
  expect(conditionHolds({ event: 'trial *' }, view)).toBe(true);
  expect(conditionHolds({ event: 'Trial Started', plan: ['basic', 'pro'] }, view)).toBe(true);
  expect(conditionHolds({ event: 'Trial Started', plan: 'basic' }, view)).toBe(false);
});

test('what a bot did moves nobody', () => {
  const view = { band: 'warm', events: [event({ suspected: 'bot' })] };
  expect(conditionHolds({ event: 'Trial Started' }, view)).toBe(false);
});

test('names of executions are the same for the same change and lead, within what Step Functions takes', () => {
  const entry = journeyEntryId('warm-up', 'lead-1#3#lead.band.changed');
  expect(entry).toBe(journeyEntryId('warm-up', 'lead-1#3#lead.band.changed'));
  expect(entry).not.toBe(journeyEntryId('re-engage', 'lead-1#3#lead.band.changed'));
  for (const lead of ['lead-1', 'Å'.repeat(200), 'a#b/c d'])
    expect(executionName(lead, entry)).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  expect(executionName('a#b', entry)).not.toBe(executionName('a/b', entry));
});
