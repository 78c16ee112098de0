import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { styleText } from 'node:util';

/** What a command reads and writes; tests give their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Waits until whoever reads `out` has caught up. */
  readonly drained?: () => Promise<unknown>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Whether a person looks at `out`: colour and moving lines are for them only. */
  readonly terminal: boolean;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Aborted when somebody wants the command to end (Ctrl-C, a signal). */
  readonly interrupted: AbortSignal;
}

/** The machine's own terminal and clock. */
export function processIo(): Io {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort(signal));
  // whoever reads may stop reading (`| head`): nothing is left to say then
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    drained: () => (process.stdout.writableNeedDrain ? once(process.stdout, 'drain') : setImmediate()),
    stdin: process.stdin,
    terminal: process.stdout.isTTY && process.stderr.isTTY,
    now: Date.now,
    interrupted: interrupted.signal,
  };
}

type Style = Parameters<typeof styleText>[0];

/** Colours for people, plain text for files and pipes. */
export const styled = (io: Io, style: Style, text: string): string =>
  io.terminal ? styleText(style, text) : text;

/** A command that cannot do what it was asked, with one line that says why; exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
