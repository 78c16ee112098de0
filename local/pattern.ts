/** Whether an event matches an EventBridge pattern. */
export type Match = (event: unknown) => boolean;

type Leaf = null | boolean | number | string;
/** @param value undefined where the event has no such field */
type LeafTest = (value: Leaf | undefined) => boolean;

/**
 * Compiles an EventBridge event pattern: exact values, `prefix`, `anything-but`, `exists`, `numeric` and `$or`.
 * Throws on everything else, so that no rule matches silently what AWS would not.
 * @example compilePattern({ source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } })
 */
export const compilePattern = (pattern: unknown): Match => compileObject(pattern, 'pattern');

const compileObject = (pattern: unknown, path: string): Match => {
  if (!isObject(pattern)) throw new Error(`${path}: a pattern is an object, its leaves are lists`);
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new Error(`${path}: an empty pattern`);
  const tests = fields.map(([name, wanted]): Match => {
    const where = `${path}.${name}`;
    if (name === '$or') return compileOr(wanted, where);
    if (Array.isArray(wanted)) {
      const test = compileLeaf(wanted, where);
      return (value) => test(fieldOf(value, name));
    }
    const inner = compileObject(wanted, where);
    return (value) => inner(fieldOf(value, name));
  });
  // Of an array of objects, one object must match as a whole. An absent object still can match {"exists": false}.
  const matches: Match = (value) =>
    Array.isArray(value) ? value.some(matches) : tests.every((test) => test(value));
  return matches;
};

const compileOr = (wanted: unknown, path: string): Match => {
  if (!Array.isArray(wanted) || wanted.length < 2) throw new Error(`${path}: a list of two or more patterns`);
  const choices = wanted.map((choice, at) => compileObject(choice, `${path}[${at}]`));
  return (value) => choices.some((choice) => choice(value));
};

const compileLeaf = (wanted: readonly unknown[], path: string): Match => {
  if (wanted.length === 0) throw new Error(`${path}: an empty list matches nothing`);
  const tests = wanted.map((entry, at) => compileTest(entry, `${path}[${at}]`));
  return (value) => {
    const leaves = leavesOf(value);
    return leaves.length === 0
      ? tests.some((test) => test(undefined))
      : leaves.some((leaf) => tests.some((test) => test(leaf)));
  };
};

const compileTest = (wanted: unknown, path: string): LeafTest => {
  if (isLeaf(wanted)) return (value) => value === wanted;
  const [operator, argument, ...more] = isObject(wanted)
    ? Object.entries(wanted).flat()
    : [undefined, undefined];
  if (typeof operator !== 'string' || more.length > 0) throw new Error(`${path}: one operator an entry`);
  switch (operator) {
    case 'prefix':
      return prefixTest(argument, path);
    case 'exists':
      if (typeof argument !== 'boolean') throw new Error(`${path}: exists takes true or false`);
      return (value) => (value !== undefined) === argument;
    case 'anything-but':
      return anythingBut(argument, path);
    case 'numeric':
      return numeric(argument, path);
    default:
      throw new Error(`${path}: the pattern operator "${operator}" is not supported`);
  }
};

const prefixTest = (argument: unknown, path: string): LeafTest => {
  if (typeof argument !== 'string' || argument === '') throw new Error(`${path}: prefix takes a string`);
  return (value) => typeof value === 'string' && value.startsWith(argument);
};

const anythingBut = (argument: unknown, path: string): LeafTest => {
  if (isObject(argument)) {
    if (Object.keys(argument).join() !== 'prefix')
      throw new Error(`${path}: anything-but takes values or a prefix; nothing else is supported`);
    const test = prefixTest(argument['prefix'], path);
    return (value) => value !== undefined && !test(value);
  }
  const values: readonly unknown[] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  if (values.length === 0 || values.some((value) => typeof value !== 'string' && typeof value !== 'number'))
    throw new Error(`${path}: anything-but takes strings or numbers`);
  return (value) => value !== undefined && !values.includes(value);
};

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const numeric = (argument: unknown, path: string): LeafTest => {
  const words = Array.isArray(argument) ? (argument as unknown[]) : [];
  const bounds: ((value: number) => boolean)[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const compare = COMPARE[String(words[at])];
    const bound = words[at + 1];
    if (!compare || typeof bound !== 'number')
      throw new Error(`${path}: numeric takes [operator, number, …]`);
    bounds.push((value) => compare(value, bound));
  }
  if (bounds.length === 0 || bounds.length > 2) throw new Error(`${path}: numeric takes one or two bounds`);
  return (value) => typeof value === 'number' && bounds.every((within) => within(value));
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isLeaf = (value: unknown): value is Leaf => value === null || typeof value !== 'object';

/** Only own fields: an event may well have one that is called "constructor", and most have none. */
const fieldOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** The values that a field's tests see; objects are no leaves, and an empty list is as good as absent. */
const leavesOf = (value: unknown): Leaf[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(leavesOf) : isLeaf(value) ? [value] : [];
};
