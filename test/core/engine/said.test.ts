import { describe, expect, test } from 'vitest';
import { nothingSaidLate } from '../../../core/engine/said.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { day, engineOf, group, page } from './scenario.ts';

const engine = engineOf({
  rules: {
    page: { when: { event: 'page' }, points: 10 },
    large: { when: { 'account.size': '>=500' }, points: 45 },
  },
});
const joined = group(0, 'acme', {});
const events = [joined, page(1, '/'), page(1, '/')];
const said = (...messages: LeadEvent[]) => [{ id: 'acme', events: messages }];
const small = group(2, 'acme', { size: 20 });
const snapshot = engine.snapshot({ events, accounts: said(small) }, day(6));

describe('a snapshot that remembers a band', () => {
  test('holds while nothing dated before it is said of the account', () => {
    expect(nothingSaidLate(snapshot, said(small))).toBe(true);
    expect(nothingSaidLate(snapshot, said(small, small, group(7, 'acme', { size: 900 })))).toBe(true);
    expect(nothingSaidLate(undefined)).toBe(true);
  });
  test('holds no longer once something is', () => {
    const late = [small, group(1, 'acme', { size: 900 })];
    expect(nothingSaidLate(snapshot, said(...late))).toBe(false);
    // They were large for a day: hot, and warm again since then.
    const whole = engine.evaluate({ events, accounts: said(...late) }, day(8));
    expect(whole).toMatchObject({ band: 'warm', bandSince: day(2) });
    const stale = engine.evaluate({ events: [], snapshot, accounts: said(...late) }, day(8));
    expect(stale.bandSince).not.toBe(whole.bandSince);
  });
  test('nor where nobody knows what had been said', () => {
    expect(nothingSaidLate(snapshot, [])).toBe(false);
    const { said: _, ...older } = snapshot;
    expect(nothingSaidLate(older, said(small))).toBe(false);
  });
  test('rests on what was said by its watermark alone, and where no rule reads accounts on nothing', () => {
    const again = engine.snapshot({ events, accounts: said(small, group(7, 'acme', { size: 1 })) }, day(6));
    expect(again.said).toEqual(snapshot.said);
    expect(engineOf({}).snapshot({ events, accounts: said(small) }, day(6)).said).toBeUndefined();
  });
});
