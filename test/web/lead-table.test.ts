import { expect, test } from 'vitest';
import type { LeadSummary } from '../../core/view/lead.ts';
import { coming } from '../../web/console/parts/lead-table.tsx';

const lead: LeadSummary = {
  ...{ id: 'l', email: null, name: null, total: 50, scores: {}, lastActivity: null, nextChange: null },
  ...{ band: 'warm', grade: 'B', group: 'revenue', qualified: true },
};
const { band, grade, group, qualified } = lead;
const now = { at: 1, band, grade, group, qualified };

test.each([
  ['cold', { band: 'cold', qualified: false }],
  ['not qualified', { qualified: false }],
  ['research', { group: 'research' }],
  ['not revenue', { group: null }],
  ['grade C', { grade: 'C' }],
])('what changes by itself is said: %s', (words, change) => {
  expect(coming(lead, { ...now, ...change })).toBe(words);
});
