import { describe, expect, test } from 'vitest';
import { nextStep } from '../../../core/handoff/escalate.ts';
import type { Asked, HandoffRecord } from '../../../core/handoff/handoff.ts';
import { chooseOwner } from '../../../core/handoff/owner.ts';
import { membersOf, staffOf } from '../../../core/handoff/staff.ts';
import { NO_TURNS, takeTurn } from '../../../core/handoff/turn.ts';
import type { Handoff } from '../../../core/schema/handoff.ts';

const HOUR = 3_600_000;
/** A Thursday, ten o'clock in Copenhagen. */
const NOW = Date.parse('2026-05-14T08:00:00Z');
const ZONE = 'Europe/Copenhagen';
const person = (name: string, more: object = {}) => ({
  name,
  email: `${name.toLowerCase()}@x.example`,
  ...more,
});
const RULES: Handoff = {
  answer_within: '4h',
  owners: [
    { when: { 'lead.country': 'DK' }, ...person('Freja', { off: ['2026-05-15'] }) },
    { by: 'account' },
    { when: { 'lead.country': 'SE' }, team: 'nordic' },
  ],
  teams: {
    nordic: {
      members: [person('Ida'), person('Kim'), person('Noor', { time_zone: 'America/New_York' })],
      manager: person('Bo'),
    },
  },
  default: person('Sales'),
};
const STAFF = staffOf(RULES, ZONE);
const choose = (
  country: string,
  account: { said?: unknown; earlier?: string | null } = {},
  now = NOW,
): string => {
  const choice = chooseOwner(
    RULES,
    STAFF,
    (when) => when['lead.country'] === country,
    { said: account.said, earlier: account.earlier ?? null },
    now,
  );
  return 'team' in choice ? choice.team : choice.person.name;
};

describe('who gets it', () => {
  test('the first in order whose tests hold, else the default', () => {
    expect([choose('DK'), choose('SE'), choose('FR')]).toEqual(['Freja', 'nordic', 'Sales']);
  });

  test('whoever has the account: by name, by address, or by the last handoff', () => {
    expect(choose('SE', { said: ' kim@X.example ' })).toBe('Kim');
    expect(choose('SE', { said: 'ida' })).toBe('Ida');
    expect(choose('SE', { earlier: 'noor@x.example' })).toBe('Noor');
    expect(choose('SE', { said: 'Kim', earlier: 'noor@x.example' })).toBe('Kim');
  });

  test('nobody whom handoff.yaml does not name, whatever an attribute says', () => {
    for (const said of ['evil@elsewhere.example', '<script>', 5, null, {}, ['Kim']])
      expect(choose('SE', { said })).toBe('nordic');
    expect(choose('SE', { earlier: 'gone@x.example' })).toBe('nordic');
  });

  test('who has a day off is passed over', () => {
    expect(choose('DK', {}, NOW + 24 * HOUR)).toBe('Sales');
    expect(choose('DK', {}, NOW + 48 * HOUR)).toBe('Freja');
  });
});

describe('taking turns', () => {
  const members = membersOf(RULES, 'nordic', STAFF);
  const give = (count: number, now: number, from = NO_TURNS): { names: string[]; turns: typeof NO_TURNS } => {
    const names: string[] = [];
    let turns = from;
    for (let n = 0; n < count; n += 1) {
      const taken = takeTurn(turns, `h${turns.count}`, members, now);
      if (taken === null) throw new Error('nobody');
      names.push(taken.member.name);
      turns = taken.turns;
    }
    return { names, turns };
  };

  test('those who are at work, one after the other', () => {
    expect(give(5, NOW).names).toEqual(['Ida', 'Kim', 'Ida', 'Kim', 'Ida']);
    // At 15:30 in Copenhagen it is 9:30 in New York.
    expect(give(6, NOW + 5.5 * HOUR).names).toEqual(['Ida', 'Kim', 'Noor', 'Ida', 'Kim', 'Noor']);
  });

  test('who was away is next, once', () => {
    const { turns } = give(4, NOW);
    expect(give(4, NOW + 5.5 * HOUR, turns).names).toEqual(['Noor', 'Ida', 'Kim', 'Noor']);
  });

  test('at night those who begin first', () => {
    expect(new Set(give(6, NOW + 14 * HOUR).names)).toEqual(new Set(['Ida', 'Kim']));
  });

  test('the same handoff always comes to the same person, and takes one turn', () => {
    const first = takeTurn(NO_TURNS, 'a', members, NOW);
    const again = takeTurn(first?.turns ?? NO_TURNS, 'a', members, NOW + HOUR);
    expect(again?.member).toEqual(first?.member);
    expect(again?.turns).toBe(first?.turns);
  });
});

describe('the time limit', () => {
  const record = (asked: readonly Asked[], more: Partial<HandoffRecord> = {}): HandoffRecord =>
    ({ state: 'open', at: NOW, owner: asked.at(-1)?.owner, asked, team: 'nordic', ...more }) as HandoffRecord;
  const asked = (name: string, why: Asked['why'], at = NOW): Asked => ({ owner: person(name), at, why });
  const step = (of: HandoffRecord, now: number) => nextStep(of, RULES, STAFF, ZONE, now);

  test('nothing before the owner’s own four hours of work are over', () => {
    expect(step(record([asked('Ida', 'first')]), NOW)).toEqual({ do: 'wait', until: NOW + 4 * HOUR });
    // New York begins at three in the afternoon.
    expect(step(record([asked('Noor', 'first')]), NOW)).toEqual({
      do: 'wait',
      until: Date.parse('2026-05-14T17:00:00Z'),
    });
    const friday = Date.parse('2026-05-15T14:00:00Z');
    expect(step(record([asked('Ida', 'first', friday)]), friday)).toEqual({
      do: 'wait',
      until: Date.parse('2026-05-18T10:00:00Z'),
    });
  });

  test('then a reminder, the next of the team, the manager, and the list of those that nobody answered', () => {
    let all = [asked('Ida', 'first')];
    const seen: string[] = [];
    let now = NOW;
    for (let guard = 0; guard < 20; guard += 1) {
      const next = step(record(all), now);
      if (next.do === 'wait') now = next.until;
      else if (next.do === 'ask') {
        all = [...all, next.asked];
        seen.push(`${next.asked.why} ${next.asked.owner.name} ${new Date(now).toISOString().slice(5, 13)}`);
      } else {
        seen.push(`${next.do} ${new Date(now).toISOString().slice(5, 13)}`);
        break;
      }
    }
    expect(seen).toEqual([
      'reminder Ida 05-14T12',
      'next Kim 05-15T08',
      'manager Bo 05-15T12',
      'give-up 05-18T08',
    ]);
  });

  test('an answer, or no limit, ends it', () => {
    const late = NOW + 100 * HOUR;
    expect(step(record([asked('Ida', 'first')], { state: 'accepted' }), late)).toEqual({ do: 'nothing' });
    expect(step(record([asked('Ida', 'first')], { unansweredAt: NOW }), late)).toEqual({ do: 'nothing' });
    const { answer_within: _, ...unlimited } = RULES;
    expect(nextStep(record([asked('Ida', 'first')]), unlimited, STAFF, ZONE, late)).toEqual({
      do: 'nothing',
    });
  });

  test('who is alone is reminded, and then it is on the list', () => {
    const { team: _, ...alone } = record([asked('Sales', 'first')]);
    expect(step(alone, NOW + 4 * HOUR)).toMatchObject({ do: 'ask', asked: { why: 'reminder' } });
    const reminded = { ...alone, asked: [asked('Sales', 'first'), asked('Sales', 'reminder', NOW)] };
    expect(step(reminded, NOW + 4 * HOUR)).toEqual({ do: 'give-up' });
  });

  test('nobody is asked who was asked before', () => {
    const all = [asked('Ida', 'first'), asked('Ida', 'reminder')];
    const only = { ...RULES, teams: { nordic: { members: [person('Ida')], manager: person('Ida') } } };
    expect(nextStep(record(all), only, staffOf(only, ZONE), ZONE, NOW + 4 * HOUR)).toEqual({ do: 'give-up' });
  });
});
