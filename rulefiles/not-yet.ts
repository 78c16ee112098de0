import { type RuleIssue } from '../core/issue.ts';
import { type RuleFile } from './folder.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** What the language knows and this version does not carry out is refused, never ignored. */
export function notYet(kind: RuleFile['kind'], source: Source): RuleIssue[] {
  if (kind === 'source')
    return [placed(source, { path: [], message: `${source.file} is not built yet; remove this file` })];
  return [];
}
