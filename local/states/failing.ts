import { array, object, optionalNumber, refuse, string, type Json } from './fields.ts';
import { compileReference } from './path.ts';

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly jitter: boolean;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly resultPath: ((input: unknown, value: unknown) => unknown) | null;
}

/** What a state does when it fails. */
export interface Failing {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export const failingOf = (body: Json, path: string): Failing => ({
  retry: array(body['Retry'] ?? [], `${path}.Retry`).map((retrier, at) => {
    const where = `${path}.Retry[${at}]`;
    const fields = object(retrier, where);
    refuse(fields, RETRY_FIELDS, where);
    return {
      errorEquals: namesOf(fields['ErrorEquals'], where),
      intervalSeconds: optionalNumber(fields['IntervalSeconds'], where) ?? 1,
      maxAttempts: optionalNumber(fields['MaxAttempts'], where) ?? 3,
      backoffRate: optionalNumber(fields['BackoffRate'], where) ?? 2,
      maxDelaySeconds: optionalNumber(fields['MaxDelaySeconds'], where) ?? Infinity,
      jitter: fields['JitterStrategy'] === 'FULL',
    };
  }),
  catch: array(body['Catch'] ?? [], `${path}.Catch`).map((catcher, at) => {
    const where = `${path}.Catch[${at}]`;
    const fields = object(catcher, where);
    refuse(fields, CATCH_FIELDS, where);
    return {
      errorEquals: namesOf(fields['ErrorEquals'], where),
      next: string(fields['Next'], `${where}.Next`),
      resultPath: resultPathOf(fields),
    };
  }),
});

const RETRY_FIELDS = new Set([
  ...['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds'],
  ...['JitterStrategy', 'Comment'],
]);
const CATCH_FIELDS = new Set(['ErrorEquals', 'Next', 'ResultPath', 'Comment']);

const namesOf = (value: unknown, path: string): string[] => {
  const names = array(value, `${path}.ErrorEquals`);
  if (names.length === 0) throw new Error(`${path}.ErrorEquals: empty`);
  return names.map((name) => string(name, `${path}.ErrorEquals`));
};

/** Where a result goes: null discards it. */
export const resultPathOf = (body: Json): Catcher['resultPath'] =>
  body['ResultPath'] === null ? null : compileReference((body['ResultPath'] as string | undefined) ?? '$');
