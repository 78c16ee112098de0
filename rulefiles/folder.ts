import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

import { type RuleIssue } from '../core/issue.ts';

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

/** A folder that cannot be read at all; all else that is wrong in it is a `RuleIssue`. */
export class UnreadableFolder extends Error {
  override readonly name = 'UnreadableFolder';
}

/** Reads every rule file below `dir`, in the order of their names; hidden files and Markdown are for people. */
export function readFolder(dir: string): { files: readonly RuleFile[]; issues: readonly RuleIssue[] } {
  const files: RuleFile[] = [];
  const issues: RuleIssue[] = [];
  for (const file of list(dir)) {
    const kind = KINDS.find(([pattern]) => pattern.test(file))?.[1];
    const problem = (message: string): number => issues.push({ file, line: 1, column: 1, message });
    if (kind === undefined) {
      problem(
        'no rule file has this name; there are settings.yaml, bands.yaml, accounts.yaml, handoff.yaml, scores/*.yaml, ' +
          'journeys/*.yaml, emails/*.mjml, sources/*.yaml and **/*.test.yaml',
      );
      continue;
    }
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(dir, file)));
      const name = file.slice(file.lastIndexOf('/') + 1).replace(/(\.test)?\.[a-z]+$/, '');
      files.push({ kind, file, name, text });
    } catch (error) {
      problem(
        error instanceof TypeError
          ? 'this file is not UTF-8 text'
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
      .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, sep).length).split(sep).join('/'))
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
