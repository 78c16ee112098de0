import { compileChoice, type Holds } from './choice.ts';
import { failingOf, resultPathOf, type Failing } from './failing.ts';
import { array, object, optionalNumber, refuse, string, type Json } from './fields.ts';
import { type Expression } from './intrinsic.ts';
import { compilePath, type Path } from './path.ts';
import { compilePayload } from './payload.ts';

/** A state machine, or a branch or iterator of one: compiled, so that what it cannot do is known before it runs. */
export interface Machine {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  readonly timeoutSeconds: number | null;
}

/** How a state turns what it gets into what it hands on; null discards. */
export interface Flow {
  readonly inputPath: Path | null;
  readonly parameters: Expression | null;
  readonly resultSelector: Expression | null;
  readonly resultPath: ((input: unknown, value: unknown) => unknown) | null;
  readonly outputPath: Path | null;
}

interface Common {
  readonly name: string;
  readonly flow: Flow;
  /** Null ends the machine. */
  readonly next: string | null;
}
export type State = Common &
  (
    | { readonly type: 'Pass'; readonly result: { readonly value: unknown } | null }
    | { readonly type: 'Succeed' }
    | {
        readonly type: 'Choice';
        readonly choices: readonly { readonly holds: Holds; readonly next: string }[];
        readonly otherwise: string | null;
      }
    | { readonly type: 'Fail'; readonly error: Expression | null; readonly cause: Expression | null }
    | {
        readonly type: 'Wait';
        readonly kind: 'seconds' | 'timestamp';
        readonly amount: Expression;
      }
    | ({
        readonly type: 'Task';
        /** A function's ARN; null takes it from the parameters, as `lambda:invoke` does. */
        readonly functionArn: string | null;
        readonly timeoutSeconds: number | null;
      } & Failing)
    | ({ readonly type: 'Parallel'; readonly branches: readonly Machine[] } & Failing)
    | ({
        readonly type: 'Map';
        readonly items: Path;
        readonly selector: Expression | null;
        readonly iterator: Machine;
        readonly maxConcurrency: number;
        /** Each item is an execution of its own, with a history of its own. */
        readonly distributed: boolean;
      } & Failing)
  );

const COMMON = ['Type', 'Comment', 'QueryLanguage', 'InputPath', 'OutputPath'];
const MOVING = ['Next', 'End'];
const FAILING = ['Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'];
const FIELDS: Readonly<Record<State['type'], ReadonlySet<string>>> = {
  Pass: new Set([...COMMON, ...MOVING, 'Parameters', 'Result', 'ResultPath']),
  Succeed: new Set(COMMON),
  Choice: new Set([...COMMON, 'Choices', 'Default']),
  Fail: new Set(['Type', 'Comment', 'QueryLanguage', 'Error', 'ErrorPath', 'Cause', 'CausePath']),
  Wait: new Set([...COMMON, ...MOVING, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']),
  Task: new Set([...COMMON, ...MOVING, ...FAILING, 'Resource', 'TimeoutSeconds']),
  Parallel: new Set([...COMMON, ...MOVING, ...FAILING, 'Branches']),
  Map: new Set([
    ...[...COMMON, ...MOVING, ...FAILING, 'ItemsPath', 'ItemSelector', 'ItemProcessor', 'Iterator'],
    ...['MaxConcurrency', 'Label'],
  ]),
};
const MACHINE_FIELDS = new Set([
  'Comment',
  'StartAt',
  'States',
  'TimeoutSeconds',
  'Version',
  'QueryLanguage',
]);
const INNER_FIELDS = new Set(['Comment', 'StartAt', 'States', 'ProcessorConfig', 'QueryLanguage']);
const LAMBDA_FUNCTION = /^arn:[^:]+:lambda:[^:]+:\d+:function:/;

/** Compiles a definition; throws on every state, field and function that this interpreter would not run as AWS does.
 *  @param path where it stands, for messages */
export const compileMachine = (definition: unknown, path: string, fields = MACHINE_FIELDS): Machine => {
  const machine = object(definition, path);
  refuse(machine, fields, path);
  jsonPathOnly(machine, path);
  const states = new Map<string, State>();
  const bodies = object(machine['States'], `${path}.States`);
  for (const [name, body] of Object.entries(bodies)) {
    if (name.length > 80) throw new Error(`${path}: a state's name has 80 characters at most`);
    states.set(name, compileState(name, object(body, `${path}.${name}`), `${path}.${name}`));
  }
  const startAt = string(machine['StartAt'], `${path}.StartAt`);
  for (const target of [startAt, ...[...states.values()].flatMap(targetsOf)])
    if (!states.has(target)) throw new Error(`${path}: there is no state "${target}"`);
  return { startAt, states, timeoutSeconds: optionalNumber(machine['TimeoutSeconds'], path) };
};

const targetsOf = (state: State): string[] => [
  ...(state.next === null ? [] : [state.next]),
  ...('catch' in state ? state.catch.map(({ next }) => next) : []),
  ...(state.type === 'Choice'
    ? [...state.choices.map(({ next }) => next), ...(state.otherwise === null ? [] : [state.otherwise])]
    : []),
];

const compileState = (name: string, body: Json, path: string): State => {
  const type = body['Type'] as State['type'];
  if (!Object.hasOwn(FIELDS, type)) throw new Error(`${path}: there is no state type ${String(type)}`);
  refuse(body, FIELDS[type], path);
  jsonPathOnly(body, path);
  try {
    return compileKnown(name, type, body, path);
  } catch (error) {
    const { message } = error as Error;
    throw message.startsWith(path) ? error : new Error(`${path}: ${message}`, { cause: error });
  }
};

const compileKnown = (name: string, type: State['type'], body: Json, path: string): State => {
  const common = { name, flow: flowOf(body, type), next: nextOf(body, type, path) };
  switch (type) {
    case 'Pass':
      return { ...common, type, result: 'Result' in body ? { value: body['Result'] } : null };
    case 'Succeed':
      return { ...common, type };
    case 'Choice': {
      const choices = array(body['Choices'], `${path}.Choices`).map((choice, at) => ({
        holds: compileChoice(choice, `${path}.Choices[${at}]`),
        next: string((choice as Json)['Next'], `${path}.Choices[${at}].Next`),
      }));
      const otherwise = body['Default'] === undefined ? null : string(body['Default'], `${path}.Default`);
      return { ...common, type, choices, otherwise };
    }
    case 'Fail':
      return { ...common, type, error: oneOf(body, 'Error'), cause: oneOf(body, 'Cause') };
    case 'Wait':
      return { ...common, type, ...waitOf(body, path) };
    case 'Task':
      return {
        ...common,
        ...failingOf(body, path),
        type,
        functionArn: functionOf(body, path),
        timeoutSeconds: optionalNumber(body['TimeoutSeconds'], path),
      };
    case 'Parallel':
      return {
        ...common,
        ...failingOf(body, path),
        type,
        branches: array(body['Branches'], `${path}.Branches`).map((branch, at) =>
          compileMachine(branch, `${path}.Branches[${at}]`, INNER_FIELDS),
        ),
      };
    case 'Map': {
      const processor = object(body['ItemProcessor'] ?? body['Iterator'], `${path}.ItemProcessor`);
      const distributed = isDistributed(processor, path);
      if (!distributed && body['Label'] !== undefined)
        throw new Error(`${path}: only a distributed map has a Label`);
      const selector = body['ItemSelector'] ?? body['Parameters'];
      return {
        ...common,
        flow: { ...common.flow, parameters: null },
        ...failingOf(body, path),
        type,
        items: compilePath(body['ItemsPath'] === undefined ? '$' : string(body['ItemsPath'], path)),
        selector: selector === undefined ? null : compilePayload(selector),
        iterator: compileMachine(processor, `${path}.ItemProcessor`, INNER_FIELDS),
        maxConcurrency: optionalNumber(body['MaxConcurrency'], path) ?? 0,
        distributed,
      };
    }
    default:
      return type satisfies never;
  }
};

/** A distributed map takes its items from its input here, and not from a bucket; its executions are standard ones. */
const isDistributed = (processor: Json, path: string): boolean => {
  const { Mode: mode = 'INLINE', ExecutionType: type } = (processor['ProcessorConfig'] ?? {}) as Json;
  if (mode === 'INLINE') return false;
  if (mode !== 'DISTRIBUTED' || type !== 'STANDARD')
    throw new Error(`${path}: only inline maps, and distributed ones of standard executions, run locally`);
  return true;
};

const flowOf = (body: Json, type: State['type']): Flow => {
  const path = (field: string): Path | null =>
    body[field] === null ? null : compilePath((body[field] as string | undefined) ?? '$');
  return {
    inputPath: path('InputPath'),
    outputPath: path('OutputPath'),
    parameters:
      body['Parameters'] === undefined || type === 'Map' ? null : compilePayload(body['Parameters']),
    resultSelector: body['ResultSelector'] === undefined ? null : compilePayload(body['ResultSelector']),
    resultPath: resultPathOf(body),
  };
};

const nextOf = (body: Json, type: State['type'], path: string): string | null => {
  if (type === 'Choice' || type === 'Succeed' || type === 'Fail') return null;
  if ((body['End'] === true) === (body['Next'] !== undefined)) throw new Error(`${path}: either Next or End`);
  return body['Next'] === undefined ? null : string(body['Next'], `${path}.Next`);
};

/** `Field` or `FieldPath`. */
const oneOf = (body: Json, field: string): Expression | null => {
  if (body[field] !== undefined) return () => body[field];
  const text = body[`${field}Path`];
  return text === undefined ? null : valueAt(text);
};

const valueAt = (text: unknown): Expression => {
  const compute = compilePayload({ 'value.$': text });
  return (input, context) => (compute(input, context) as { value: unknown }).value;
};

const waitOf = (body: Json, path: string): { kind: 'seconds' | 'timestamp'; amount: Expression } => {
  const fields = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'].filter((field) => field in body);
  const [field, ...more] = fields;
  if (field === undefined || more.length > 0) throw new Error(`${path}: one of Seconds and Timestamp`);
  const value = body[field];
  const kind = field.startsWith('Seconds') ? 'seconds' : 'timestamp';
  if (field.endsWith('Path')) return { kind, amount: valueAt(value) };
  if (kind === 'seconds' && typeof value !== 'number') throw new Error(`${path}.Seconds: a number`);
  if (kind === 'timestamp' && Number.isNaN(Date.parse(String(value))))
    throw new Error(`${path}.Timestamp: ${String(value)} is no timestamp`);
  return { kind, amount: () => value };
};

const functionOf = (body: Json, path: string): string | null => {
  const resource = string(body['Resource'], `${path}.Resource`);
  if (LAMBDA_FUNCTION.test(resource)) return resource;
  if (!/^arn:[^:]+:states:::lambda:invoke$/.test(resource))
    throw new Error(`${path}: the resource ${resource} is not supported locally`);
  const parameters = object(body['Parameters'], `${path}.Parameters`);
  for (const field of Object.keys(parameters))
    if (!/^(FunctionName|Payload)(\.\$)?$/.test(field))
      throw new Error(`${path}.Parameters: ${field} is not supported locally`);
  if (!('FunctionName' in parameters) && !('FunctionName.$' in parameters))
    throw new Error(`${path}.Parameters: no FunctionName`);
  return null;
};

const jsonPathOnly = (body: Json, path: string): void => {
  if ((body['QueryLanguage'] ?? 'JSONPath') !== 'JSONPath')
    throw new Error(`${path}: only JSONPath runs locally`);
};
