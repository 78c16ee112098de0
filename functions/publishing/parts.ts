import {
  manifestOf,
  notThose,
  rulesetOf,
  tooLarge,
  type Manifest,
  type Parts,
} from '../../core/publish/parts.ts';
import type { Ruleset } from '../../core/ruleset.ts';
import { manifestKey, rulesetKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import { Invalid, NotFound } from '../errors.ts';

/** Writes parts of a ruleset under its name. A ruleset that is whole is never written again: it may be live. */
export const putParts = async (table: Table, hash: string, parts: Parts): Promise<void> => {
  const large = tooLarge(parts);
  if (large.length > 0) throw new Invalid(large.join('; '));
  if (await isWhole(table, hash)) return;
  for (const [part, body] of Object.entries(parts)) await table.put({ ...rulesetKey(hash, part), body });
};

/** Says which parts a ruleset has. Written after them, and held against them before anything is live. */
export const putManifest = async (table: Table, hash: string, manifest: Manifest): Promise<void> => {
  if (await isWhole(table, hash)) return;
  await table.put({ ...manifestKey(hash), body: JSON.stringify(manifest) });
};

const isWhole = async (table: Table, hash: string): Promise<boolean> => {
  try {
    await readWhole(table, hash);
    return true;
  } catch (error) {
    if (error instanceof NotFound || error instanceof Invalid) return false;
    throw error;
  }
};

/** A ruleset with all its parts, by its own account of them: each is there, is what was announced, and all are that hash. */
export const readWhole = async (table: Table, hash: string): Promise<Ruleset> => {
  const item = await table.get(manifestKey(hash));
  if (item === null) throw new NotFound(`ruleset ${hash} is not published`);
  const manifest = JSON.parse(String(item.body)) as Manifest;
  const parts: Record<string, string> = {};
  for (const name of Object.keys(manifest.parts)) {
    const part = await table.get(rulesetKey(hash, name));
    if (part !== null) parts[name] = String(part.body);
  }
  const wrong = notThose(parts, manifest, hash);
  if (wrong !== null) throw new Invalid(`ruleset ${hash} is not whole: ${wrong}; publish it again`);
  return rulesetOf(parts);
};

/** Writes all of a ruleset. */
export const putWhole = async (table: Table, hash: string, parts: Parts): Promise<void> => {
  await putParts(table, hash, parts);
  await putManifest(table, hash, manifestOf(parts));
};
