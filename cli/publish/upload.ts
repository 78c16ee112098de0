import { type Origin } from '../../core/publish/origin.ts';
import { manifestOf, partsOf, tooLarge } from '../../core/publish/parts.ts';
import { rulesetHash } from '../../core/ruleset.ts';
import { allTests } from '../../rulefiles/all-tests.ts';
import { readFolder } from '../../rulefiles/folder.ts';
import { type Io, Refusal } from '../io.ts';
import { sound } from '../rules.ts';
import { originOf } from './origin.ts';
import { type Publisher } from './publisher.ts';

/** What one request may carry: a function takes 6 MB, escaped as JSON once more. */
const MOST_BYTES = 2_500_000;

export interface Uploaded {
  readonly hash: string;
  readonly origin: Origin;
}

/** Checks a rules folder, its tests too, and writes it into the product's table. Nothing is live by that. */
export async function upload(dir: string, publisher: Publisher, io: Io): Promise<Uploaded> {
  const checked = await checkedRules(dir, io);
  const { hash: _hash, ...ruleset } = checked;
  const hash = rulesetHash(ruleset);
  const parts = partsOf(ruleset);
  const large = tooLarge(parts);
  if (large.length > 0) throw new Refusal(large.join('; '));
  const origin = await originOf(dir);
  for (const batch of batches(parts)) await publisher.ask({ op: 'put', hash, parts: batch });
  await publisher.ask({ op: 'announce', hash, parts: manifestOf(parts).parts, origin });
  return { hash, origin };
}

async function checkedRules(dir: string, io: Io): ReturnType<typeof sound> {
  const ruleset = await sound(dir, io);
  const { failed, issues } = await allTests(readFolder(dir).files, ruleset);
  if (failed > 0 || issues.length > 0)
    throw new Refusal(
      `${failed + issues.length} of the tests in ${dir} ${failed + issues.length === 1 ? 'fails' : 'fail'}; \`kindling check --rules ${dir}\` says which`,
    );
  return ruleset;
}

/** Parts in as few requests as carry them. */
function* batches(parts: Readonly<Record<string, string>>): Generator<Record<string, string>> {
  let batch: Record<string, string> = {};
  let bytes = 0;
  for (const [name, text] of Object.entries(parts)) {
    const size = Buffer.byteLength(text);
    if (bytes > 0 && bytes + size > MOST_BYTES) {
      yield batch;
      batch = {};
      bytes = 0;
    }
    batch[name] = text;
    bytes += size;
  }
  yield batch;
}
