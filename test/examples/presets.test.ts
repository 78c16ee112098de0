import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readFolder } from '../../rulefiles/folder.ts';
import { loadFiles } from '../../rulefiles/load.ts';
import { runTests } from '../../rulefiles/tests.ts';
import { exampleFolders } from '../../rulefiles/write-schemas.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = exampleFolders(join(ROOT, 'examples'));
const nameOf = (dir: string): string => dir.slice(ROOT.length + 1);

test('there is an example for each public source', () => {
  expect(EXAMPLES.map(nameOf)).toEqual([
    'examples/account-and-product',
    'examples/content-100',
    'examples/four-groups',
    'examples/gitlab-mql',
    'examples/hundred-points',
    'examples/posthog-70',
    'examples/threshold-70',
  ]);
});

describe.each([...EXAMPLES, join(ROOT, 'rules')].map((dir) => [nameOf(dir), dir]))('%s', (_, dir) => {
  test('has no errors and no warnings, and its tests reproduce its figures', async () => {
    const { files, issues } = readFolder(dir);
    const loaded = await loadFiles(files, issues, { now: Date.now() });
    expect({ issues: loaded.ok ? [] : loaded.issues, warnings: loaded.warnings }).toEqual({
      issues: [],
      warnings: [],
    });
    if (!loaded.ok) return;
    const { passed, failures, issues: slips } = runTests(files, loaded.value);
    expect({ failures, slips }).toEqual({ failures: [], slips: [] });
    expect(passed).toBeGreaterThanOrEqual(5);
  });
});

test.each(EXAMPLES.map((dir) => [nameOf(dir), dir]))('%s says for whom it is, in five lines', (_, dir) => {
  const lines = readFileSync(join(dir, 'README.md'), 'utf8').trimEnd().split('\n');
  expect(lines[0]).toMatch(/^# \S/);
  expect(lines.slice(1).filter((line) => line !== '')).toHaveLength(5);
});

test.each(EXAMPLES.map((dir) => [nameOf(dir), dir]))('%s has a test of the points of each rule', (_, dir) => {
  const { files } = readFolder(dir);
  const tests = files.filter(({ kind }) => kind === 'test').map(({ text }) => text);
  const rules = files
    .filter(({ kind }) => kind === 'score')
    .flatMap(({ text }) => [...text.matchAll(/^ {2}([a-z][a-z0-9-]*):$/gm)].map(([, rule = '']) => rule));
  expect(rules.length).toBeGreaterThan(3);
  expect(rules.filter((rule) => !tests.some((text) => new RegExp(`\\b${rule}:`).test(text)))).toEqual([]);
});
