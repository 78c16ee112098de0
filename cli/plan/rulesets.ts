import { existsSync, statSync } from 'node:fs';

import { type HashedRuleset } from '../../core/impact/replays.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { type Io, Refusal } from '../io.ts';
import { issueLine } from '../rules.ts';
import { gitRules } from './git-rules.ts';

/** A ruleset, and what it is called in a plan. */
export interface NamedRuleset {
  readonly label: string;
  readonly ruleset: HashedRuleset;
}

const isFolder = (name: string): boolean => existsSync(name) && statSync(name).isDirectory();

/** Reads the rules of a folder, or of a commit. @param beside the folder that a commit's is looked up by */
export async function namedRuleset(asked: string, beside: string | undefined, io: Io): Promise<NamedRuleset> {
  if (isFolder(asked)) return { label: asked, ruleset: await soundAt(asked, asked, io) };
  const { dir, label, remove } = await gitRules(
    asked,
    beside !== undefined && isFolder(beside) ? beside : undefined,
  );
  try {
    return { label, ruleset: await soundAt(dir, label, io) };
  } finally {
    await remove();
  }
}

/** @param label what people know the folder as */
async function soundAt(dir: string, label: string, io: Io): Promise<HashedRuleset> {
  const loaded = await loadRules(dir);
  if (loaded.ok) return loaded.value;
  const [first] = loaded.issues;
  if (first?.file === '') throw new Refusal(`the rules folder cannot be read: ${first.message}`);
  for (const issue of loaded.issues) io.err(issueLine(io, label, issue, 'error'));
  const count = loaded.issues.length;
  throw new Refusal(`the rules in ${label} have ${count === 1 ? 'a problem' : `${count} problems`}`);
}
