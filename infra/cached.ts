import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lies in a folder that a step has filled, and tells from what; it is no part of what the folder is for. */
export const STAMP = '.made-from.json';

interface Stamp {
  readonly inputs: string;
  readonly result: unknown;
}

/** None, too, where a kill has left half of it. */
const readStamp = async (folder: string): Promise<Stamp | undefined> => {
  try {
    return JSON.parse(await readFile(join(folder, STAMP), 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
};

/**
 * Fills a folder by a step, unless it was filled from the same inputs before.
 * The stamp goes first and comes back last: a step that was cut short is done again, over what it left.
 * @param inputs a hash of everything that the step reads
 * @param step answers what is to be remembered of what it made; JSON
 */
export const cached = async <T>(folder: string, inputs: string, step: () => Promise<T>): Promise<T> => {
  const before = await readStamp(folder);
  if (before?.inputs === inputs) return before.result as T;
  await rm(join(folder, STAMP), { force: true });
  await mkdir(folder, { recursive: true });
  const result = await step();
  await writeFile(join(folder, STAMP), JSON.stringify({ inputs, result } satisfies Stamp));
  return result;
};
