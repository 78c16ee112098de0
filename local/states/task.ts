import { type State } from './machine.ts';
import { StateError } from './state-error.ts';
import { type World } from './world.ts';

/** Invokes the function of a Task state. Rejects with a `StateError`, Lambda's own error or States.Timeout. */
export const callTask = async (
  state: State & { type: 'Task' },
  input: unknown,
  world: World,
): Promise<unknown> => {
  const { FunctionName, Payload } = (state.functionArn === null ? input : {}) as {
    FunctionName?: unknown;
    Payload?: unknown;
  };
  const functionArn = state.functionArn ?? arnOf(String(FunctionName));
  const call = world.call(functionArn, state.functionArn === null ? (Payload ?? {}) : input);
  const answer = await (state.timeoutSeconds === null ? call : withTimeout(call, state.timeoutSeconds));
  if ('error' in answer) throw new StateError(answer.error.errorType, JSON.stringify(answer.error));
  if (state.functionArn !== null) return answer.payload ?? null;
  return {
    ExecutedVersion: '$LATEST',
    Payload: answer.payload ?? null,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    StatusCode: 200,
  };
};

const arnOf = (name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** Of real seconds: virtual time stands still while a task runs. */
const withTimeout = async <T>(call: Promise<T>, seconds: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StateError('States.Timeout', `No answer in ${seconds} s`)),
      seconds * 1_000,
    );
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
};
