import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type HistoryAccount } from '../../core/impact/history.ts';
import { Refusal } from '../io.ts';
import { Damaged, decode, decodeLeads, encode, type StoredChunk, type StoredLead } from './format.ts';

/** Where a history came from; one that is pulled from elsewhere, or of other leads, is another history. */
export interface Origin {
  /** @example 'Kindling-TableCD117FA1 in eu-central-1' */
  readonly table: string;
  /** Which share of leads, above 0 up to 1. */
  readonly sample: number;
}

/** A file of leads in the store. */
export interface ChunkFile {
  readonly file: string;
  readonly leads: number;
  readonly rows: number;
  readonly bytes: number;
}

/** What a complete store holds; later chunks say more recent things of a lead than earlier ones. */
export interface Manifest {
  readonly format: 'kindling-history';
  readonly version: 1;
  readonly origin: Origin;
  /** When the newest pull began, UTC milliseconds: all that was there by then is here. */
  readonly pulledAt: number;
  readonly chunks: readonly ChunkFile[];
  /** JSON of accounts, one file. */
  readonly accounts: string | null;
  /** Leads of these chunks that exist no more. */
  readonly gone: readonly string[];
}

/** How far a scan has come; there while one is not complete. */
export interface Progress {
  readonly origin: Origin;
  readonly startedAt: number;
  readonly segments: readonly {
    /** The key of the last item that is in a chunk; null before the first. */
    readonly cursor: Readonly<Record<string, unknown>> | null;
    readonly done: boolean;
  }[];
  readonly chunks: readonly ChunkFile[];
  /** Files of accounts, one a chunk at most. */
  readonly accounts: readonly string[];
}

const MANIFEST = 'history.json';
const PROGRESS = 'pull.json';

/** A folder with a pulled history. Every file is written beside, brought to disk, and renamed into its place. */
export interface Store {
  readonly dir: string;
  manifest(): Promise<Manifest | null>;
  progress(): Promise<Progress | null>;
  saveProgress(progress: Progress): Promise<void>;
  /** Makes this the store; what it does not name is removed. */
  complete(manifest: Manifest): Promise<void>;
  writeChunk(name: string, chunk: StoredChunk): Promise<ChunkFile>;
  readChunk(file: string): Promise<StoredChunk>;
  readLeads(file: string): Promise<StoredLead[]>;
  writeAccounts(name: string, accounts: readonly HistoryAccount[]): Promise<string>;
  readAccounts(file: string): Promise<HistoryAccount[]>;
  /** Removes everything that neither the manifest nor the progress names. */
  tidy(): Promise<void>;
}

/** Whether a folder holds a complete history. */
export const isStore = (dir: string): boolean => existsSync(join(dir, MANIFEST));

export function openStore(dir: string): Store {
  const at = (name: string): string => join(dir, name);
  const write = async (name: string, bytes: Buffer | string): Promise<void> => {
    // What leads did is nothing to other users of the machine.
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = await open(at(`${name}.new`), 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(at(`${name}.new`), at(name));
  };
  const json = async <T>(name: string): Promise<T | null> => {
    try {
      return JSON.parse(await readFile(at(name), 'utf8')) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw damaged(name, error);
    }
  };
  const damaged = (name: string, cause: unknown): Refusal =>
    new Refusal(
      `the history in ${dir} is damaged (${name}); \`kindling history pull --fresh\` fetches it anew`,
      {
        cause,
      },
    );
  const read = async <T>(name: string, decoded: (bytes: Buffer) => T): Promise<T> => {
    try {
      return decoded(await readFile(at(name)));
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (isMissing || error instanceof Damaged || error instanceof SyntaxError) throw damaged(name, error);
      throw error;
    }
  };
  const manifest = async (): Promise<Manifest | null> => {
    const found = await json<Manifest>(MANIFEST);
    if (found && ((found.format as string) !== 'kindling-history' || (found.version as number) !== 1))
      throw new Refusal(
        `${dir} holds a history of another version of this program; \`--fresh\` fetches it anew`,
      );
    return found;
  };
  const progress = (): Promise<Progress | null> => json<Progress>(PROGRESS);
  const tidy = async (): Promise<void> => {
    if (!existsSync(dir)) return;
    const [complete, underWay] = [await manifest(), await progress()];
    const named = new Set([
      MANIFEST,
      PROGRESS,
      ...[complete, underWay].flatMap((one) => one?.chunks.map(({ file }) => file) ?? []),
      ...(complete?.accounts ? [complete.accounts] : []),
      ...(underWay?.accounts ?? []),
    ]);
    for (const name of await readdir(dir))
      if (!named.has(name) && /\.(kh|json)(\.new)?$/.test(name)) await rm(at(name), { force: true });
  };
  return {
    dir,
    manifest,
    progress,
    saveProgress: (state) => write(PROGRESS, JSON.stringify(state)),
    complete: async (next) => {
      await write(MANIFEST, JSON.stringify(next, null, 2));
      await rm(at(PROGRESS), { force: true });
      await tidy();
    },
    writeChunk: async (name, chunk) => {
      const bytes = encode(chunk);
      const file = `${name}.kh`;
      await write(file, bytes);
      return { file, leads: chunk.leads.length, rows: chunk.at.length, bytes: bytes.length };
    },
    readChunk: (file) => read(file, decode),
    readLeads: (file) => read(file, decodeLeads),
    writeAccounts: async (name, accounts) => {
      await write(`${name}.json`, JSON.stringify(accounts));
      return `${name}.json`;
    },
    readAccounts: (file) => read(file, (bytes) => JSON.parse(bytes.toString()) as HistoryAccount[]),
    tidy,
  };
}
