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

/** Runs `work` while no other process runs work under the same file; a holder that died holds nothing. */
export const locked = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    // A link is made whole or not at all: nobody ever reads a lock without its holder.
    while (
      !(await link(mine, file).then(
        () => true,
        () => false,
      ))
    ) {
      const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
      if (holder > 0 && !alive(holder)) await rm(file, { force: true });
      else await sleep(50);
    }
    return await work().finally(() => rm(file, { force: true }));
  } finally {
    await rm(mine, { force: true });
  }
};
