import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { run } from '../cli/run.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/from-an-idea-to-a-rule.md'), 'utf8');

/** Fenced blocks in the order of the page. */
const blocks = [...page.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));

const dir = mkdtempSync(join(tmpdir(), 'idea-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Files as they were before the page appended to them. */
const before = new Map<string, string>();

/** A snippet that the page shows again takes the place of what it showed first. */
function append(file: string, snippet: string): void {
  const path = join(dir, file);
  const text = before.get(path) ?? readFileSync(path, 'utf8');
  before.set(path, text);
  writeFileSync(path, text);
  appendFileSync(path, snippet);
}

const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '');

test('the page begins with a copy of an example', () => {
  const shell = blocks.find(({ kind }) => kind === 'sh')?.text ?? '';
  const [, from = '', to = ''] = /^cp -r (\S+) (\S+)$/m.exec(shell) ?? [];
  expect([from, to]).toEqual(['examples/threshold-70', 'my-rules']);
  cpSync(join(ROOT, from), join(dir, to), { recursive: true });
});

/** Each command, and the files that the page has written or changed since the one before. */
const steps = blocks
  .map((block, n) => ({ block, n }))
  .filter(({ block }) => block.kind === 'console')
  .map(({ block, n }, index, all) => ({ ...block, files: blocks.slice((all[index - 1]?.n ?? -1) + 1, n) }));

function write(kind: string, text: string): void {
  const [language, file = ''] = kind.split(' ');
  const [first = '', ...rest] = text.split('\n');
  if (language === 'ndjson') writeFileSync(join(dir, file), text);
  else if (language === 'yaml') append(/^# (\S+), at its end$/.exec(first)?.[1] ?? '', rest.join('\n'));
  else expect(language, text).toBe('sh');
}

test.each(steps.map(({ text, files }) => [text.split('\n', 1)[0] ?? '', text, files] as const))(
  '%s',
  async (first, text, files) => {
    for (const { kind, text: content } of files) write(kind, content);
    const [, command = ''] = /^\$ npx kindling (.+)$/.exec(first) ?? [];
    const argv = command
      .split(' ')
      .map((word) => (/^(my-rules|last-month)/.test(word) ? join(dir, word) : word));
    const { out, err } = await run(argv);
    expect(trimmed(err + out).replaceAll(`${dir}/`, '')).toBe(text.slice(first.length + 1));
  },
);

test('the page shows how a command fails, warns and succeeds', () => {
  const shown = blocks.filter(({ kind }) => kind === 'console').map(({ text }) => text);
  expect(shown.length).toBeGreaterThanOrEqual(6);
  for (const sign of ['✓', '✗', 'did you mean', 'should be', 'warning:'])
    expect(shown.some((text) => text.includes(sign))).toBe(true);
});
