import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { normaliseEmail } from '../../../core/identity/email.ts';

test.each([
  [' Ann@Example.COM ', 'ann@example.com'],
  ['ann+tag@x.co.uk', 'ann+tag@x.co.uk'],
  ['Ann@Bücher.example', 'ann@xn--bcher-kva.example'],
  ['a@XN--BCHER-KVA.example', 'a@xn--bcher-kva.example'],
  ['a@x。com', 'a@x.com'],
])('%j is %j', (text, email) => {
  expect(normaliseEmail(text)).toBe(email);
});

test('the Kelvin sign before the @ is no k', () => {
  expect('\u212Aate@x.com'.toLowerCase()).toBe('kate@x.com');
  expect(normaliseEmail('\u212Aate@x.com')).toBeNull();
});

test.each([
  '',
  'ann',
  '@x.com',
  'ann@',
  'ann@localhost',
  'ann@127.0.0.1',
  'ann@x.com.',
  'ann@-x.com',
  'ann@x..com',
  'a..b@x.com',
  '.a@x.com',
  'a b@x.com',
  'ann@x.com/y',
  'ann@x.com?',
  'ann@a%41.com',
  'ann@x.com\r\nBcc: eve@x.com',
  '"ann"@x.com',
  'ann@x.com@',
  `${'a'.repeat(65)}@x.com`,
  `ann@${'x'.repeat(250)}.com`,
])('%j is no address', (text) => {
  expect(normaliseEmail(text)).toBeNull();
});

test.prop([fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' }))])(
  'one spelling is its own only spelling',
  (text) => {
    const email = normaliseEmail(text);
    if (email === null) return;
    expect(normaliseEmail(email)).toBe(email);
    expect(normaliseEmail(text.toUpperCase())).toBe(email);
    expect(email).toMatch(/^[\x21-\x7e]+$/);
  },
);
