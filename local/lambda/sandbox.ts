import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { types } from 'node:util';
import { createConnections } from './connections.ts';
import { createConsole, createProcess } from './process.ts';
import { createLoader } from './modules.ts';
import { openRealm } from './realm.ts';

/** An error as Lambda shapes it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}

/** What a function is, as far as its code needs to know. */
export interface Code {
  readonly name: string;
  /** The folder of its asset. */
  readonly folder: string;
  /** "index.handler" */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One loaded copy of a function: one invocation at a time. */
export interface Sandbox {
  /** The JSON of the answer; rejects with what the function threw. */
  run(requestId: string, event: string, context: string, remainingMs: () => number): Promise<string>;
  /** True when it crashed and must not run again. */
  broken(): boolean;
  close(): void;
}

/** An error that the platform, not the function's code, reports. */
export const failure = (errorType: string, errorMessage: string): Error =>
  Object.assign(new Error(errorMessage), { name: errorType, stack: '' });

/** An error of either realm, or whatever else was thrown, in Lambda's shape. */
export const shaped = (error: unknown): FunctionError => {
  if (!types.isNativeError(error)) {
    return {
      errorType: typeof error,
      errorMessage: typeof error === 'string' ? error : (JSON.stringify(error) ?? ''),
    };
  }
  const { name: errorType, message: errorMessage, stack } = error;
  return { errorType, errorMessage, ...(stack ? { trace: stack.split('\n').slice(0, 20) } : {}) };
};

type Crash = (error: unknown) => void;
/** Whose code runs, for errors that come out of Node itself. */
const running = new AsyncLocalStorage<Crash>();
const byPromise = new WeakMap<object, Crash>();

/** Sends rejections that nobody handled to the function they came from: they cost only its invocation. */
const onUnhandled = (reason: unknown, promise: Promise<unknown>): void => {
  const crash = byPromise.get(promise.constructor) ?? running.getStore();
  if (crash) crash(reason);
  else if (process.listenerCount('unhandledRejection') === 1) throw reason;
};
let open = 0;

const loadHandler = async (code: Code, load: (file: string) => Promise<Record<string, unknown>>) => {
  const dot = code.handler.lastIndexOf('.');
  const name = code.handler.slice(dot + 1);
  const file = join(code.folder, `${code.handler.slice(0, dot)}.mjs`);
  if (!existsSync(file)) {
    throw failure('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  const handler = (await load(file))[name];
  if (typeof handler !== 'function') {
    throw failure('Runtime.HandlerNotFound', `${code.handler} is undefined or not exported`);
  }
  return handler;
};

/** Loads a function into a realm of its own; rejects when it cannot be loaded. */
export const openSandbox = async (
  code: Code,
  now: () => number,
  write: (text: string) => void,
): Promise<Sandbox> => {
  let requestId = '';
  let crashed: Error | undefined;
  let reject: (error: Error) => void = () => {};
  const crash: Crash = (error) => {
    const { errorType, errorMessage } = shaped(error);
    crashed = errorType.startsWith('Runtime.')
      ? failure(errorType, errorMessage)
      : failure('Runtime.UnhandledPromiseRejection', `${errorType}: ${errorMessage}`);
    reject(crashed);
  };
  const stamp = (): string => `${new Date(now()).toISOString()}\t${requestId}`;
  const ownProcess = createProcess(code.env, write, (status) =>
    crash(failure('Runtime.ExitError', `Runtime exited with status ${status}`)),
  );
  const connections = createConnections();
  const own = { process: ownProcess, console: createConsole(ownProcess, write, stamp) };
  const realm = openRealm(code.name, now, own, crash);
  byPromise.set(realm.promise as object, crash);
  if (open++ === 0) process.on('unhandledRejection', onUnhandled);
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    realm.clear();
    connections.close();
    if (--open === 0) process.off('unhandledRejection', onUnhandled);
  };
  /** What `work` comes to, or the crash that comes before. */
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, refuse) => {
      reject = refuse;
      if (crashed) return refuse(crashed);
      running.run(crash, () => {
        work().then(resolve, refuse);
      });
    });
  try {
    const handler = await guarded(() =>
      loadHandler(code, createLoader(realm.context, { ...own, ...connections.modules })),
    );
    return {
      run: (id, event, context, remainingMs) => {
        requestId = id;
        return guarded(() => realm.call(handler, event, context, remainingMs));
      },
      broken: () => crashed !== undefined,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
};
