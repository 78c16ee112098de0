import type { LeadEvent } from '../event.ts';
import type { Attributes } from '../history.ts';
import type { Json, JsonObject } from '../json.ts';
import { mergedConsent } from '../nurture/consent.ts';
import { isMissing } from './matcher.ts';
import { inOrder } from './order.ts';

/** Takes traits in order: the newest value of each field stands, `null` clears it, an empty text says nothing. */
export function setTraits(into: Map<string, Json>, traits: JsonObject | undefined): void {
  if (!traits) return;
  for (const [name, value] of Object.entries(traits)) {
    if (value === null) into.delete(name);
    else if (!isMissing(value)) into.set(name, value);
  }
}

/** The same for a lead, whose consent to one purpose is not taken back by what it says of another. */
export function setLeadTraits(into: Map<string, Json>, traits: JsonObject | undefined): void {
  const before = into.get('consent');
  setTraits(into, traits);
  if (!traits || !Object.hasOwn(traits, 'consent')) return;
  const consent = mergedConsent(before, traits.consent ?? null);
  if (consent === null) into.delete('consent');
  else into.set('consent', consent);
}

/** Attributes as a mapping; made of entries, so that no field's name is special. */
export const asAttributes = (values: ReadonlyMap<string, Json>): Attributes => Object.fromEntries(values);

/** What `group` messages say of an account at an instant. */
export function accountAttributes(events: readonly LeadEvent[], now: number): Attributes {
  const values = new Map<string, Json>();
  for (const { traits } of inOrder(events, -Infinity, now)) setTraits(values, traits);
  return asAttributes(values);
}

/** The part of an e-mail address after the @, in lower case; null if it is no address. */
export function emailDomain(email: Json | undefined): string | null {
  if (typeof email !== 'string') return null;
  const domain = email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  return email.includes('@') && domain !== '' ? domain : null;
}
