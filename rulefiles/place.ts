import { type CheckIssue, type Report, reporter } from '../core/check/issues.ts';
import { type RuleIssue } from '../core/issue.ts';
import { type Path, type Source } from './source.ts';

/** A problem in a file's data, at the line and column where an author finds it. */
export function placed(source: Source, { path, message, suggestion }: Omit<CheckIssue, 'file'>): RuleIssue {
  const value = reach(source.value, path);
  // a mapping or a list begins below its key, and a message that names the key is about the key
  const isScalar = value !== null && value !== undefined && typeof value !== 'object';
  const isAboutKey = message.includes(`\`${path.at(-1)}\``) && value !== path.at(-1);
  const place = isScalar && !isAboutKey ? source.at(path) : source.atKey(path);
  return { file: source.file, ...place, message, ...(suggestion !== undefined && { suggestion }) };
}

/** For checks of core that report as they go. */
export function reportInto(source: Source, issues: RuleIssue[]): Report {
  const found: CheckIssue[] = [];
  const report = reporter(source.file, found);
  return (...problem) => {
    report(...problem);
    issues.push(...found.splice(0).map((issue) => placed(source, issue)));
  };
}

function reach(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (found instanceof Map) found = found.get(String(part));
    else if (typeof found === 'object' && found !== null)
      found = (found as Record<string, unknown>)[String(part)];
    else return undefined;
  }
  return found;
}
