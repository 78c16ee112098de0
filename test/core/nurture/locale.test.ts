import { expect, test } from 'vitest';
import { localeOf, variantFor } from '../../../core/nurture/locale.ts';

test('a lead’s own word goes before its browser’s', () => {
  expect(localeOf({ locale: 'sv_SE', browser_locale: 'en-US' })).toBe('sv-se');
  expect(localeOf({ browser_locale: 'en-US' })).toBe('en-us');
  expect(localeOf({ locale: 'Swedish, I think', browser_locale: 'de' })).toBe('de');
  expect(localeOf({ locale: 7 })).toBeNull();
});

test('a region falls back to its language, and that to the mail itself', () => {
  const variants = ['sv', 'pt-br', 'pt'];
  expect(variantFor(variants, 'sv-SE')).toBe('sv');
  expect(variantFor(variants, 'PT_br')).toBe('pt-br');
  expect(variantFor(variants, 'pt-PT')).toBe('pt');
  expect(variantFor(variants, 'zh-Hant-TW')).toBeNull();
  expect(variantFor(variants, 's')).toBeNull();
  expect(variantFor(variants, null)).toBeNull();
});
