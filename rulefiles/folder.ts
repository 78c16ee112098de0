import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { type RuleIssue } from '../core/issue.ts';
import { nearest } from '../core/nearest.ts';

/** What a file in a rules folder says, by its name. */
export type Kind =
  | 'settings'
  | 'score'
  | 'bands'
  | 'accounts'
  | 'journey'
  | 'email'
  | 'partial'
  | 'handoff'
  | 'source'
  | 'source-test'
  | 'test';

export interface RuleFile {
  readonly kind: Kind;
  /** Relative to the rules folder, with forward slashes. */
  readonly file: string;
  /** Without folder and ending: `emails/trial.mjml` is `trial`. */
  readonly name: string;
  readonly text: string;
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^sources\/[^/]+\.test\.yaml$/, 'source-test'],
  [/\.test\.ya?ml$/, 'test'],
  [/^settings\.yaml$/, 'settings'],
  [/^bands\.yaml$/, 'bands'],
  [/^accounts\.yaml$/, 'accounts'],
  [/^handoff\.yaml$/, 'handoff'],
  [/^scores\/[^/]+\.yaml$/, 'score'],
  [/^journeys\/[^/]+\.yaml$/, 'journey'],
  [/^emails\/_[^/]+\.mjml$/, 'partial'],
  [/^emails\/[^/]+\.mjml$/, 'email'],
  [/^sources\/[^/]+\.yaml$/, 'source'],
];

const NOWHERE = { line: 1, column: 1 };
const NO_SUCH_FILE =
  'no rule file has this name; there are settings.yaml, bands.yaml, accounts.yaml, handoff.yaml, scores/*.yaml, ' +
  'journeys/*.yaml, emails/*.mjml, sources/*.yaml and **/*.test.yaml';
/** Bytes; what people write by hand is shorter. */
const LONGEST = 2_000_000;
const FOLDERS = ['scores', 'journeys', 'emails', 'sources'];
const AT_TOP = ['settings.yaml', 'bands.yaml', 'accounts.yaml', 'handoff.yaml'];

/** The name that a file would have if it were a rule file: another ending, another folder, or no folder between. */
function meantName(file: string): string | undefined {
  const path = file.replace(/\.yml$/, '.yaml').split('/');
  const name = path.at(-1) ?? '';
  const folder = path.length > 1 ? nearest(path[0] ?? '', FOLDERS) : undefined;
  const meant = folder === undefined ? nearest(name, AT_TOP) : `${folder}/${name}`;
  return meant !== undefined && KINDS.some(([pattern]) => pattern.test(meant)) ? meant : undefined;
}

/** A folder that cannot be read at all; all else that is wrong in it is a `RuleIssue`. */
export class UnreadableFolder extends Error {
  override readonly name = 'UnreadableFolder';
}

/** What is wrong with a file itself; told as a `RuleIssue`. */
class Unfit extends Error {}

/**
 * The bytes of a rule file. Rules come by pull request: a link must not fetch what lies elsewhere on the machine that
 * checks them, nor a device or a pipe keep it waiting.
 * @param root of the rules folder, with every link in it followed
 */
function bytesOf(root: string, path: string): Buffer {
  const real = realpathSync(path);
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new Unfit('this link leads out of the rules folder; put the file itself here');
  const found = statSync(real);
  if (!found.isFile()) throw new Unfit('this is no plain file');
  if (found.size > LONGEST) throw new Unfit(`longer than ${LONGEST} bytes`);
  return readFileSync(real);
}

/** Reads every rule file below `dir`, in the order of their names; hidden files and Markdown are for people. */
export function readFolder(dir: string): { files: readonly RuleFile[]; issues: readonly RuleIssue[] } {
  const files: RuleFile[] = [];
  const issues: RuleIssue[] = [];
  const names = list(dir);
  const root = realpathSync(dir);
  for (const file of names) {
    const kind = KINDS.find(([pattern]) => pattern.test(file))?.[1];
    const problem = (message: string): number => issues.push({ ...NOWHERE, file, message });
    if (kind === undefined) {
      const suggestion = meantName(file);
      issues.push({
        ...NOWHERE,
        file,
        message: NO_SUCH_FILE,
        ...(suggestion !== undefined && { suggestion }),
      });
      continue;
    }
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(root, join(dir, file)));
      const name = file.slice(file.lastIndexOf('/') + 1).replace(/(\.test)?\.[a-z]+$/, '');
      files.push({ kind, file, name, text });
    } catch (error) {
      problem(
        error instanceof TypeError
          ? 'this file is not UTF-8 text; save it as UTF-8'
          : error instanceof Unfit
            ? error.message
            : `cannot be read: ${(error as Error).message}`,
      );
    }
  }
  return { files, issues };
}

function list(dir: string): string[] {
  try {
    if (!statSync(dir).isDirectory()) throw new UnreadableFolder(`${dir} is not a folder`);
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((file) => !file.endsWith('.md') && !file.split('/').some((part) => part.startsWith('.')))
      .sort();
  } catch (error) {
    if (error instanceof UnreadableFolder) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'there is no such folder'
        : code === 'EACCES'
          ? 'permission denied'
          : (error as Error).message;
    throw new UnreadableFolder(`${dir}: ${reason}`, { cause: error });
  }
}
