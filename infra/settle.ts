import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Moves all that `make` puts into a folder of its own to `out`, each entry at once.
 * A folder that is there stays: it is named by the hash of what is in it, and something that runs may be reading it.
 */
export const settle = async (out: string, make: (folder: string) => Promise<void>): Promise<void> => {
  const next = `${out}.next`;
  await rm(next, { recursive: true, force: true });
  await mkdir(next, { recursive: true });
  await make(next);
  for (const entry of await readdir(next, { withFileTypes: true })) {
    const [from, to] = [join(next, entry.name), join(out, entry.name)];
    const there =
      entry.isDirectory() &&
      (await readdir(to).then(
        () => true,
        () => false,
      ));
    if (!there) await rename(from, to);
  }
  await rm(next, { recursive: true });
};
