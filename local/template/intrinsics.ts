/** CloudFormation's intrinsic functions, as far as a template can be read without AWS. */

/** What names in a template stand for. */
export interface Scope {
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fail = (where: string, problem: string): never => {
  throw new Error(`Template, ${where}: ${problem}`);
};

const list = (value: unknown, where: string): unknown[] =>
  Array.isArray(value) ? value : fail(where, 'a list is needed');

const text = (value: unknown, where: string): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail(where, `a string is needed, not ${JSON.stringify(value)}`);

/** "Table.Arn" or ["Table", "Arn"]; an attribute may hold dots itself. */
const attributeOf = (argument: unknown, scope: Scope, where: string): unknown => {
  const [logicalId, ...rest] = typeof argument === 'string' ? argument.split('.') : list(argument, where);
  return scope.attribute(
    text(logicalId, where),
    rest.map((part) => text(resolve(part, scope, where), where)).join('.'),
  );
};

/** `${Name}`, `${Name.Attribute}`, names of the map given along, and `${!Literal}`. */
const substitute = (argument: unknown, scope: Scope, where: string): string => {
  const [template, names] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  const own = resolve(names, scope, where) as Record<string, unknown>;
  return text(template, where).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(own, name)) return text(own[name], where);
    return text(
      name.includes('.') ? attributeOf(name, scope, where) : scope.ref(name),
      `${where} \${${name}}`,
    );
  });
};

/** A condition of the template: Fn::Equals and what joins conditions. */
export const holds = (condition: unknown, scope: Scope, where: string): boolean => {
  if (!isObject(condition)) return fail(where, 'a condition is needed');
  const [[name, argument] = fail(where, 'an empty condition')] = Object.entries(condition);
  const every = (): boolean[] => list(argument, where).map((each) => holds(each, scope, where));
  switch (name) {
    case 'Condition':
      return scope.condition(text(argument, where));
    case 'Fn::Equals': {
      const [left, right] = list(resolve(argument, scope, where), where);
      return text(left, where) === text(right, where);
    }
    case 'Fn::And':
      return every().every(Boolean);
    case 'Fn::Or':
      return every().some(Boolean);
    case 'Fn::Not':
      return !every()[0];
    default:
      return fail(where, `condition ${name} is not known`);
  }
};

const call = (name: string, argument: unknown, scope: Scope, where: string): unknown => {
  const at = `${where}/${name}`;
  switch (name) {
    case 'Ref':
      return scope.ref(text(argument, at));
    case 'Fn::GetAtt':
      return attributeOf(argument, scope, at);
    case 'Fn::Join': {
      const [separator, parts] = list(argument, at);
      return list(resolve(parts, scope, at), at)
        .map((part) => text(part, at))
        .join(text(separator, at));
    }
    case 'Fn::Sub':
      return substitute(argument, scope, at);
    case 'Fn::Select': {
      const [index, values] = list(resolve(argument, scope, at), at);
      const chosen = list(values, at)[Number(index)];
      return chosen === undefined ? fail(at, `there is no element ${text(index, at)}`) : chosen;
    }
    case 'Fn::Split': {
      const [separator, whole] = list(resolve(argument, scope, at), at);
      return text(whole, at).split(text(separator, at));
    }
    case 'Fn::If': {
      const [condition, yes, no] = list(argument, at);
      return resolve(scope.condition(text(condition, at)) ? yes : no, scope, at);
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = list(resolve(argument, scope, at), at);
      return scope.mapping(text(map, at), text(first, at), text(second, at));
    }
    case 'Fn::Base64':
      return Buffer.from(text(resolve(argument, scope, at), at)).toString('base64');
    case 'Fn::ImportValue':
      return fail(at, 'values of other stacks are not known on one machine');
    default:
      return fail(where, `intrinsic function ${name} is not known`);
  }
};

/** A value with every intrinsic function in it replaced. What resolves to AWS::NoValue is left out.
 *  @param where the place in the template, for errors
 *  @example resolve({ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, scope, 'Outputs/X') // "a-b" */
export const resolve = (value: unknown, scope: Scope, where: string): unknown => {
  if (Array.isArray(value)) {
    return value
      .map((each, index) => resolve(each, scope, `${where}/${index}`))
      .filter((each) => each !== undefined);
  }
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    return fail(where, 'dynamic references ({{resolve:…}}) are not run locally');
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return call(first[0], first[1], scope, where);
  }
  return Object.fromEntries(
    entries
      .map(([key, each]) => [key, resolve(each, scope, `${where}/${key}`)] as const)
      .filter(([, each]) => each !== undefined),
  );
};
