import { parseInstant } from '../instant.ts';
import type { Json, JsonObject } from '../json.ts';

/** That a person agreed to be written to. */
export interface Consent {
  /** `nurture`: whatever our journeys write; else the topic that they agreed to. */
  readonly purpose: string;
  /** Where they said so: `newsletter form`. */
  readonly source: string;
  /** When, UTC milliseconds. */
  readonly at: number;
}

/** The purpose that stands for all topics. */
export const NURTURE = 'nurture';

/** Consents in a list are few. */
const MOST = 50;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All three must be there: a consent that cannot be shown is none. */
const consentOf = (value: Json): Consent | null => {
  if (!isObject(value)) return null;
  const { purpose, source, at } = value;
  const instant = parseInstant(at);
  return typeof purpose === 'string' && typeof source === 'string' && source.trim() !== '' && instant !== null
    ? { purpose: purpose.trim().toLowerCase(), source, at: instant }
    : null;
};

/**
 * The consent by which a lead may get a mail on a topic, or null. It is the attribute `consent`: one
 * `{ purpose, source, at }`, or a list of them; as with every attribute the newest `identify` stands, and `null` takes
 * it back.
 * @param topic null for mails without one, which only a consent to everything covers
 */
export const consentFor = (attributes: JsonObject, topic: string | null): Consent | null => {
  const said = Object.hasOwn(attributes, 'consent') ? attributes.consent : undefined;
  const all = (Array.isArray(said) ? said.slice(0, MOST) : [said ?? null]).map(consentOf);
  return all.find((each) => each !== null && (each.purpose === NURTURE || each.purpose === topic)) ?? null;
};
