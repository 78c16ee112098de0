import { type RuleIssue } from '../core/issue.ts';
import { Handoff, HANDOFF_NOT_YET } from '../core/schema/handoff.ts';
import { nearest } from '../core/nearest.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** Reads `handoff.yaml`. */
export function readHandoff(source: Source): { handoff?: Handoff; issues: readonly RuleIssue[] } {
  const parsed = Handoff.safeParse(source.value);
  if (parsed.success) return { handoff: parsed.data, issues: [] };
  const issues = parsed.error.issues.flatMap((issue): RuleIssue[] => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code !== 'unrecognized_keys') return [placed(source, { path, message: issue.message })];
    const known = path.length === 0 ? Object.keys(Handoff.shape) : ['when', 'name', 'email'];
    return issue.keys.map((key) => {
      if (path.length === 0 && HANDOFF_NOT_YET.includes(key))
        return placed(source, { path: [key], message: `\`${key}\` is not built yet` });
      const suggestion = nearest(key, known);
      const message = `unknown key \`${key}\``;
      return placed(source, {
        path: [...path, key],
        message,
        ...(suggestion !== undefined && { suggestion }),
      });
    });
  });
  return { issues };
}
