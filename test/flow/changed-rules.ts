import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RULES = join(import.meta.dirname, 'rules');

/**
 * A copy of the flow tests' rules with some text replaced, file by file.
 * @example changedRules({ 'scores/fit.yaml': [['points: 20', 'points: 30']] })
 */
export const changedRules = async (
  changes: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>,
  base = RULES,
): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  await cp(base, dir, { recursive: true });
  for (const [file, replacements] of Object.entries(changes)) {
    let text = await readFile(join(dir, file), 'utf8');
    for (const [from, to] of replacements) {
      if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
      text = text.replace(from, to);
    }
    await writeFile(join(dir, file), text);
  }
  return dir;
};
