import { describe, expect, test } from 'vitest';
import { mentions } from '../../../core/identity/mentions.ts';

const ZOE = { leads: ['lead-1'], users: ['7'], emails: ['zoe@gone.example'], anonymous: ['browser-1'] };
const kept = (message: object): boolean => mentions(JSON.stringify(message), ZOE);

describe('a refused message speaks of a person', () => {
  test('by an id, where ids stand', () => {
    expect(kept({ type: 'track', userId: '7' })).toBe(true);
    expect(kept({ type: 'track', userId: 7 })).toBe(true);
    expect(kept({ anonymousId: 'browser-1' })).toBe(true);
    expect(kept({ type: 'alias', userId: 'x', previousId: 'browser-1' })).toBe(true);
    expect(kept({ event: '$identify', distinct_id: '7' })).toBe(true);
    expect(kept({ type: 'track', leadId: 'lead-1' })).toBe(true);
  });

  test('by an address in any spelling, wherever it stands', () => {
    expect(kept({ traits: { email: ' Zoe@GONE.example' } })).toBe(true);
    expect(kept({ properties: { form: { fields: [{ value: 'zoe@gone.example' }] } } })).toBe(true);
    expect(kept({ traits: { email: 'zoe@gone.example.org' } })).toBe(false);
  });

  test('and not because something else is written the same', () => {
    expect(kept({ userId: '77', properties: { seats: '7', plan: 'browser-1', count: 7 } })).toBe(false);
    expect(kept({ userId: 'zoe' })).toBe(false);
  });

  test('also where only the beginning of it was kept', () => {
    const raw = '{"type":"track","userId":"someone","traits":{"email":"Zoe@gone.example","text":"aaaa';
    expect(mentions(raw, ZOE)).toBe(true);
    expect(mentions('{"type":"track","anonymousId":"browser-1","properties":{"a":"b', ZOE)).toBe(true);
    expect(mentions('{"type":"track","anonymousId":"browser-12","properties":{"a":"b', ZOE)).toBe(false);
  });
});
