import { main } from '../../cli/main.ts';
import { type Io } from '../../cli/io.ts';

/** What a command line came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  /** What it reads from `-`. */
  readonly stdin?: readonly (string | Uint8Array)[] | AsyncIterable<Uint8Array>;
  /** UTC milliseconds. */
  readonly now?: number;
  /** Told of what it says on standard error, as it does. */
  readonly onErr?: (text: string) => void;
}

/** Runs a command line in this process. */
export async function run(
  argv: readonly string[],
  { stdin = [], now = Date.UTC(2026, 2, 1), onErr }: Surroundings = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => {
      err += text;
      onErr?.(text);
    },
    stdin: Symbol.asyncIterator in stdin ? stdin : chunks(stdin),
    terminal: false,
    now: () => now,
    interrupted: new AbortController().signal,
  };
  const code = await main(argv, io);
  return { code, out, err };
}

async function* chunks(parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
  }
}
