import type { LeadEvent } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import { matcher } from './matcher.ts';
import type { AttributeCondition, EventCondition } from './schema/condition.ts';

/**
 * What a path of names finds; dots walk into objects, and into every member of a list.
 * @example at({ products: [{ category: 'crm' }] }, 'products.category') // ['crm']
 */
const at = (value: Json | undefined, path: string): Json | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return value.map((member) => at(member, path) ?? null);
  if (Object.hasOwn(value, path)) return value[path];
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const head = path.slice(0, dot);
  return Object.hasOwn(value, head) ? at(value[head], path.slice(dot + 1)) : undefined;
};

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

/** Whether an event has the name and the properties that a condition asks for. */
export const eventMatches = ({ event: name, ...properties }: EventCondition, event: LeadEvent): boolean =>
  event.name !== '' &&
  matcher(name)(event.name) &&
  Object.entries(properties).every(([path, wanted]) => matcher(wanted)(at(event.properties, path)));

/** Whether all of these attribute tests hold; their keys begin with `lead.` or `account.`. */
export const attributesMatch = (
  when: AttributeCondition,
  attributes: { readonly lead: JsonObject; readonly account: JsonObject },
): boolean =>
  Object.entries(when).every(([key, wanted]) =>
    key.startsWith('lead.')
      ? matcher(wanted)(at(attributes.lead, key.slice('lead.'.length)))
      : matcher(wanted)(at(attributes.account, key.slice('account.'.length))),
  );
