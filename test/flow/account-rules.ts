import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = (name: string): string => join(import.meta.dirname, name);

/** The rules of the flow tests, with accounts and products; a folder of its own, which whoever asks removes. */
export async function rulesWithAccounts(): Promise<string> {
  const rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'account-rules']) await cp(folder(part), rules, { recursive: true });
  return rules;
}
