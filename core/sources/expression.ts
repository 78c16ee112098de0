import jsonata from 'jsonata';

import { canonical } from '../ruleset.ts';

/** What an expression came to, or why it came to nothing. */
export type Mapped =
  | { readonly ok: true; readonly value: unknown }
  /** `position`: of the character in the expression, from 0, where it is known. */
  | { readonly ok: false; readonly reason: string; readonly position?: number };

/** Steps of evaluation: a mapping takes hundreds. Counted, as a clock that stands still would end nothing. */
const MAX_STEPS = 100_000;
const MAX_STACK = 200;
const MAX_SEQUENCE = 10_000;
/** Characters that `$pad` makes. */
const MAX_PAD = 100_000;
/** Characters of any text on the way: more than a payload has. */
const MAX_TEXT = 1_000_000;
/** Characters and members of all values on the way: without it, few steps could each make a large one. */
const MAX_MADE = 10_000_000;
const MAX_DEPTH = 60;

interface JsonataError {
  readonly message?: string;
  readonly code?: string;
  readonly position?: number;
}

const failed = (error: unknown): Mapped => {
  const { message, code, position } = error as JsonataError;
  const reason = message ?? code ?? 'it cannot be evaluated';
  return { ok: false, reason, ...(typeof position === 'number' ? { position } : {}) };
};

/**
 * Whether an expression can be used: it parses, and has nothing in it that could run for ever on a payload that
 * somebody made for that. Regular expressions are such a thing, and `$eval`, which would let a payload be one.
 */
export const checkExpression = (text: string): Mapped => {
  try {
    const refused = refusal(jsonata(text).ast(), 0);
    return refused === null ? { ok: true, value: null } : { ok: false, ...refused };
  } catch (error) {
    return failed(error);
  }
};

const refusal = (node: unknown, depth: number): { reason: string; position?: number } | null => {
  if (typeof node !== 'object' || node === null) return null;
  if (depth > 400) return { reason: 'it is nested too deep' };
  const { type, value, position } = node as { type?: unknown; value?: unknown; position?: unknown };
  const at = typeof position === 'number' ? { position } : {};
  if (type === 'regex')
    return { reason: 'regular expressions are not allowed; use $contains, $split or =', ...at };
  if (type === 'variable' && value === 'eval') return { reason: '$eval is not allowed', ...at };
  for (const inner of Object.values(node)) {
    const found = refusal(inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
};

/** Evaluates an expression on a payload, within bounds of steps, depth and size. Never throws. */
export const evaluate = async (text: string, payload: unknown): Promise<Mapped> => {
  const checked = checkExpression(text);
  if (!checked.ok) return checked;
  if (!isShallow(payload)) return { ok: false, reason: `the payload is nested deeper than ${MAX_DEPTH}` };
  try {
    const expression = jsonata(text, { stack: MAX_STACK, sequence: MAX_SEQUENCE });
    let steps = 0;
    const count = (): void => {
      steps += 1;
      if (steps > MAX_STEPS) throw new Error('it takes too many steps');
    };
    let made = 0;
    const spend = (size: number): void => {
      made += size;
      if (size > MAX_TEXT || made > MAX_MADE) throw new Error('it makes too much of the payload');
    };
    const weigh = (_node: unknown, _input: unknown, _environment: unknown, result: unknown): void =>
      spend(typeof result === 'string' || Array.isArray(result) ? result.length : 0);
    // How the library lets others look on; its own limit of time asks the clock.
    expression.assign(Symbol.for('jsonata.__evaluate_entry') as unknown as string, count);
    expression.assign(Symbol.for('jsonata.__evaluate_exit') as unknown as string, weigh);
    expression.registerFunction('distinct', (values: unknown) => distinct(values, spend));
    expression.registerFunction('eval', () => {
      throw new Error('$eval is not allowed');
    });
    expression.registerFunction('pad', (value: unknown, width: unknown, fill: unknown) => {
      const size = Math.min(Math.abs(Number(width) || 0), MAX_PAD);
      const [of, by] = [String(value), typeof fill === 'string' && fill !== '' ? fill : ' '];
      return Number(width) < 0 ? of.padStart(size, by) : of.padEnd(size, by);
    });
    // What the library gives is its own kind of list: as JSON it is plain.
    const value: unknown = await expression.evaluate(payload);
    return { ok: true, value: value === undefined ? undefined : JSON.parse(JSON.stringify(value) ?? 'null') };
  } catch (error) {
    return failed(error);
  }
};

/** As the library's, which compares each member with all others. A sequence of its own kind stays one. */
const distinct = (values: unknown, spend: (size: number) => void): unknown => {
  if (!Array.isArray(values)) return values;
  const known = new Map<string, unknown>();
  for (const value of values) {
    const name = canonical(value);
    spend(name.length);
    if (!known.has(name)) known.set(name, value);
  }
  const found = [...known.values()];
  return 'sequence' in values ? Object.defineProperty(found, 'sequence', { value: true }) : found;
};

/** Without recursion: a payload may be nested a million deep. */
const isShallow = (value: unknown): boolean => {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return false;
    level = level.flatMap((each): unknown[] =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
  }
  return true;
};
