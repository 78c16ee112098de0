import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { Console } from 'node:console';
import { format } from 'node:util';

/** What a function sees as `process`: its own environment and output, and no way to end the runtime. */
export const createProcess = (
  env: Readonly<Record<string, string>>,
  write: (text: string) => void,
  onExit: (code: number) => void,
): Record<string, unknown> => {
  const out = (): Writable =>
    new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        write(chunk.toString());
        done();
      },
    });
  const exit = (code = 0): never => {
    onExit(code);
    throw new Error(`process.exit(${code})`);
  };
  return Object.assign(new EventEmitter() as unknown as Record<string, unknown>, {
    env: Object.assign(Object.create(null) as object, env),
    stdout: out(),
    stderr: out(),
    argv: ['node', env.LAMBDA_TASK_ROOT ?? '/var/task'],
    execArgv: [],
    execPath: process.execPath,
    title: 'node',
    pid: process.pid,
    platform: process.platform,
    arch: process.arch,
    version: process.version,
    versions: process.versions,
    release: process.release,
    features: process.features,
    config: process.config,
    cwd: () => env.LAMBDA_TASK_ROOT ?? '/',
    uptime: () => process.uptime(),
    hrtime: process.hrtime,
    nextTick: (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
      process.nextTick(callback, ...args),
    memoryUsage: process.memoryUsage,
    cpuUsage: () => process.cpuUsage(),
    emitWarning: (warning: unknown) => write(`${String(warning)}\n`),
    exit,
    abort: exit,
  });
};

/** A console that writes lines as Lambda does: time, request id, level, message, parted by tabs. */
export const createConsole = (
  out: Record<string, unknown>,
  write: (text: string) => void,
  stamp: () => string,
): Console => {
  const made = new Console({ stdout: out.stdout as Writable, stderr: out.stderr as Writable });
  for (const level of ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const) {
    made[level] = (...args: unknown[]) =>
      write(`${stamp()}\t${level === 'log' ? 'INFO' : level.toUpperCase()}\t${format(...args)}\n`);
  }
  // As the module's own export, for whoever makes consoles of their own.
  return Object.assign(made, { Console });
};
