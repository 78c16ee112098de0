import { StateError } from './state-error.ts';

/** A JSONPath of Amazon States Language that was compiled: `$.a.b[0]`, `$['a']`, `$.list[*].id`, `$$.Execution.Id`. */
export interface Path {
  readonly text: string;
  /** Undefined where nothing is; a wildcard gives a list, maybe empty.
   *  @param context what `$$` stands for */
  read(input: unknown, context: unknown): unknown;
}

const WILDCARD = Symbol('*');
type Step = string | number | typeof WILDCARD;

const STEP =
  /\.([^.[\]'"*?@(),:\s]+)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|(\[\*\]|\.\*)/y;
/** Throws on what is no path of this subset: `..`, filters and slices. */
export const compilePath = (text: string): Path => {
  const isContext = text.startsWith('$$');
  const steps = stepsOf(text, isContext ? 2 : 1);
  const many = steps.includes(WILDCARD);
  return {
    text,
    read: (input, context) => {
      let found: unknown[] = [isContext ? context : input];
      for (const step of steps)
        found = found.flatMap((value) => (step === WILDCARD ? valuesOf(value) : at(value, step)));
      return many ? found : found[0];
    },
  };
};

/** Like `compilePath`, for where a result is put: names and indices only.
 *  Its `write` gives a copy of `input` with `value` in that place. */
export const compileReference = (text: string): ((input: unknown, value: unknown) => unknown) => {
  if (text.startsWith('$$')) throw new Error(`${text}: the context cannot be written`);
  const steps = stepsOf(text, 1);
  if (steps.some((step) => typeof step !== 'string'))
    throw new Error(`${text}: a result goes to a name, not to an index or wildcard`);
  const names = steps as string[];
  return (input, value) => {
    const write = (into: unknown, depth: number): unknown => {
      const name = names[depth];
      if (name === undefined) return value;
      if (into !== undefined && (typeof into !== 'object' || into === null || Array.isArray(into)))
        throw new StateError('States.ResultPathMatchFailure', `${text} is no place in the input`);
      const copy = { ...into };
      // Defined, not assigned: "__proto__" is a name like any other.
      Object.defineProperty(copy, name, {
        value: write(Object.hasOwn(copy, name) ? copy[name as keyof typeof copy] : undefined, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return copy;
    };
    return write(input, 0);
  };
};

const stepsOf = (text: string, from: number): Step[] => {
  if (!text.startsWith('$')) throw new Error(`"${text}" is no path: it does not start with $`);
  const steps: Step[] = [];
  let position = from;
  while (position < text.length) {
    STEP.lastIndex = position;
    const match = STEP.exec(text);
    if (!match) throw new Error(`"${text}" is no path that is supported locally`);
    const [whole, name, single, double, index] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (name !== undefined) steps.push(name);
    else if (single !== undefined || double !== undefined)
      steps.push((single ?? double)!.replace(/\\(.)/g, '$1'));
    else steps.push(WILDCARD);
    position += whole.length;
  }
  return steps;
};

const valuesOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];

const at = (value: unknown, step: string | number): unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return typeof step === 'number' && step < value.length ? [value[step]] : [];
  return typeof step === 'string' && Object.hasOwn(value, step) ? [value[step as keyof typeof value]] : [];
};
