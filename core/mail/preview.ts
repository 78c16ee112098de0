import type { Email } from '../schema/email.ts';
import type { Settings } from '../schema/settings.ts';
import { localeOf, variantFor } from '../nurture/locale.ts';
import { render } from './render.ts';
import { isForSales, sampleVariables } from './samples.ts';
import type { Known } from './variables.ts';

/** A mail as one person would get it. */
export interface Preview {
  readonly name: string;
  /** Of the variant; null for the mail itself. */
  readonly locale: string | null;
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
  /** Whether it goes to sales: it shows a made-up handoff then, whoever was asked for. */
  readonly forSales: boolean;
}

/** Which variant a person reads. @param wanted goes before what the person's attributes say */
export const variantOf = (
  { locales = [] }: Pick<Email, 'locales'>,
  person: Known,
  wanted?: string,
): string | null => variantFor(locales, wanted ?? localeOf(person.lead));

/**
 * A mail filled in for a person, with links that lead nowhere.
 * @param email the variant that `locale` names, or the mail itself
 */
export const preview = (
  name: string,
  email: Email,
  locale: string | null,
  person: Known,
  { sender, time_zone: zone }: Pick<Settings, 'sender' | 'time_zone'>,
): Preview => ({
  name,
  locale,
  ...render(email, sampleVariables(name, person, sender, zone)),
  forSales: isForSales(name),
});
