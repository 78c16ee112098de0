/** One statement of a policy, its intrinsic functions resolved. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What is known of a request beside action and resource: names in lower case. */
export type Facts = Readonly<Record<string, string>>;

const all = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : ([value].flat() as readonly T[]);

const patterns = new Map<string, RegExp>();

/** Whether `text` is what `pattern` says, where * is any text and ? any character. */
export const like = (pattern: string, text: string, flags = ''): boolean => {
  if (pattern === '*' || pattern === text) return true;
  const key = `${flags}/${pattern}`;
  let compiled = patterns.get(key);
  if (!compiled) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\*+/g, '.*')
      .replaceAll('?', '.');
    patterns.set(key, (compiled = new RegExp(`^${source}$`, `s${flags}`)));
  }
  return compiled.test(text);
};

/** One operator of a condition on one key. A key that is not known satisfies nothing but …IfExists and Null. */
const satisfies = (operator: string, fact: string | undefined, values: readonly string[]): boolean => {
  const [name = '', ifExists] = operator.split(/(IfExists)$/);
  if (name === 'Null') return values.includes(String(fact === undefined));
  if (fact === undefined) return ifExists !== undefined;
  switch (name.replace(/^ForAnyValue:|^ForAllValues:/, '')) {
    case 'StringEquals':
    case 'Bool':
      return values.some((value) => String(value) === fact);
    case 'StringNotEquals':
      return values.every((value) => value !== fact);
    case 'ArnEquals':
    case 'ArnLike':
    case 'StringLike':
      return values.some((value) => like(value, fact));
    case 'ArnNotEquals':
    case 'ArnNotLike':
    case 'StringNotLike':
      return !values.some((value) => like(value, fact));
    default:
      throw new Error(`Condition operator ${operator} is not known to the local runtime`);
  }
};

/** Whether a statement speaks of this action on this resource in these circumstances.
 *  @example covers({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }, 'sqs:SendMessage', arn, {}) // true */
export const covers = (statement: Statement, action: string, resource: string, facts: Facts): boolean => {
  const names = (list: string | readonly string[] | undefined): boolean =>
    all(list).some((pattern) => like(pattern, action, 'i'));
  const holds = (list: string | readonly string[] | undefined): boolean =>
    all(list).some((pattern) => like(pattern, resource));
  if (statement.NotAction === undefined ? !names(statement.Action) : names(statement.NotAction)) return false;
  if (statement.NotResource === undefined ? !holds(statement.Resource) : holds(statement.NotResource))
    return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => satisfies(operator, facts[key.toLowerCase()], all(values))),
  );
};

/** Whether a resource's own policy names this service, or everyone. */
export const namesService = ({ Principal: principal }: Statement, service: string): boolean =>
  principal === '*' ||
  Object.entries(principal ?? {}).some(
    ([kind, who]) => all(who).includes('*') || (kind === 'Service' && all(who).includes(service)),
  );
