import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A link is made whole or not at all: nobody ever reads a lock without its holder. */
const taken = async (mine: string, file: string): Promise<boolean> => {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Runs `work` while no other process runs work under the same file; a holder that died holds nothing. */
export const locked = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    while (!(await taken(mine, file))) {
      const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
      if (holder > 0 && !alive(holder)) await rm(file, { force: true });
      else await sleep(50);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return work().finally(() => rm(file, { force: true }));
};
