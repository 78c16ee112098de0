import { constants, createContext, Script, type Context } from 'node:vm';
import { promisify, types } from 'node:util';

/** A fresh set of globals for one function, and what the runtime needs of them. */
export interface Realm {
  readonly context: Context;
  /** Its own Promise, by which an unhandled rejection is known to be its. */
  readonly promise: unknown;
  /** Calls a handler with JSON in and JSON out, so that no object crosses between realms. */
  readonly call: (
    handler: unknown,
    event: string,
    context: string,
    remainingMs: () => number,
  ) => Promise<string>;
  /** Ends every timer that is left. */
  clear(): void;
}

/** Runs inside: Date reads the clock, and errors and promises of the outer realm pass `instanceof`. */
const SETUP = new Script(
  `(now, isError, isPromise) => {
    const Native = Date;
    const Virtual = function Date(...args) {
      if (!new.target) return new Native(now()).toString();
      return Reflect.construct(Native, args.length === 0 ? [now()] : args, new.target === Virtual ? Native : new.target);
    };
    Virtual.prototype = Native.prototype;
    Object.defineProperty(Native.prototype, 'constructor', { value: Virtual, writable: true, configurable: true });
    Virtual.now = () => now();
    Virtual.parse = Native.parse;
    Virtual.UTC = Native.UTC;
    Object.defineProperty(Virtual, 'length', { value: 7 });
    globalThis.Date = Virtual;
    const ordinary = Function.prototype[Symbol.hasInstance];
    for (const [type, is] of [[Error, isError], [Promise, isPromise]]) {
      Object.defineProperty(type, Symbol.hasInstance, {
        value(value) { return ordinary.call(this, value) || (this === type && is(value)); },
      });
    }
    return {
      promise: Promise,
      call: async (handler, event, context, getRemainingTimeInMillis) => {
        const answer = await handler(JSON.parse(event), { ...JSON.parse(context), getRemainingTimeInMillis });
        return JSON.stringify(answer) ?? 'null';
      },
    };
  }`,
  { filename: 'realm' },
);

/** Bytes made by Node (Buffer, crypto, TextEncoder) must be `instanceof` the same classes as the function's own. */
const BYTES = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

/** Timers whose callbacks cost only their own function when they throw, and which end with the realm. */
const createTimers = (onCrash: (error: unknown) => void) => {
  const live = new Set<NodeJS.Timeout | NodeJS.Immediate>();
  const guarded =
    (callback: (...args: unknown[]) => void, done: () => void) =>
    (...args: unknown[]): void => {
      done();
      try {
        callback(...args);
      } catch (error) {
        onCrash(error);
      }
    };
  const later = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
    const timer = setTimeout(
      guarded(callback, () => live.delete(timer)),
      ms,
      ...args,
    );
    live.add(timer);
    return timer;
  };
  const soon = (callback: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate => {
    const timer = setImmediate(
      guarded(callback, () => live.delete(timer)),
      ...args,
    );
    live.add(timer);
    return timer;
  };
  const every = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
    const timer = setInterval(
      guarded(callback, () => {}),
      ms,
      ...args,
    );
    live.add(timer);
    return timer;
  };
  Object.defineProperty(later, promisify.custom, { value: promisify(setTimeout) });
  Object.defineProperty(soon, promisify.custom, { value: promisify(setImmediate) });
  const end = (timer: NodeJS.Timeout): void => {
    live.delete(timer);
    clearTimeout(timer);
  };
  return {
    globals: {
      setTimeout: later,
      setInterval: every,
      setImmediate: soon,
      clearTimeout: end,
      clearInterval: end,
      clearImmediate: (timer: NodeJS.Immediate): void => {
        live.delete(timer);
        clearImmediate(timer);
      },
      queueMicrotask: (callback: () => void): void => queueMicrotask(guarded(callback, () => {})),
    },
    clear: (): void => {
      for (const timer of live) clearTimeout(timer as NodeJS.Timeout);
      live.clear();
    },
  };
};

/** Opens a realm.
 *  @param now milliseconds since 1970, which its `Date` shows
 *  @param own globals of this function: process, console
 *  @param onCrash is told of what nobody caught */
export const openRealm = (
  name: string,
  now: () => number,
  own: Readonly<Record<string, unknown>>,
  onCrash: (error: unknown) => void,
): Realm => {
  // An ordinary global object: the usual kind of context asks an interceptor for every global name, which made the
  // SDK several times slower.
  const context = createContext(constants.DONT_CONTEXTIFY, { name });
  const timers = createTimers(onCrash);
  const given: Record<string, unknown> = { ...own, ...timers.globals };
  for (const each of BYTES) given[each] = (globalThis as Record<string, unknown>)[each];
  for (const [key, value] of Object.entries(given)) {
    Object.defineProperty(context, key, { value, writable: true, configurable: true, enumerable: false });
  }
  // What Node adds to the language (fetch, URL, Buffer, …) comes when it is first asked for.
  const inside = new Set(
    new Script('Object.getOwnPropertyNames(globalThis)').runInContext(context) as string[],
  );
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    if (inside.has(key) || key === 'global' || key === 'GLOBAL' || key === 'root') continue;
    const settle = (value: unknown): unknown => {
      Object.defineProperty(context, key, { value, writable: true, configurable: true, enumerable: false });
      return value;
    };
    Object.defineProperty(context, key, {
      configurable: true,
      enumerable: false,
      get: () => settle((globalThis as Record<string, unknown>)[key]),
      set: settle,
    });
  }
  new Script('globalThis.global = globalThis').runInContext(context);
  const setup = SETUP.runInContext(context) as (
    now: () => number,
    isError: (value: unknown) => boolean,
    isPromise: (value: unknown) => boolean,
  ) => Pick<Realm, 'promise' | 'call'>;
  return {
    context,
    ...setup(now, types.isNativeError, types.isPromise),
    clear: timers.clear,
  };
};
