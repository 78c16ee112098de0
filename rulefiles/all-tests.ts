import { runSourceTests } from './sources.ts';
import { runTests, type TestReport } from './tests.ts';

/** Runs all tests that lie in a rules folder: those of rules, and those of sources. */
export async function allTests(
  files: Parameters<typeof runTests>[0],
  ruleset: Parameters<typeof runTests>[1],
): Promise<TestReport> {
  const rules = runTests(files, ruleset);
  const sources = await runSourceTests(files, ruleset.sources ?? {});
  return {
    passed: rules.passed + sources.passed,
    failed: rules.failed + sources.failed,
    failures: [...rules.failures, ...sources.failures],
    issues: [...rules.issues, ...sources.issues],
  };
}
