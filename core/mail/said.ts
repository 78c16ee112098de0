import type { Json, JsonObject } from '../json.ts';
import { cut } from '../handoff/shown.ts';

/**
 * What people are called. Anybody can give these beside somebody else's address, in a form or by the browser's key, and
 * our mail then says them under our name.
 */
const NAMES =
  /^(?:(?:first|last|full|middle|user|nick|display)?_?-?name|company|organi[sz]ation|title|job_?title|salutation|city|country)$/i;
/** Characters; nobody's name is longer. */
const LONGEST_NAME = 80;
/** What mail programs make a link of. */
const LINK = /:\/\/|\bwww\.|[\p{L}\p{N}-]\.[a-z]{2,}\/\S/iu;

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A value as our mails may say it; undefined where it may not. */
const sayable = (name: string, value: Json): Json | undefined => {
  if (typeof value === 'string') {
    const isName = NAMES.test(name);
    // An address that stands by itself (a website, a picture) is what an attribute may be for.
    if (LINK.test(value) && (isName || /\s/.test(value.trim()))) return undefined;
    return isName ? cut(value, LONGEST_NAME) : value;
  }
  if (isList(value))
    return value.flatMap((each) => {
      const said = sayable(name, each);
      return said === undefined ? [] : [said];
    });
  return typeof value === 'object' && value !== null ? withoutLinks(value) : value;
};

/**
 * Attributes without what would make our mail somebody else's advert: links in a name or among words, and names as long
 * as a letter. What is left out is like an attribute that the lead does not have.
 * @example withoutLinks({ firstName: 'You won! https://evil.example', plan: 'free' }) // { plan: 'free' }
 */
export const withoutLinks = (attributes: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      const said = sayable(name, value);
      return said === undefined ? [] : [[name, said] as const];
    }),
  );
