import { shapeProblems } from '../core/check/shape.ts';
import { type RuleIssue } from '../core/issue.ts';
import { Source as SourceRules, SourceTests } from '../core/schema/source.ts';
import { checkExpression } from '../core/sources/expression.ts';
import { fromSource } from '../core/sources/map.ts';
import { type RuleFile } from './folder.ts';
import { placed, reportInto } from './place.ts';
import { readYaml, type Source } from './source.ts';
import { type TestReport } from './tests.ts';

/** Reads a file of `sources/`. */
export function readSource(source: Source): { rules?: SourceRules; issues: readonly RuleIssue[] } {
  const issues: RuleIssue[] = [];
  const report = reportInto(source, issues);
  shapeProblems(SourceRules, source.value, report);
  if (issues.length > 0) return { issues };
  const rules = SourceRules.parse(source.value);
  const name = source.file.slice(source.file.lastIndexOf('/') + 1).replace(/\.yaml$/, '');
  if (rules.source !== name) report(['source'], `must be the name of its file, \`${name}\``);
  const checked = checkExpression(rules.map);
  if (!checked.ok) {
    const before = rules.map.slice(0, checked.position ?? 0);
    const line = before.split('\n').length;
    issues.push(
      placed(source, {
        path: ['map'],
        message: `the expression is wrong at its line ${line}: ${checked.reason}`,
      }),
    );
  }
  return issues.length > 0 ? { issues } : { rules, issues };
}

/** As plain JSON: a mapping with keys that look like numbers was read as a Map. */
const plain = (value: unknown): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

const RECEIVED = Date.parse('2026-01-01T00:00:00Z');

/** Runs every `sources/*.test.yaml`: recorded payloads through their source's expression. */
export async function runSourceTests(
  files: readonly RuleFile[],
  sources: Readonly<Record<string, Pick<SourceRules, 'source' | 'map'>>>,
): Promise<TestReport> {
  const total = { passed: 0, failed: 0 };
  const issues: RuleIssue[] = [];
  const failures: TestReport['failures'][number][] = [];
  for (const { kind, file, name, text } of files) {
    if (kind !== 'source-test') continue;
    const { source, issues: broken } = readYaml(file, text);
    issues.push(...broken);
    if (broken.length > 0) continue;
    const slips: RuleIssue[] = [];
    shapeProblems(SourceTests, plain(source.value), reportInto(source, slips));
    issues.push(...slips);
    if (slips.length > 0) continue;
    for (const [index, test] of SourceTests.parse(plain(source.value)).entries()) {
      const rules = sources[test.source ?? name];
      if (rules === undefined) {
        issues.push(
          placed(source, { path: [index], message: `there is no source \`${test.source ?? name}\`` }),
        );
        continue;
      }
      const { messages, refused } = await fromSource(rules, test.payload, {
        id: 'test',
        receivedAt: RECEIVED,
      });
      const got = refused.length > 0 ? refused.map(({ reason }) => ({ refused: reason })) : messages;
      const holds =
        got.length === test.expect.length && test.expect.every((one, place) => includes(got[place], one));
      total[holds ? 'passed' : 'failed'] += 1;
      if (holds) continue;
      const { line } = source.at([index, 'expect']);
      const shown = { when: 'the payload', what: 'messages', contributions: [] };
      failures.push({
        ...{ file, line, test: test.name, ...shown },
        ...{ expected: JSON.stringify(test.expect), got: JSON.stringify(got) },
      });
    }
  }
  return { ...total, failures, issues };
}

/** Whether all that `wanted` names is so in `got`. */
const includes = (got: unknown, wanted: unknown): boolean => {
  if (typeof wanted !== 'object' || wanted === null) return got === wanted;
  if (typeof got !== 'object' || got === null) return false;
  if (Array.isArray(wanted))
    return (
      Array.isArray(got) &&
      got.length === wanted.length &&
      wanted.every((each, at) => includes(got[at], each))
    );
  return Object.entries(wanted).every(([key, inner]) =>
    includes((got as Record<string, unknown>)[key], inner),
  );
};
