import { describe, expect, test } from 'vitest';
import { compile } from '../../../core/engine/compile.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import { consentFor } from '../../../core/nurture/consent.ts';

const AT = '2026-05-01T10:00:00Z';
const given = (purpose: string): Json => ({ purpose, source: 'newsletter form', at: AT });

describe('consent', () => {
  test('to nurture covers every mail, and says where and when it was given', () => {
    expect(consentFor({ consent: given('nurture') }, null)).toEqual({
      purpose: 'nurture',
      source: 'newsletter form',
      at: Date.parse(AT),
    });
    expect(consentFor({ consent: given('Nurture') }, 'product')).not.toBeNull();
  });

  test('to a topic covers mails on it, and no others', () => {
    const attributes = { consent: [given('product'), given('events')] };
    expect(consentFor(attributes, 'events')).not.toBeNull();
    expect(consentFor(attributes, 'newsletter')).toBeNull();
    expect(consentFor(attributes, null)).toBeNull();
  });

  test.each([
    ['nothing said', undefined],
    ['taken back', null],
    ['an empty list', []],
    ['a bare yes', true],
    ['a text', 'nurture'],
    ['no source', { purpose: 'nurture', at: AT }],
    ['an empty source', { purpose: 'nurture', source: ' ', at: AT }],
    ['no instant', { purpose: 'nurture', source: 'form' }],
    ['an instant that is none', { purpose: 'nurture', source: 'form', at: 'yesterday' }],
    ['another purpose', { purpose: 'invoices', source: 'form', at: AT }],
  ] as [string, Json | undefined][])('%s is no consent', (_, consent) => {
    expect(consentFor(consent === undefined ? {} : { consent }, 'product')).toBeNull();
  });
});

describe('what a person said of consent, one message after the other', () => {
  const engine = compile({ settings: {}, scores: {}, bands: { bands: { cold: 0 } }, hash: 'consent' });
  /** @param said the values of `consent`, a day apart; undefined: an `identify` that says nothing of it */
  const after = (...said: readonly (Json | undefined)[]): ((topic: string | null) => boolean) => {
    const events = said.map((consent, day): LeadEvent => ({
      ...{ id: `m${day}`, type: 'identify', name: '', properties: {}, occurredAt: day * 86_400_000 },
      traits: consent === undefined ? { title: 'CTO' } : { consent },
    }));
    const attributes = engine.attributes({ events }, said.length * 86_400_000);
    return (topic) => consentFor(attributes, topic) !== null;
  };
  const on = (purpose: string, at: string, more: object = {}): Json => ({
    ...{ purpose, source: 'form', at },
    ...more,
  });

  test('a statement about one purpose takes nothing from another', () => {
    const may = after(on('product', '2026-01-01'), undefined, on('events', '2026-01-02'));
    expect([may('product'), may('events'), may('trial'), may(null)]).toEqual([true, true, false, false]);
    expect(after(on('nurture', '2026-01-01'), [on('events', '2026-01-02')])(null)).toBe(true);
  });

  test('a purpose is taken back by itself', () => {
    const may = after(
      [on('product', '2026-01-01'), on('events', '2026-01-01')],
      on('Events', '2026-02-01', { withdrawn: true }),
    );
    expect([may('product'), may('events')]).toEqual([true, false]);
  });

  test('a topic that was taken back is not covered by an older consent to everything, and is by a newer one', () => {
    const all = on('nurture', '2026-01-01');
    const less = { purpose: 'events', withdrawn: true, at: '2026-02-01' };
    expect([null, 'product', 'events'].map(after(all, less))).toEqual([true, true, false]);
    expect(after(all, { purpose: 'events', withdrawn: true })('events')).toBe(false);
    expect(after(all, less, on('nurture', '2026-03-01'))('events')).toBe(true);
    expect(after(all, less, on('events', '2026-03-01'))('events')).toBe(true);
  });

  test('who takes everything back has no topic left, until they agree again', () => {
    const none = { purpose: 'nurture', withdrawn: true, at: '2026-02-01' };
    expect(after(on('events', '2026-01-01'), none)('events')).toBe(false);
    expect(after(on('events', '2026-01-01'), none, on('events', '2026-03-01'))('events')).toBe(true);
    for (const nothing of [null, [], false, 'no', { agreed: true }])
      expect(after(on('nurture', '2026-01-01'), nothing)(null)).toBe(false);
    expect(after(on('nurture', '2026-01-01'), '')(null)).toBe(true);
  });

  test('an old list that another system sends once more brings nothing back', () => {
    const given = on('nurture', '2026-01-01');
    const back = on('nurture', '2026-02-01', { withdrawn: true });
    expect(after(given, back, given)(null)).toBe(false);
    expect(after(given, back, [given, on('events', '2026-02-02')])(null)).toBe(false);
  });
});
