import type { JsonObject } from '../json.ts';

/** Attributes that say a lead's language, the surest first; the last one is what its browser says. */
const NAMES = ['locale', 'language', 'browser_locale'] as const;

/** A language, and what narrows it down: `sv`, `sv-SE`, `zh-Hant-TW`. */
export const LOCALE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/;

/** @example spelled('pt_BR') // 'pt-br' */
const spelled = (locale: string): string => locale.trim().replaceAll('_', '-').toLowerCase();

/** What a lead says of its language, in one spelling, or null. @example localeOf({ locale: 'sv_SE' }) // 'sv-se' */
export const localeOf = (attributes: JsonObject): string | null => {
  for (const name of NAMES) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (typeof value === 'string' && LOCALE.test(spelled(value))) return spelled(value);
  }
  return null;
};

/**
 * The variant for a locale: the whole of it, then without its last part, and so on; null means the mail itself.
 * @example variantFor(['sv', 'de'], 'sv-SE') // 'sv'
 */
export const variantFor = (variants: readonly string[], locale: string | null): string | null => {
  if (locale === null) return null;
  const parts = spelled(locale).split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const wanted = parts.slice(0, length).join('-');
    const found = variants.find((variant) => spelled(variant) === wanted);
    if (found !== undefined) return found;
  }
  return null;
};
