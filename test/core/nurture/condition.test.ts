import { expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import { conditionHolds, type JourneyView } from '../../../core/nurture/condition.ts';
import type { JourneyCondition } from '../../../core/schema/journey-condition.ts';

const DAY = 86_400_000;
const event = (more: Partial<LeadEvent>): LeadEvent => ({
  id: 'e',
  occurredAt: 0,
  type: 'track',
  name: 'Trial Started',
  properties: { plan: 'Pro' },
  ...more,
});
const view: JourneyView = {
  standing: {
    band: 'warm',
    group: 'revenue',
    grade: null,
    qualified: false,
    scores: { engagement: 19.5, product: { crm: 12, erp: 3 } },
    total: 34.4,
  },
  attributes: { lead: { country: 'DK', title: 'Head of IT' }, account: { employees: 220 } },
  events: [event({}), event({ id: 'f', occurredAt: 5 * DAY })],
  now: 7 * DAY,
};

test.each<[boolean, JourneyCondition]>([
  [true, { band: 'warm' }],
  [false, { band: ['cold', 'hot'] }],
  [true, { band: ['cold', 'warm'], group: 'revenue' }],
  [false, { band: 'warm', group: 'radar' }],
  [false, { grade: ['A', 'B'] }],
  [true, { qualified: false }],
  [true, { score: { engagement: '>=20' } }],
  [false, { score: { engagement: '>20' } }],
  [true, { score: { product: 12, total: '30..34' } }],
  [false, { score: { unknown: '>0' } }],
  [true, { 'lead.country': ['DK', 'SE'], 'account.employees': '50..' }],
  [false, { 'lead.country': 'DK', 'lead.phone': 'exists' }],
  [true, { event: 'trial *' }],
  [true, { event: 'Trial Started', plan: ['basic', 'pro'] }],
  [false, { event: 'Trial Started', plan: 'basic' }],
  [true, { event: 'Trial Started', at_least: 2 }],
  [false, { event: 'Trial Started', at_least: 3 }],
  [true, { event: 'Trial Started', within: '3d' }],
  [false, { event: 'Trial Started', at_least: 2, within: '3d' }],
  [true, { event: 'Trial Started', 'lead.country': 'DK' }],
  [false, { event: 'Trial Started', 'account.employees': '>500' }],
  [true, { all: [{ band: 'warm' }, { not: { event: 'Demo Booked' } }] }],
  [false, { all: [{ band: 'warm' }, { event: 'Demo Booked' }] }],
  [true, { any: [{ band: 'hot' }, { event: 'Trial Started' }] }],
  [false, { any: [{ band: 'hot' }, { not: { band: 'warm' } }] }],
])('%s: %j', (holds, condition) => {
  expect(conditionHolds(condition, view)).toBe(holds);
});

test('what a bot did moves nobody, and copies of one event are one', () => {
  const bot = { ...view, events: [event({ suspected: 'bot' })] };
  expect(conditionHolds({ event: 'Trial Started' }, bot)).toBe(false);
  const twice = { ...view, events: [event({}), event({ occurredAt: 3 })] };
  expect(conditionHolds({ event: 'Trial Started', at_least: 2 }, twice)).toBe(false);
});
