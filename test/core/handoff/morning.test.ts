import { expect, describe, test } from 'vitest';
import { lastStrike } from '../../../core/handoff/hours.ts';
import { type InHand, toCallToday } from '../../../core/handoff/morning.ts';
import type { LeadEvent } from '../../../core/event.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-05-14T08:00:00Z');

const looked = (id: string, at: number, path: string, more: object = {}): LeadEvent =>
  ({ id, type: 'page', occurredAt: at, properties: { path }, ...more }) as unknown as LeadEvent;

const lead = (leadId: string, total: number, more: Partial<InHand> = {}): InHand => ({
  leadId,
  handoff: { entry: 1, at: NOW - 10 * DAY, state: 'open' },
  who: { name: leadId, email: null, company: null, title: null, phone: null },
  events: [],
  now: { at: NOW, band: 'hot', total },
  before: { at: NOW - DAY, band: 'hot', total },
  weekAgo: { at: NOW - 7 * DAY, band: 'warm', total: 10 },
  ...more,
});

const accepted = { entry: 1, at: NOW - 10 * DAY, state: 'accepted' } as const;

describe('who to call today', () => {
  test('are the warmest first; of two as warm, who gained more', () => {
    const weekAgo = { at: NOW - 7 * DAY, band: 'warm', total: 2.4 };
    const { leads } = toCallToday([lead('b', 50), lead('c', 50, { weekAgo }), lead('a', 80.5)]);
    expect(leads.map(({ leadId, total, gained }) => [leadId, total, gained])).toEqual([
      ['a', 81, 71],
      ['c', 50, 48],
      ['b', 50, 40],
    ]);
  });

  test('nobody twice, and nobody who is closed', () => {
    const older = lead('a', 50, { handoff: { entry: 1, at: NOW - 60 * DAY, state: 'accepted' } });
    const newer = lead('a', 50, { handoff: { entry: 2, at: NOW - DAY, state: 'open' } });
    const closed = lead('b', 90, { handoff: { ...accepted, state: 'closed' } });
    expect(toCallToday([newer, older, closed]).leads).toMatchObject([{ leadId: 'a', entry: 2 }]);
  });

  test('it says what changed since the morning before, newest first, once, and nothing suspected or older', () => {
    const changed = lead('a', 50, {
      handoff: { entry: 1, at: NOW - 3_600_000, state: 'open' },
      before: { at: NOW - DAY, band: 'warm', total: 20 },
      events: [
        looked('1', NOW - 5_000, '/pricing'),
        looked('2', NOW - 4_000, '/pricing'),
        looked('3', NOW - 3_000, '/docs'),
        looked('4', NOW - 2_000, '/scanned', { suspected: 'scanner' }),
        looked('5', NOW - DAY, '/yesterday'),
      ],
    });
    expect(toCallToday([changed]).leads[0]?.changed).toEqual([
      'Handed over to you',
      'Now hot, was warm',
      'Looked at /docs',
      'Looked at /pricing',
    ]);
  });

  test('nothing to tell is told nobody: all are taken, and nothing changed', () => {
    const taken = lead('a', 50, { handoff: accepted });
    expect(toCallToday([taken])).toEqual({ leads: [], more: 0 });
    expect(toCallToday([])).toEqual({ leads: [], more: 0 });
    expect(toCallToday([taken, lead('b', 40)]).leads).toHaveLength(2);
    const moved = { ...taken, events: [looked('1', NOW - 5_000, '/pricing')] };
    expect(toCallToday([moved]).leads).toHaveLength(1);
  });

  test('a long list ends, and says how many are left', () => {
    const many = Array.from({ length: 23 }, (_, n) => lead(`l${n}`, n));
    const { leads, more } = toCallToday(many);
    expect([leads.length, more, leads[0]?.total]).toEqual([20, 3, 22]);
  });
});

describe('the morning before', () => {
  const work = { timeZone: 'Europe/Stockholm', hours: { 'mon-fri': '09:00-17:00' }, off: [] };
  const before = (at: string, off: readonly string[] = []): string =>
    new Date(lastStrike({ ...work, off }, '08:00', Date.parse(at))).toISOString();

  test('is yesterday’s, on a Monday that of Friday, after days off that of the last working day', () => {
    expect(before('2026-05-14T06:00:00Z')).toBe('2026-05-13T06:00:00.000Z');
    expect(before('2026-05-11T06:00:00Z')).toBe('2026-05-08T06:00:00.000Z');
    expect(before('2026-05-14T06:00:00Z', ['2026-05-12..2026-05-13'])).toBe('2026-05-11T06:00:00.000Z');
  });

  test('keeps to the clock where that was put forward meanwhile', () => {
    expect(before('2026-03-30T06:00:00Z')).toBe('2026-03-27T07:00:00.000Z');
  });
});
