import { type Expression } from './intrinsic.ts';
import { compilePath } from './path.ts';
import { StateError } from './state-error.ts';

/** Whether a rule of a Choice state holds. */
export type Holds = (input: unknown, context: unknown) => boolean;

type Compare = (value: unknown, wanted: unknown) => boolean;

const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const isTimestamp = (value: unknown): value is string =>
  isString(value) && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value));

/** Of two values of another type than the operator's, nothing holds. */
const on =
  <T>(is: (value: unknown) => value is T, holds: (value: T, wanted: T) => boolean): Compare =>
  (value, wanted) =>
    is(value) && is(wanted) && holds(value, wanted);

const ordered = <T>(
  name: string,
  is: (value: unknown) => value is T,
  rank: (value: T) => string | number,
): Record<string, { is: (value: unknown) => boolean; compare: Compare }> => ({
  [`${name}Equals`]: { is, compare: on(is, (a, b) => rank(a) === rank(b)) },
  [`${name}LessThan`]: { is, compare: on(is, (a, b) => rank(a) < rank(b)) },
  [`${name}LessThanEquals`]: { is, compare: on(is, (a, b) => rank(a) <= rank(b)) },
  [`${name}GreaterThan`]: { is, compare: on(is, (a, b) => rank(a) > rank(b)) },
  [`${name}GreaterThanEquals`]: { is, compare: on(is, (a, b) => rank(a) >= rank(b)) },
});

/** Each exists with a literal and, as `…Path`, with another value of the input. */
const COMPARISONS: Readonly<Record<string, { is: (value: unknown) => boolean; compare: Compare }>> = {
  ...ordered('String', isString, (value) => value),
  ...ordered('Numeric', isNumber, (value) => value),
  ...ordered('Timestamp', isTimestamp, (value) => Date.parse(value)),
  BooleanEquals: { is: isBoolean, compare: on(isBoolean, (a, b) => a === b) },
};

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  IsNull: (value) => value === null,
  IsString: isString,
  IsNumeric: isNumber,
  IsBoolean: isBoolean,
  IsTimestamp: isTimestamp,
};

const NOT_TESTS = new Set(['Next', 'Comment', 'Variable']);

/** Compiles a rule of a Choice state; throws on every operator that AWS does not have. */
export const compileChoice = (rule: unknown, path: string, nested = false): Holds => {
  if (typeof rule !== 'object' || rule === null) throw new Error(`${path}: a rule is an object`);
  const fields = rule as Record<string, unknown>;
  if (nested && 'Next' in fields) throw new Error(`${path}: only a whole rule has Next`);
  const [operator, ...more] = Object.keys(fields).filter((key) => !NOT_TESTS.has(key));
  if (operator === undefined || more.length > 0) throw new Error(`${path}: one operator a rule`);
  const wanted = fields[operator];
  if (operator === 'Not') {
    const inner = compileChoice(wanted, `${path}.Not`, true);
    return (input, context) => !inner(input, context);
  }
  if (operator === 'And' || operator === 'Or') {
    if (!Array.isArray(wanted) || wanted.length === 0)
      throw new Error(`${path}.${operator}: a list of rules`);
    const parts = wanted.map((part, at) => compileChoice(part, `${path}.${operator}[${at}]`, true));
    return operator === 'And'
      ? (input, context) => parts.every((part) => part(input, context))
      : (input, context) => parts.some((part) => part(input, context));
  }
  if (!isString(fields['Variable'])) throw new Error(`${path}: no Variable`);
  const variable = compilePath(fields['Variable']);
  if (operator === 'IsPresent') {
    const present = boolean(wanted, `${path}.IsPresent`);
    return (input, context) => (variable.read(input, context) !== undefined) === present;
  }
  const read: Expression = (input, context) => {
    const value = variable.read(input, context);
    if (value === undefined)
      throw new StateError('States.Runtime', `${path}: there is nothing at ${variable.text}`);
    return value;
  };
  const kind = KINDS[operator];
  if (kind) {
    const is = boolean(wanted, `${path}.${operator}`);
    return (input, context) => kind(read(input, context)) === is;
  }
  return compileComparison(operator, wanted, read, path);
};

const compileComparison = (operator: string, wanted: unknown, read: Expression, path: string): Holds => {
  if (operator === 'StringMatches') {
    if (!isString(wanted)) throw new Error(`${path}.StringMatches: a string`);
    const matches = wildcard(wanted);
    return (input, context) => matches(read(input, context));
  }
  const literal = COMPARISONS[operator];
  if (literal) {
    if (!literal.is(wanted))
      throw new Error(`${path}.${operator}: ${JSON.stringify(wanted)} is of another type`);
    return (input, context) => literal.compare(read(input, context), wanted);
  }
  const other = operator.endsWith('Path') ? COMPARISONS[operator.slice(0, -4)] : undefined;
  if (!other || !isString(wanted)) throw new Error(`${path}: the operator ${operator} is not supported`);
  const reference = compilePath(wanted);
  return (input, context) => other.compare(read(input, context), reference.read(input, context));
};

const boolean = (value: unknown, path: string): boolean => {
  if (typeof value !== 'boolean') throw new Error(`${path}: true or false`);
  return value;
};

/** `*` stands for anything, `\*` for itself. Linear in the text, for each of its parts. */
const wildcard = (pattern: string): ((value: unknown) => boolean) => {
  const parts = pattern.split(/(?<!\\)\*/).map((part) => part.replace(/\\([*\\])/g, '$1'));
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  return (value) => {
    if (!isString(value) || !value.startsWith(first)) return false;
    if (last === undefined) return value === first;
    let at = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return value.length - last.length >= at && value.endsWith(last);
  };
};
