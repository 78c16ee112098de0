import type { RuleVersion } from '../../core/publish/request.ts';
import type { Ruleset, Scoring } from '../../core/ruleset.ts';
import { rulesetHash } from '../../core/ruleset.ts';
import { readPart } from '../aws/rulesets.ts';
import { NotFound } from '../errors.ts';
import { readRun } from '../rescoring/progress.ts';
import type { SwitchPorts } from './switch.ts';

/**
 * Each switch by which a rule came, changed or went, oldest first: what it said from then on, who had changed its lines,
 * and how many leads stood in each band before and after all had been brought to those rules.
 */
export const ruleHistory = async (
  { table, published }: Pick<SwitchPorts, 'table' | 'published'>,
  rule: string,
): Promise<readonly RuleVersion[]> => {
  const versions: RuleVersion[] = [];
  let last: string | null = null;
  for (const publication of await published.list()) {
    const scoring = await readPart<Scoring>(table, publication.hash, 'scoring');
    const found = scoring === null ? null : ruleIn(scoring, rule);
    const says = found === null ? null : rulesetHash(found as unknown as Ruleset);
    if (says === last) continue;
    last = says;
    const { epoch, hash, at, commit, by } = publication;
    const [run, origin] = [await readRun(table, epoch), await published.origin(hash)];
    versions.push({
      ...{ epoch, hash, at, commit, by, rule: found, origin: origin?.rules?.[rule] ?? null },
      before: run?.before ?? null,
      after: run?.after ?? null,
    });
  }
  if (versions.length === 0) throw new NotFound(`no ruleset that was ever live has a rule \`${rule}\``);
  return versions;
};

const ruleIn = ({ scores }: Scoring, name: string): RuleVersion['rule'] => {
  for (const { score, rules } of Object.values(scores))
    if (Object.hasOwn(rules, name)) return { score, ...(rules[name] as object) };
  return null;
};
