import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { run } from '../cli/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.git|node_modules|build)$/.test(entry.name))
  .map(({ name }) => name);
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  ...readdirSync(join(ROOT, 'examples'))
    .map((name) => join('examples', name, 'README.md'))
    .filter((name) => existsSync(join(ROOT, name))),
];
/** What users write themselves. */
const THEIRS = new Set(['.github/CODEOWNERS']);
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** What a page calls a file of the repository, as code or as a link's target; patterns and placeholders left out. */
function named(page: string): string[] {
  const text = textOf(page);
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = '']) =>
    join(dirname(page), target),
  );
  const code = [...text.matchAll(/`([\w.-]+\/[\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => FOLDERS.includes(path.split('/')[0] ?? ''));
  return [...links, ...code];
}

/** Each `kindling COMMAND …` of a page with the options that stand on its line, continued lines taken together. */
function commands(page: string): { line: string; name: string; options: string[] }[] {
  const text = textOf(page).replaceAll(/\\\n\s*/g, '');
  return [...text.matchAll(/(?:npx kindling|`kindling|^kindling) ([a-z]+)([^`\n#|>]*)/gm)].map(
    ([line, name = '', rest = '']) => ({
      line,
      name,
      options: [...rest.replaceAll(/"[^"]*"/g, '').matchAll(/ --([a-z][a-z-]*)/g)].map(
        ([, option = '']) => option,
      ),
    }),
  );
}

const helps = new Map<string, Promise<{ code: number; out: string }>>();
function helpOf(command: string): Promise<{ code: number; out: string }> {
  const known = helps.get(command) ?? run([command, '--help']);
  helps.set(command, known);
  return known;
}

describe.each(PAGES)('%s', (page) => {
  test('names files that exist', () => {
    expect(named(page).filter((path) => !THEIRS.has(path) && !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('names commands that exist, with options that they have', async () => {
    const slips: string[] = [];
    for (const { line, name, options } of commands(page)) {
      const { code, out } = await helpOf(name);
      if (code !== 0) slips.push(line);
      for (const option of options) if (!out.includes(`--${option.replace(/^no-/, '')}`)) slips.push(line);
    }
    expect(slips).toEqual([]);
  });
});

test('what is looked for is found', () => {
  expect(named('README.md')).toContain('docs/plan.md');
  expect(commands('README.md').map(({ name }) => name)).toContain('plan');
  expect(commands('docs/operations.md').flatMap(({ options }) => options)).toContain('stack');
});
