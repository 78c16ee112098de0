import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The layout of the data folder; a higher number was written by a later version. */
const FORMAT = 1;

/** A file's JSON; undefined when there is no such file. */
export const readJsonFile = (file: string): unknown => {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is damaged: it is not JSON.`, { cause });
  }
};

/** Replaces a file in one step: whoever dies half way leaves the old content. Some hold keys: they are their owner's alone. */
export const writeJsonFile = (file: string, value: unknown): void => {
  // One that a kill left behind would keep the mode that it has.
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** What tells a process from a later one with the same id; '' where the system does not say. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '';
  } catch {
    return '';
  }
};

const runs = (pid: number, start: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === startOf(pid);
};

/** The data folders that this process holds: its own process id in a lock says nothing about them. */
const held = new Set<string>();

const takeLock = (dir: string): (() => void) => {
  const file = join(dir, 'lock');
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, start: startOf(process.pid) }), { flag: 'wx' });
      held.add(dir);
      return () => {
        held.delete(dir);
        rmSync(file, { force: true });
      };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 3) throw cause;
    }
    let owner: { pid?: number; start?: string } = {};
    try {
      owner = JSON.parse(readFileSync(file, 'utf8')) as typeof owner;
    } catch {
      // Half written by a process that died, or just removed by its owner.
    }
    const { pid = 0, start = '' } = owner;
    if (pid === process.pid ? held.has(dir) : pid > 0 && runs(pid, start)) {
      throw new Error(`The data folder ${dir} is in use by another running process (${pid}).`);
    }
    rmSync(file, { force: true });
  }
};

/** The id of the process that holds a data folder now, or null. */
export const holderOf = (dir: string): number | null => {
  try {
    const lock = JSON.parse(readFileSync(join(dir, 'lock'), 'utf8')) as { pid?: number; start?: string };
    const { pid = 0, start = '' } = lock;
    return pid > 0 && runs(pid, start) ? pid : null;
  } catch {
    // No lock, or one that is half written by a process that died.
    return null;
  }
};

/** What leads did and the keys that sign for them are nothing to other users of the machine; a group may have been let in. */
const closeToOthers = (dir: string): void => {
  const { mode } = statSync(dir);
  if ((mode & 0o007) === 0) return;
  try {
    chmodSync(dir, mode & 0o770);
  } catch {
    // Whose folder it is decides that; that we may write there is looked at next.
  }
};

/** A data folder that this process holds. */
export interface Folder {
  /** Its own for ever, and no other's. */
  readonly id: string;
  /** Gives the folder back. */
  readonly release: () => void;
}

/** Opens a data folder for this process alone; throws one clear line when that cannot be. */
export const openFolder = (dir: string): Folder => {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    closeToOthers(dir);
  } catch (cause) {
    throw new Error(`The data folder ${dir} cannot be used: ${(cause as Error).message}`, { cause });
  }
  let release;
  try {
    release = takeLock(dir);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new Error(`The data folder ${dir} cannot be written: ${(cause as Error).message}`, { cause });
  }
  try {
    const file = join(dir, 'kindling.json');
    const found = readJsonFile(file) as { format?: unknown; id?: unknown } | undefined;
    if (found === undefined) {
      const id = randomUUID();
      writeJsonFile(file, { format: FORMAT, id });
      return { id, release };
    }
    if (typeof found?.format !== 'number' || typeof found.id !== 'string')
      throw new Error(`${file} is damaged.`);
    if (found.format > FORMAT) {
      throw new Error(
        `The data folder ${dir} was written by a later version (format ${found.format}, this one knows ${FORMAT}).`,
      );
    }
    return { id: found.id, release };
  } catch (error) {
    release();
    throw error;
  }
};
