import { shapeProblems } from '../core/check/shape.ts';
import { type RuleIssue } from '../core/issue.ts';
import { Handoff, HANDOFF_NOT_YET } from '../core/schema/handoff.ts';
import { reportInto } from './place.ts';
import { type Source } from './source.ts';

/** Reads `handoff.yaml`. */
export function readHandoff(source: Source): { handoff?: Handoff; issues: readonly RuleIssue[] } {
  const issues: RuleIssue[] = [];
  const report = reportInto(source, issues);
  shapeProblems(Handoff, source.value, (path, message, wrong, among) => {
    const [key] = path;
    if (path.length === 1 && wrong === key && HANDOFF_NOT_YET.includes(String(key)))
      report(path, `\`${String(key)}\` is not built yet`);
    else report(path, message, wrong, among);
  });
  return issues.length > 0 ? { issues } : { handoff: Handoff.parse(source.value), issues };
}
