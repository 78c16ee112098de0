import { expect, describe, test } from 'vitest';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import type { AccountInHand } from '../../../core/accounts/account-to-call.ts';
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

const NOBODY = { leads: [], accounts: [], more: 0 };
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
    expect(toCallToday([taken])).toEqual(NOBODY);
    expect(toCallToday([])).toEqual(NOBODY);
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

describe('accounts to call today', () => {
  const account = (id: string, points: number, more: Partial<AccountInHand> = {}): AccountInHand => ({
    handoff: { entry: 1, at: NOW - 10 * DAY, state: 'open', brief: brief(id) },
    at: NOW,
    since: NOW - DAY,
    band: { name: 'surging', since: NOW - 9 * DAY },
    points: { now: points, weekAgo: 20.4 },
    people: [],
    ...more,
  });
  const brief = (id: string): AccountBrief => ({
    id,
    name: id.toUpperCase(),
    country: null,
    industry: null,
    employees: null,
    band: 'surging',
    numbers: [],
    people: [],
    more: 0,
    products: [],
  });

  test('are the warmest first, each once, with what they gained this week; none that is closed', () => {
    const older = account('a', 90, {
      handoff: { entry: 1, at: NOW - 60 * DAY, state: 'accepted', brief: brief('a') },
    });
    const closed = account('c', 99, { handoff: { ...older.handoff, state: 'closed', brief: brief('c') } });
    const { accounts } = toCallToday([], [account('b', 50), account('a', 90.5), older, closed]);
    expect(
      accounts.map(({ accountId, entry, points, gained }) => [accountId, entry, points, gained]),
    ).toEqual([
      ['a', 1, 91, 71],
      ['b', 1, 50, 30],
    ]);
    expect(accounts[0]?.state).toBe('open');
  });

  test('they say what changed: the handoff, the band, and what their people did', () => {
    const changed = account('a', 50, {
      handoff: { entry: 1, at: NOW - 3_600_000, state: 'open', brief: brief('a') },
      band: { name: 'surging', since: NOW - 3_700_000 },
      people: [
        { name: 'Ann', events: [looked('1', NOW - 5_000, '/pricing'), looked('2', NOW - 2 * DAY, '/old')] },
        { name: null, events: [looked('3', NOW - 3_000, '/docs'), looked('4', NOW + 1, '/later')] },
        { name: 'Bot', events: [looked('5', NOW - 1_000, '/scanned', { suspected: 'scanner' })] },
      ],
    });
    expect(toCallToday([], [changed]).accounts[0]?.changed).toEqual([
      'Handed over to you',
      'Now surging',
      'Somebody: Looked at /docs',
      'Ann: Looked at /pricing',
    ]);
  });

  test('an account that waits is reason enough to list leads in which nothing changed', () => {
    const taken = lead('a', 50, { handoff: accepted });
    expect(toCallToday([taken], [account('b', 1)])).toMatchObject({ leads: [{ leadId: 'a' }], more: 0 });
    const quiet = account('b', 1, { handoff: { ...account('b', 1).handoff, state: 'accepted' } });
    expect(toCallToday([taken], [quiet])).toEqual(NOBODY);
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
