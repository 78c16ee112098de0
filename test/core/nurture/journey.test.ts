import { expect, test } from 'vitest';
import {
  decideEntry,
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

test('one that was held out is resumed, to be listed again, and enters no more', () => {
  const held = { ...last, running: false, heldOut: true };
  expect(decideEntry(held, last, null)).toBe('resume');
  expect(decideEntry(held, later, null)).toBe('refuse');
});

test('names of executions are the same for the same change and lead, within what Step Functions takes', () => {
  const entry = journeyEntryId('warm-up', 'lead-1#3#lead.band.changed');
  expect(entry).toBe(journeyEntryId('warm-up', 'lead-1#3#lead.band.changed'));
  expect(entry).not.toBe(journeyEntryId('re-engage', 'lead-1#3#lead.band.changed'));
  for (const lead of ['lead-1', 'Å'.repeat(200), 'a#b/c d'])
    expect(executionName(lead, entry)).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  expect(executionName('a#b', entry)).not.toBe(executionName('a/b', entry));
});
