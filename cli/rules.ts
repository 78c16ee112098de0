import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { issueText, type RuleIssue } from '../core/issue.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type LoadOptions, loadRules } from '../rulefiles/load.ts';
import { type Io, Refusal, styled } from './io.ts';
import { ROOT } from './product.ts';

/** The folder that was asked for, else `rules` where one is, else the product's own. */
export function rulesFolder(asked: string | undefined): string {
  if (asked === '') throw new Refusal('--rules needs a folder');
  return asked ?? (existsSync('rules') ? 'rules' : join(ROOT, 'rules'));
}

/** `rules/scores/fit.yaml:12:5  unknown key `capp`; did you mean `cap`?` */
export function issueLine(io: Io, dir: string, issue: RuleIssue, kind: 'error' | 'warning'): string {
  const { file, line, column, message } = issue;
  const label = kind === 'warning' ? styled(io, 'yellow', 'warning: ') : '';
  if (file === '') return `${label}${message}\n`;
  return `${styled(io, 'bold', `${join(dir, file)}:${line}:${column}`)}  ${label}${issueText(issue)}\n`;
}

/** The ruleset of a folder, or a refusal that tells every problem. */
export async function sound(
  dir: string,
  io: Io,
  options: LoadOptions = {},
): Promise<Ruleset & { readonly hash: string }> {
  const loaded = await loadRules(dir, options);
  if (loaded.ok) return loaded.value;
  const [first, ...others] = loaded.issues;
  if (first?.file === '') throw new Refusal(`the rules folder cannot be read: ${first.message}`);
  for (const issue of loaded.issues) io.err(issueLine(io, dir, issue, 'error'));
  throw new Refusal(
    `the rules in ${dir} have ${others.length === 0 ? 'a problem' : `${others.length + 1} problems`}`,
  );
}
