import { describe, expect, test } from 'vitest';
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
