import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const filesUnder = async (path: string): Promise<string[]> => {
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

/** A separator that no path and no text holds, so that two different inputs never read the same. */
const part = (hash: Hash, value: string | Buffer): void => {
  hash.update(String(value.length)).update('\0').update(value);
};

/**
 * A hash of what files say and of what they are called.
 * @param paths files and folders, relative to `root`; one that is missing counts as empty
 * @param values whatever else the result depends on
 */
export const digest = async (
  root: string,
  paths: readonly string[],
  values: readonly string[] = [],
): Promise<string> => {
  const hash = createHash('sha256');
  for (const value of values) part(hash, value);
  const files = (await Promise.all(paths.map((path) => filesUnder(join(root, path))))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, file] of files.entries()) {
    part(hash, file.slice(root.length));
    part(hash, contents[index] ?? '');
  }
  return hash.digest('hex').slice(0, 32);
};
