import { compilePath } from './path.ts';
import { StateError } from './state-error.ts';

/** Computes a value from a state's input and the context. */
export type Expression = (input: unknown, context: unknown) => unknown;

/**
 * Compiles what stands behind a key that ends in `.$`: a path, or an intrinsic function of paths and literals.
 * Throws on functions that are unknown, or whose answer is another one each time.
 * @example compileExpression("States.Format('mail {} of {}', $.step, $.journey)")
 */
export const compileExpression = (text: string): Expression => {
  if (text.startsWith('$')) return required(text);
  const parser = new Parser(text);
  const expression = parser.call();
  parser.end();
  return expression;
};

const required = (text: string): Expression => {
  const path = compilePath(text);
  return (input, context) => {
    const value = path.read(input, context);
    if (value === undefined)
      throw new StateError('States.ParameterPathFailure', `The path ${text} is not in the input`);
    return value;
  };
};

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `States.Name(argument, …)` */
  call(): Expression {
    const name = this.#take(/States\.[A-Za-z0-9]+/y);
    const compute = name === null ? undefined : FUNCTIONS[name];
    if (name === null || !compute) throw this.#wrong(`no intrinsic function that is supported locally`);
    if (!this.#take(/\s*\(\s*/y)) throw this.#wrong('no arguments');
    const parts: Expression[] = [];
    if (!this.#take(/\s*\)/y)) {
      do parts.push(this.#argument());
      while (this.#take(/\s*,\s*/y));
      if (!this.#take(/\s*\)/y)) throw this.#wrong('no end of the arguments');
    }
    return (input, context) => {
      try {
        return compute(...parts.map((part) => part(input, context)));
      } catch (error) {
        if (error instanceof StateError) throw error;
        throw new StateError('States.IntrinsicFailure', `${name}: ${(error as Error).message}`);
      }
    };
  }

  end(): void {
    if (!this.#take(/\s*$/y) && this.#at < this.#text.length) throw this.#wrong('more than one value');
  }

  #argument(): Expression {
    if (this.#text.startsWith('States.', this.#at)) return this.call();
    const path = this.#take(/\$(?:[^\s,()']|'(?:[^'\\]|\\.)*')*/y);
    if (path) return required(path);
    const quoted = this.#take(/'(?:[^'\\]|\\.)*'/y);
    if (quoted) {
      const value = quoted.slice(1, -1);
      return () => new Quoted(value);
    }
    const word = this.#take(/-?\d+(?:\.\d+)?|true|false|null/y);
    if (!word) throw this.#wrong('no argument');
    const value = JSON.parse(word) as unknown;
    return () => value;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return null;
    this.#at += found.length;
    return found === '' ? ' ' : found;
  }

  #wrong(what: string): Error {
    return new Error(`"${this.#text}": ${what} at ${this.#at + 1}`);
  }
}

/** A literal with its escapes still in it: `States.Format` must tell `\{` from `{`. */
class Quoted {
  readonly raw: string;
  constructor(raw: string) {
    this.raw = raw;
  }
}

const plain = (value: unknown): unknown =>
  value instanceof Quoted ? value.raw.replace(/\\(.)/g, '$1') : value;

const list = (value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw new Error('an argument is not a list');
  return value;
};

const integer = (value: unknown): number => {
  if (!Number.isInteger(value)) throw new Error('an argument is not a whole number');
  return value as number;
};

const text = (value: unknown): string => {
  const word = plain(value);
  if (typeof word !== 'string') throw new Error('an argument is not a string');
  return word;
};

const FUNCTIONS: Readonly<Record<string, (...parts: unknown[]) => unknown>> = {
  'States.Format': (template, ...values) => {
    const raw = template instanceof Quoted ? template.raw : text(template);
    let used = 0;
    const formatted = raw.replace(/\\(.)|\{\}/g, (_, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped;
      if (used >= values.length) throw new Error('more places than values');
      const value = plain(values[used++]);
      if (typeof value === 'object' && value !== null)
        throw new Error('a value is no string, number or boolean');
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    if (used < values.length) throw new Error('more values than places');
    return formatted;
  },
  'States.Array': (...values) => values.map(plain),
  'States.ArrayLength': (values) => list(values).length,
  'States.ArrayGetItem': (values, index) => {
    const value = list(values)[integer(index)];
    if (value === undefined) throw new Error('the list has no such index');
    return value;
  },
  'States.ArrayContains': (values, value) =>
    list(values).some((one) => JSON.stringify(one) === JSON.stringify(plain(value))),
  'States.MathAdd': (a, b) => integer(a) + integer(b),
  'States.StringToJson': (value) => JSON.parse(text(value)) as unknown,
  'States.JsonToString': (value) => JSON.stringify(plain(value)),
  'States.JsonMerge': (a, b, deep) => {
    if (deep !== false) throw new Error('only shallow merges');
    return { ...(a as object), ...(b as object) };
  },
  'States.StringSplit': (value, separators) => {
    const cuts = new Set(text(separators));
    return [...text(value)]
      .reduce<string[]>(
        (parts, letter) => {
          if (cuts.has(letter)) parts.push('');
          else parts[parts.length - 1] += letter;
          return parts;
        },
        [''],
      )
      .filter((part) => part !== '');
  },
};
