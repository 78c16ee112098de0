import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, relative, sep } from 'node:path';

import { Refusal } from '../io.ts';

/** Rules of a commit. */
export interface GitRules {
  /** A folder of its own with the files as they were committed. */
  readonly dir: string;
  /** @example 'main:rules' */
  readonly label: string;
  readonly remove: () => Promise<void>;
}

const MOST = 256 * 2 ** 20;

/** @param input what git reads from its standard input */
function git(cwd: string, args: readonly string[], input?: string): Promise<Buffer> {
  return new Promise((done, fail) => {
    const child = execFile(
      'git',
      ['-C', cwd, ...args],
      { encoding: 'buffer', maxBuffer: MOST },
      (error, stdout, stderr) => {
        if (!error) return done(stdout);
        if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          return fail(new Refusal('git is not installed', { cause: error }));
        fail(new Error(stderr.toString().trim() || error.message, { cause: error }));
      },
    );
    // What it answers tells what went wrong; that it no longer listened says nothing more.
    child.stdin?.on('error', () => {});
    if (input !== undefined) child.stdin?.end(input);
  });
}

const textOf = async (answer: Promise<Buffer>): Promise<string> => (await answer).toString('utf8').trim();

/**
 * Takes the rules folder out of a commit. Whatever the ref is called, it is only ever a revision to git, never an option.
 * @param asked a ref, or `ref:folder`
 * @param beside a rules folder in the working tree: the same one is meant, where the ref names none; one that is in no
 *   repository says nothing
 */
export async function gitRules(asked: string, beside: string | undefined): Promise<GitRules> {
  const [ref = '', ...folders] = asked.split(':');
  const named = folders.length > 0 ? folders.join(':') : undefined;
  const repository = (dir: string): Promise<string> => textOf(git(dir, ['rev-parse', '--show-toplevel']));
  const ofBeside =
    beside === undefined
      ? null
      : await repository(beside).catch((error: unknown) => {
          if (error instanceof Refusal) throw error;
          return null;
        });
  const top =
    ofBeside ??
    (await repository('.').catch((error: unknown) => {
      if (error instanceof Refusal) throw error;
      throw new Refusal(`there is no folder ${asked}, and no git repository here that could know it`, {
        cause: error,
      });
    }));
  const commit = await textOf(
    git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]),
  ).catch((error: unknown) => {
    throw new Refusal(`"${ref}" is neither a folder nor a commit of this repository`, { cause: error });
  });
  const prefix =
    beside === undefined || ofBeside === null
      ? 'rules'
      : await textOf(git(beside, ['rev-parse', '--show-prefix']));
  const asFolder = (path: string): string => path.replace(/\/+$/, '') || '.';
  let folder = asFolder(named ?? prefix);
  let files = await blobs(top, commit, folder);
  // A folder that is new since: what it is held against are the rules.
  if (files.length === 0 && named === undefined && folder !== 'rules') {
    const rules = await blobs(top, commit, 'rules');
    if (rules.length > 0) [folder, files] = ['rules', rules];
  }
  if (files.length === 0)
    throw new Refusal(`there are no rules in the folder ${folder} of ${ref}; name it as ${ref}:FOLDER`);
  const dir = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    for (const { path, content } of files) {
      const target = normalize(join(dir, path));
      if (relative(dir, target).startsWith(`..${sep}`))
        throw new Refusal(`${ref} holds a file outside of ${folder}`);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { dir, label: folder === '.' ? ref : `${ref}:${folder}`, remove };
}

interface Blob {
  /** Below the rules folder. */
  readonly path: string;
  readonly content: Buffer;
}

/** The plain files below a folder of a commit; links and submodules are no rules. */
async function blobs(top: string, commit: string, folder: string): Promise<Blob[]> {
  const tree = folder === '.' ? commit : `${commit}:${folder}`;
  const listed = await git(top, ['ls-tree', '-r', '-z', '--full-tree', tree]).catch(() => Buffer.alloc(0));
  const files = listed
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode = '', id = '', path = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return mode.startsWith('100') ? [{ id, path }] : [];
    });
  if (files.length === 0) return [];
  const answer = await git(top, ['cat-file', '--batch'], files.map(({ id }) => `${id}\n`).join(''));
  let offset = 0;
  return files.map(({ path }) => {
    const header = answer.indexOf('\n', offset);
    const size = Number(answer.toString('utf8', offset, header).split(' ')[2]);
    const content = answer.subarray(header + 1, header + 1 + size);
    offset = header + 1 + size + 1;
    return { path, content };
  });
}
