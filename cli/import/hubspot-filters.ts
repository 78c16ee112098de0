/** Conditions in HubSpot's filter language (branches of filters, as its lists have them), in ours. */

type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : []);

/** Names of the events that HubSpot knows by number. */
const EVENTS: Readonly<Record<string, string>> = {
  '4-96000': 'page',
  '4-1639801': 'Form Submitted',
  '4-666288': 'email.clicked',
  '4-666440': 'email.opened',
  '4-665538': 'email.delivered',
};

/** A condition, or null where anything in it has no equal. @param notes what was left out of it is added */
export function conditionOf(configuration: Mapping, on: 'lead' | 'account', notes: string[]): Mapping | null {
  const branch = ['filterBranch', 'filter', 'criteria'].map((key) => configuration[key]).find(isMapping);
  return branch ? branchOf(branch, on, notes) : null;
}

function branchOf(branch: Mapping, on: 'lead' | 'account', notes: string[]): Mapping | null {
  const kind = text(branch['filterBranchType']);
  if (kind === 'UNIFIED_EVENTS') return eventOf(branch, notes);
  const parts = [
    ...list(branch['filterBranches']).map((inner) => branchOf(inner, on, notes)),
    ...list(branch['filters']).map((filter) => filterOf(filter, on)),
  ].map((part) => part ?? NONE);
  if (parts.length === 0 || parts.includes(NONE)) return null;
  const [only = NONE] = parts;
  const joined = (by: 'all' | 'any'): Mapping => (parts.length === 1 ? only : { [by]: parts });
  switch (kind) {
    case '':
    case 'AND':
      return joined('all');
    case 'OR':
      return joined('any');
    case 'NOT_ALL':
      return { not: joined('all') };
    case 'NOT_ANY':
      return { not: joined('any') };
    default:
      // Of associated records, which are not known here.
      return null;
  }
}
/** Stands for what has no equal here. */
const NONE: Mapping = {};

function eventOf(branch: Mapping, notes: string[]): Mapping | null {
  if (text(branch['operator']) === 'HAS_NOT_COMPLETED') return null;
  const id = text(branch['eventTypeId']);
  const name = EVENTS[id];
  if (name === undefined) notes.push(`HubSpot's event ${id}: put the name in that your events carry.`);
  const properties: Record<string, unknown> = {};
  for (const filter of list(branch['filters'])) {
    const matcher = matcherOf(operationOf(filter));
    if (matcher === null) return null;
    properties[text(filter['property'])] = matcher;
  }
  if (branch['coalescingRefineBy'] !== undefined || branch['pruningRefineBy'] !== undefined)
    notes.push('Without how often, or since when: see `at_least` and `within`.');
  return { event: name ?? `HubSpot ${id}`, ...properties };
}

function filterOf(filter: Mapping, on: 'lead' | 'account'): Mapping | null {
  const property = text(filter['property']);
  if (property === '') return null;
  const operation = operationOf(filter);
  const operator = text(operation['operator']);
  const opposite = OPPOSITES[operator];
  const matcher = matcherOf({ ...operation, operator: opposite ?? operator });
  if (matcher === null) return null;
  const [key, withoutValue] = [`${on}.${property}`, operation['includeObjectsWithNoValueSet'] === true];
  if (opposite === undefined)
    return withoutValue ? { any: [{ [key]: matcher }, { [key]: 'missing' }] } : { [key]: matcher };
  // HubSpot asks nothing of a record that has no value, unless it says so; `not` does.
  const not = { not: { [key]: matcher } };
  return withoutValue ? not : { all: [{ [key]: 'exists' }, not] };
}

/** What says that a test does not hold, by the test. */
const OPPOSITES: Readonly<Record<string, string>> = {
  IS_NOT_EQUAL_TO: 'IS_EQUAL_TO',
  IS_NONE_OF: 'IS_ANY_OF',
  IS_NOT: 'IS',
  DOES_NOT_CONTAIN: 'CONTAINS',
  DOES_NOT_START_WITH: 'STARTS_WITH',
  DOES_NOT_END_WITH: 'ENDS_WITH',
  IS_NOT_BETWEEN: 'IS_BETWEEN',
};

const operationOf = (filter: Mapping): Mapping =>
  isMapping(filter['operation']) ? filter['operation'] : filter;

/** A test of a value; null where there is none like it. */
function matcherOf(operation: Mapping): unknown {
  const values = Array.isArray(operation['values'])
    ? operation['values'].map(plain)
    : [plain(operation['value'])];
  const [value] = values;
  const some = values.filter((one) => one !== null);
  const oneOf = (of: readonly unknown[]): unknown => (of.length === 1 ? of[0] : of.length === 0 ? null : of);
  switch (text(operation['operator'])) {
    case 'IS_EQUAL_TO':
    case 'IS_ANY_OF':
    case 'IS':
    case 'HAS_EVER_BEEN_ANY_OF':
      return oneOf(some);
    case 'CONTAINS':
      return oneOf(some.map((one) => `*${String(one)}*`));
    case 'STARTS_WITH':
      return oneOf(some.map((one) => `${String(one)}*`));
    case 'ENDS_WITH':
      return oneOf(some.map((one) => `*${String(one)}`));
    case 'IS_GREATER_THAN':
      return value === null ? null : `>${String(value)}`;
    case 'IS_GREATER_THAN_OR_EQUAL_TO':
      return value === null ? null : `>=${String(value)}`;
    case 'IS_LESS_THAN':
      return value === null ? null : `<${String(value)}`;
    case 'IS_LESS_THAN_OR_EQUAL_TO':
      return value === null ? null : `<=${String(value)}`;
    case 'IS_BETWEEN': {
      const [from, to] = [plain(operation['lowerBound']), plain(operation['upperBound'])];
      return from === null || to === null ? null : `${String(from)}..${String(to)}`;
    }
    case 'IS_KNOWN':
      return 'exists';
    case 'IS_UNKNOWN':
      return 'missing';
    default:
      return null;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const plain = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
