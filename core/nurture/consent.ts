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

/** What one person agreed to is little. */
const MOST = 50;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a person said about one purpose: that they agree, or no longer do. */
const purposeOf = (value: Json): string | null =>
  isObject(value) && typeof value.purpose === 'string' ? value.purpose.trim().toLowerCase() : null;

/** The statements of an attribute, each about a purpose; null where it is something else altogether. */
const statementsOf = (said: Json | undefined): readonly JsonObject[] | null => {
  const list: readonly Json[] = Array.isArray(said) ? said : [said ?? null];
  const all = list.filter((each): each is JsonObject => purposeOf(each) !== null);
  return all.length === 0 ? null : all;
};

const isWithdrawn = ({ withdrawn = null }: JsonObject): boolean => withdrawn !== null && withdrawn !== false;

/**
 * What stands of a lead's consent once more was said: a statement about one purpose replaces an older one about the same,
 * and takes nothing from the others. Whatever is no statement about a purpose replaces all, and is no consent.
 * @param said by an `identify`, later than all of `before`; one whose own `at` is older than what stands says nothing new
 * @returns null: nothing stands
 */
export const mergedConsent = (before: Json | undefined, said: Json): Json => {
  if (said === '') return before ?? null;
  if (said === null || (Array.isArray(said) && said.length === 0)) return null;
  const [known, statements] = [statementsOf(before), statementsOf(said)];
  if (known === null || statements === null) return said;
  const byPurpose = new Map(known.map((each) => [purposeOf(each), each]));
  for (const statement of statements) {
    const purpose = purposeOf(statement);
    const [was, is] = [parseInstant(byPurpose.get(purpose)?.at ?? null), parseInstant(statement.at ?? null)];
    if (was === null || is === null || is >= was) byPurpose.set(purpose, statement);
  }
  return [...byPurpose.values()].slice(-MOST);
};

/** All three must be there: a consent that cannot be shown is none. */
const consentOf = (value: JsonObject): Consent | null => {
  const [purpose, instant] = [purposeOf(value), parseInstant(value.at ?? null)];
  const { source } = value;
  return purpose !== null && typeof source === 'string' && source.trim() !== '' && instant !== null
    ? { purpose, source, at: instant }
    : null;
};

/**
 * The consent by which a lead may get a mail on a topic, or null. It is the attribute `consent`: one
 * `{ purpose, source, at }`, or a list of them. `withdrawn: true` takes a purpose back; of what was said of the topic and
 * of everything, the newest decides.
 * @param topic null for mails without one, which only a consent to everything covers
 */
export const consentFor = (attributes: JsonObject, topic: string | null): Consent | null => {
  const said = Object.hasOwn(attributes, 'consent') ? attributes.consent : undefined;
  const about = (statementsOf(said) ?? [])
    .slice(-MOST)
    .filter((each) => [NURTURE, topic].includes(purposeOf(each)));
  // A withdrawal that does not say when holds until the same purpose is agreed to again.
  const withdrawnAt = about.filter(isWithdrawn).map(({ at = null }) => parseInstant(at) ?? Infinity);
  const until = Math.max(-Infinity, ...withdrawnAt);
  const given = about.filter((each) => !isWithdrawn(each)).map(consentOf);
  return given.find((each) => each !== null && each.at > until) ?? null;
};
