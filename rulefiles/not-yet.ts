import { type RuleIssue } from '../core/issue.ts';
import { type RuleFile } from './folder.ts';
import { placed } from './place.ts';
import { type Source } from './source.ts';

/** What the language knows and this version does not carry out is refused, never ignored. */
export function notYet(kind: RuleFile['kind'], source: Source): RuleIssue[] {
  if (kind === 'source')
    return [placed(source, { path: [], message: `${source.file} is not built yet; remove this file` })];
  const { value } = source;
  const later = kind === 'settings' && typeof value === 'object' && value !== null && 'quiet_hours' in value;
  return later ? [placed(source, { path: ['quiet_hours'], message: '`quiet_hours` is not built yet' })] : [];
}
