import { type RuleIssue } from '../../core/issue.ts';
import { type RuleFile } from '../../rulefiles/folder.ts';

const KINDS: readonly (readonly [RegExp, RuleFile['kind']])[] = [
  [/\.test\.yaml$/, 'test'],
  [/^scores\//, 'score'],
  [/^journeys\//, 'journey'],
  [/^emails\//, 'email'],
];

/** A rules folder that was never written down: file names to texts. */
export function memoryFolder(files: Readonly<Record<string, string>>): RuleFile[] {
  return Object.entries(files).map(([file, text]) => {
    const name = file.slice(file.lastIndexOf('/') + 1).replace(/(\.test)?\.[a-z]+$/, '');
    const kind = KINDS.find(([pattern]) => pattern.test(file))?.[1] ?? (name as RuleFile['kind']);
    return { kind, file, name, text };
  });
}

/** A problem or a warning as a line: `bands.yaml:2:1 there is no band …`. */
export const told = ({ file, line, column, message, suggestion }: RuleIssue): string =>
  `${file}:${line}:${column} ${message}${suggestion === undefined ? '' : ` (${suggestion}?)`}`;
