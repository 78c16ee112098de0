import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type DemoProgress } from './demo.ts';
import { Refusal } from './io.ts';

const MARK = 'kindling.json';
const VERSION = 1;

/** What the data folder remembers of the product as a whole; each service keeps its own state beside it. */
export interface Diary {
  readonly version: typeof VERSION;
  /** Null: no sample was asked for, or it has been played to its end. */
  readonly demo: DemoProgress | null;
}

export interface DataFolder {
  readonly dir: string;
  /** Null in a folder that is new; it is ours only from the first `write` on. */
  readonly diary: Diary | null;
  readonly write: (demo: DemoProgress | null) => Promise<void>;
}

/** Opens or makes a data folder; a folder that holds anything else is left alone. @param fresh begins anew */
export async function openData(dir: string, fresh: boolean): Promise<DataFolder> {
  const file = join(dir, MARK);
  try {
    await mkdir(dir, { recursive: true });
    const others = await readdir(dir);
    if (others.length > 0 && !others.includes(MARK))
      throw new Refusal(`the data folder ${dir} holds other files; choose another with --data`);
    if (fresh) await Promise.all(others.map((name) => rm(join(dir, name), { recursive: true })));
    const diary = fresh || others.length === 0 ? null : read(await readFile(file, 'utf8'), dir);
    const write = async (demo: DemoProgress | null): Promise<void> => {
      // renamed into place, so that a kill leaves the old one or the new one
      await writeFile(`${file}.new`, JSON.stringify({ version: VERSION, demo } satisfies Diary));
      await rename(`${file}.new`, file);
    };
    return { dir, diary, write };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`the data folder ${dir} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function read(text: string, dir: string): Diary {
  let diary: Partial<Diary> | null;
  try {
    diary = JSON.parse(text) as Partial<Diary> | null;
  } catch {
    diary = null;
  }
  if (diary?.version !== VERSION)
    throw new Refusal(
      `the data folder ${dir} is damaged (${MARK}); --fresh begins anew and loses what is in it`,
    );
  return { version: VERSION, demo: diary.demo ?? null };
}
