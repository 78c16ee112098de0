import type { z } from 'zod';

import {
  ActiveCondition,
  AllCondition,
  AnyCondition,
  AttributeCondition,
  Clause,
  Condition,
  EventCondition,
  EventReference,
  HappenedCondition,
  InactiveCondition,
  NotCondition,
  RateCondition,
} from '../schema/condition.ts';
import { Matcher } from '../schema/matcher.ts';
import type { Path, Report } from './issues.ts';
import { meantBy } from './meant.ts';

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypeDef & {
  readonly innerType?: Schema;
  readonly shape?: Record<string, Schema>;
  readonly catchall?: Schema;
  readonly valueType?: Schema;
  readonly element?: Schema;
  readonly items?: readonly Schema[];
  readonly options?: readonly Schema[];
  readonly getter?: () => Schema;
};
const definition = (schema: Schema): Definition => schema._zod.def;

/** Conditions that are told by the one key they have. */
const ALONE: Readonly<Record<string, Schema>> = {
  all: AllCondition,
  any: AnyCondition,
  not: NotCondition,
  inactive: InactiveCondition,
  active_within: ActiveCondition,
  rate: RateCondition,
};
export const LONE_KEYS: readonly string[] = Object.keys(ALONE);

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a schema is another one, or that one with a description of its own. */
const isOrSays = (schema: Schema, other: Schema): boolean => schema === other || schema._zod.parent === other;

/** Which of a union's schemas the author meant, so that the message is about the slip and not about all kinds. */
function meant(union: Schema, value: unknown): Schema | undefined {
  if (isOrSays(union, Condition) || isOrSays(union, Clause)) {
    if (!isMapping(value)) return EventCondition;
    const lone = LONE_KEYS.find((key) => key in value);
    if (lone !== undefined) return ALONE[lone];
    if ('event' in value) return isOrSays(union, Condition) ? EventCondition : HappenedCondition;
    return Object.keys(value).some((key) => /^(lead|account)\./.test(key))
      ? AttributeCondition
      : EventCondition;
  }
  if (isOrSays(union, EventReference)) return isMapping(value) ? EventCondition : Matcher;
  const options = definition(union).options ?? [];
  return options.find((option) => {
    const { type } = definition(option);
    if (Array.isArray(value)) return type === 'array';
    if (isMapping(value)) return type === 'object' || type === 'record';
    return type === typeof value || (type === 'union' && !isMapping(value));
  });
}

const unwrapped = (schema: Schema): Schema => {
  const { innerType, getter } = definition(schema);
  if (isOrSays(schema, Condition) || isOrSays(schema, Clause)) return schema;
  if (innerType) return unwrapped(innerType);
  return getter ? unwrapped(getter()) : schema;
};

/** The schema of what stands at the first step of a path. */
function childOf(schema: Schema, key: string | number): Schema | undefined {
  const { shape, catchall, valueType, element, items } = definition(schema);
  if (items) return items[Number(key)];
  // A key may be called as something that every object has.
  return element ?? valueType ?? (shape && Object.hasOwn(shape, key) ? shape[key] : catchall);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

const inWords = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : value === null
      ? 'empty'
      : isMapping(value)
        ? 'a mapping'
        : `\`${JSON.stringify(value)}\``;

/** What a value must be; of a text that has a form of its own, that form. */
function wanted(expected: string, schema: Schema | undefined): string {
  if (expected === 'string' && schema) {
    const [issue] = (schema as z.ZodType).safeParse('?').error?.issues ?? [];
    if (issue && (issue.code === 'invalid_format' || issue.code === 'custom')) return issue.message;
  }
  return `must be ${KINDS[expected] ?? expected}`;
}

/** A number in quotes is a text, and so is one with a comma. */
function unquoted(expected: string, value: unknown): string {
  if ((expected !== 'number' && expected !== 'int') || typeof value !== 'string') return '';
  const number = /^[+-]?\d+([.,]\d+)?$/.exec(value)?.[0].replace(',', '.');
  return number === undefined ? '' : `; write ${number}`;
}

/** One zod issue in the words of somebody who writes rules. */
function tell(
  issue: z.core.$ZodIssue,
  path: Path,
  value: unknown,
  report: Report,
  schema: Schema | undefined,
): void {
  const name = path.at(-1);
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) report(path.slice(0, -1), `\`${name}\` is missing`);
      else {
        const form = wanted(issue.expected, schema);
        withMeant(path, `${form}, not ${inWords(value)}${unquoted(issue.expected, value)}`, value, report);
      }
      return;
    case 'invalid_value':
      report(
        path,
        `must be ${issue.values.map((one) => `\`${String(one)}\``).join(' or ')}, not ${inWords(value)}`,
        String(value),
        issue.values.map(String),
      );
      return;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') report(path, 'must not be empty');
      else report(path, `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`);
      return;
    case 'too_big':
      report(path, `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`);
      return;
    case 'invalid_key':
      report(path, issue.issues[0]?.message ?? 'is not a valid name');
      return;
    case 'invalid_format':
      withMeant(path, `${formOf(issue)}${quoted(value)}`, value, report);
      return;
    default:
      report(path, issue.message);
  }
}

/** With what somebody meant who has written it in another form. */
function withMeant(path: Path, message: string, value: unknown, report: Report): void {
  const meant = meantBy(message, value);
  if (meant === undefined) report(path, message);
  else report(path, message, meant, [meant]);
}

/** What a text must look like, where zod would say it in words of its own. */
const formOf = ({ format, message }: z.core.$ZodIssueInvalidStringFormat): string =>
  format === 'email' ? 'must be an e-mail address such as ada@example.com' : message;

/** A short text as it was written; a long one is read where it stands. */
const quoted = (value: unknown): string =>
  typeof value === 'string' && value.length <= 40 ? `, not \`${value}\`` : '';

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    data,
  );

/** Everything that does not fit a schema: unknown and missing keys, wrong kinds, malformed texts. */
export function shapeProblems(schema: Schema, data: unknown, report: Report, base: Path = []): void {
  const parsed = (schema as z.ZodType).safeParse(data);
  if (parsed.success) return;
  for (const issue of parsed.error.issues) {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    const value = valueAt(data, path);
    const here = path.reduce<Schema | undefined>((at, key, depth) => {
      if (!at) return at;
      const plain = unwrapped(at);
      const kind = isUnion(plain) ? (meant(plain, valueAt(data, path.slice(0, depth))) ?? plain) : plain;
      return childOf(unwrapped(kind), key);
    }, schema);
    if (issue.code === 'unrecognized_keys') {
      const kind = here && unwrapped(here);
      const known = Object.keys(
        (kind && definition(isUnion(kind) ? (meant(kind, value) ?? kind) : kind).shape) ?? {},
      );
      for (const key of issue.keys) report([...base, ...path, key], `unknown key \`${key}\``, key, known);
    } else if (issue.code === 'invalid_union' && here) {
      const kind = meant(unwrapped(here), value);
      if (value === undefined) report([...base, ...path.slice(0, -1)], `\`${path.at(-1)}\` is missing`);
      else if (kind && (kind as z.ZodType).safeParse(value).success === false)
        shapeProblems(kind, value, report, [...base, ...path]);
      else report([...base, ...path], `${inWords(value)} is not allowed here`);
    } else tell(issue, [...base, ...path], value, report, here);
  }
}

const isUnion = (schema: Schema): boolean =>
  isOrSays(schema, Condition) || isOrSays(schema, Clause) || definition(schema).options !== undefined;
