import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { type Ran } from '../cli/run.ts';
import { planOfDocs } from './plan.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'plan.md'), 'utf8');

test('the plan on the page is what the command says', async () => {
  const [, shown = ''] = /```text\n(.*?)```/s.exec(page) ?? [];
  const { out, code } = await planOfDocs('text');
  expect(out).toBe(shown);
  expect(code).toBe(2);
});

describe('in the other formats', () => {
  let markdown: Ran;
  let html: Ran;
  beforeAll(async () => {
    markdown = await planOfDocs('markdown');
    html = await planOfDocs('html');
  });

  test('markdown says the same in tables, and folds what is long', () => {
    expect(markdown.out).toContain(
      '**52 leads change, 14 into another band, 14 qualify; 14 handoffs at once.**',
    );
    expect(markdown.out).toContain('| changed | `band hot` | `enter 70 → 65`<br>`leave: 60 (new)` |');
    expect(markdown.out).toContain('| handoffs | **14** | 2 | 3.64 |');
    expect(markdown.out).toContain('<summary>The ten leads that move most</summary>');
    expect(markdown.out).toContain('| precision of qualified | 57.1 % | 43.5 % ▼ |');
    // Every line of a table has as many cells as its head.
    for (const block of markdown.out.split('\n\n').filter((part) => part.startsWith('|'))) {
      const cells = block.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  test('the page stands alone, draws who moves, and says it for those who do not see it', () => {
    expect(html.out).toMatch(/^<!doctype html>/);
    expect(html.out).not.toMatch(/<script|https?:\/\//);
    expect(html.out).toContain('<title>warm → hot: 14</title>');
    expect(html.out).toContain('aria-label="Leads by band, before on the left and after on the right"');
    const widths = [...html.out.matchAll(/<path [^>]*stroke-width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(4);
  });
});
