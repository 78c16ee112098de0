import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Begins `kindling start` as a person would; what it says so far is in the second member. */
export const begin = (...args: string[]): [child: ChildProcess, said: { out: string; err: string }] => {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'kindling.js'), 'start', ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  return [child, said];
};

/** Runs a `kindling start` that should refuse to its end; one that is ready after all is killed. */
export const refused = async (...args: string[]): Promise<Ended> => {
  const [child, said] = begin(...args);
  child.stdout?.once('data', () => child.kill('SIGKILL'));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
};

/** What went wrong, without the lines that say how far it came. */
export const complaint = ({ err }: Pick<Ended, 'err'>): string =>
  err
    .split('\n')
    .filter((line) => !line.endsWith(' …'))
    .join('\n');
