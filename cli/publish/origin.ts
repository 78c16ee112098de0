import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Origin, RuleOrigin } from '../../core/publish/origin.ts';
import { readFolder } from '../../rulefiles/folder.ts';
import { ruleLines } from '../../rulefiles/rule-lines.ts';

const run = promisify(execFile);

/** What git says, or null where there is none. */
const git = async (dir: string, ...args: string[]): Promise<string | null> => {
  try {
    const { stdout } = await run('git', ['-C', dir, ...args], { maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch {
    return null;
  }
};

/** Who switches rules, as people know them: in a workflow whoever started it, else as git knows them here. */
export async function whoAmI(dir: string): Promise<string | null> {
  const { GITHUB_ACTOR, GITLAB_USER_LOGIN, USER } = process.env;
  const name = (await git(dir, 'config', 'user.name'))?.trim();
  return [GITHUB_ACTOR, GITLAB_USER_LOGIN, name, USER].find((one) => one !== undefined && one !== '') ?? null;
}

/**
 * Where a rules folder comes from: the commit that is checked out, who publishes, and of each rule who last changed its
 * lines. Lines that are not committed are nobody's yet. Without git all of that is unknown, which keeps nobody from publishing.
 */
export async function originOf(dir: string): Promise<Origin> {
  const head = (await git(dir, 'rev-parse', '--short=12', 'HEAD'))?.trim() ?? null;
  const changed = head === null ? '' : ((await git(dir, 'status', '--porcelain', '--', '.')) ?? '');
  const by = await whoAmI(dir);
  const rules: Record<string, RuleOrigin> = {};
  for (const { kind, file } of readFolder(dir).files)
    if (kind === 'score') Object.assign(rules, await rulesIn(dir, file, head !== null));
  return { commit: head === null ? null : changed.trim() === '' ? head : `${head}+`, by, rules };
}

const rulesIn = async (dir: string, file: string, blamed: boolean): Promise<Record<string, RuleOrigin>> => {
  const lines = ruleLines(readFileSync(join(dir, file), 'utf8'));
  const text = blamed ? await git(dir, 'blame', '--line-porcelain', '--', file) : null;
  const blame = text === null ? [] : readBlame(text);
  return Object.fromEntries(
    Object.entries(lines).map(([name, [first, last]]) => [
      name,
      { file, line: first, ...newest(blame.slice(first - 1, last)) },
    ]),
  );
};

type Blamed = Pick<RuleOrigin, 'commit' | 'author' | 'at'>;
const NOBODY: Blamed = { commit: null, author: null, at: null };

/** Of some lines what was changed last; a line that is not committed is later than all. */
const newest = (lines: readonly Blamed[]): Blamed =>
  lines.some(({ commit }) => commit === null)
    ? NOBODY
    : lines.reduce((a, b) => ((b.at ?? 0) > (a.at ?? 0) ? b : a), lines[0] ?? NOBODY);

/** `git blame --line-porcelain`: for each line a header, fields, and the line itself behind a tab. */
export const readBlame = (text: string): Blamed[] => {
  const lines: Blamed[] = [];
  let commit = '';
  let author = '';
  let at = 0;
  for (const line of text.split('\n')) {
    const header = /^([0-9a-f]{40}) \d+ \d+/.exec(line);
    if (header) commit = header[1] ?? '';
    else if (line.startsWith('author ')) author = line.slice('author '.length);
    else if (line.startsWith('author-time ')) at = Number(line.slice('author-time '.length)) * 1_000;
    else if (line.startsWith('\t'))
      lines.push(/^0+$/.test(commit) ? NOBODY : { commit: commit.slice(0, 12), author, at });
  }
  return lines;
};
