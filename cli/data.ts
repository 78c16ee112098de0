import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { openFolder } from '../local/folder.ts';
import { type DemoProgress } from './demo.ts';
import { Refusal } from './io.ts';

/** The services' own mark; a folder without it that holds anything is not ours. */
const MARK = 'kindling.json';
const SAMPLE = 'sample.json';
/** Lies there while --fresh empties the folder: whoever finds it goes on with that. */
const EMPTYING = 'emptying';
/** Where `kindling history pull` keeps what it fetched, also from elsewhere: no state of this product. */
const HISTORY = 'history';
/** Any of these comes before everything else; a kill may leave one that is not yet in its place. */
const OURS = new Set([MARK, SAMPLE, EMPTYING].flatMap((name) => [name, `${name}.new`]));

export interface DataFolder {
  readonly dir: string;
  readonly isNew: boolean;
  /** How far the sample is played; null: to its end, or it was never asked for. */
  readonly demo: DemoProgress | null;
  readonly saveDemo: (demo: DemoProgress | null) => Promise<void>;
}

/** Opens or makes a data folder; a folder that holds anything else is left alone. @param fresh begins anew */
export async function openData(dir: string, fresh: boolean): Promise<DataFolder> {
  if (dir === '') throw new Refusal('--data needs a folder');
  const file = join(dir, SAMPLE);
  const damaged = (name: string): Refusal =>
    new Refusal(`the data folder ${dir} is damaged (${name}); --fresh begins anew and loses what is in it`);
  try {
    await makeFolder(resolve(dir), 0o700);
    const inside = (await readdir(dir)).filter((name) => name !== HISTORY);
    if (inside.length > 0 && !inside.some((name) => OURS.has(name)))
      throw new Refusal(`the data folder ${dir} holds other files; choose another with --data`);
    const anew = fresh || inside.includes(EMPTYING);
    if (anew) await empty(dir, inside);
    const isNew = anew || inside.length === 0;
    const text = isNew || !inside.includes(SAMPLE) ? 'null' : await readFile(file, 'utf8');
    return {
      dir,
      isNew,
      demo: progressOf(text, () => damaged(SAMPLE)),
      saveDemo: async (demo) => {
        // renamed into place, so that a kill leaves the old one or the new one
        await writeFile(`${file}.new`, JSON.stringify(demo));
        await rename(`${file}.new`, file);
      },
    };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`the data folder ${dir} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Makes a folder and those that it lies in. Node's own way never comes back where no folder can be made, as in /proc.
 * @param mode of the folder itself
 */
async function makeFolder(dir: string, mode?: number): Promise<void> {
  try {
    await mkdir(dir, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(dir) === dir) throw error;
    await makeFolder(dirname(dir));
    await mkdir(dir, mode);
  }
}

/** Removes what is inside, unless another process is at work there. */
async function empty(dir: string, inside: readonly string[]): Promise<void> {
  try {
    openFolder(dir).release();
  } catch (error) {
    // anything else that is wrong with it goes with it
    if (/in use/.test((error as Error).message)) throw new Refusal(firstLetterLow((error as Error).message));
  }
  const remove = (name: string): Promise<void> => rm(join(dir, name), { recursive: true, force: true });
  await writeFile(join(dir, EMPTYING), '');
  await Promise.all([...inside, MARK].filter((name) => name !== EMPTYING).map(remove));
  await remove(EMPTYING);
}

const firstLetterLow = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function progressOf(text: string, damaged: () => Refusal): DemoProgress | null {
  let demo: Partial<DemoProgress> | null;
  try {
    demo = JSON.parse(text) as Partial<DemoProgress> | null;
  } catch (error) {
    throw Object.assign(damaged(), { cause: error });
  }
  if (demo === null) return null;
  const { shift, played } = demo;
  if (typeof shift !== 'number' || typeof played !== 'number') throw damaged();
  return { shift, played };
}
