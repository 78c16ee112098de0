import { expect, test } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { inWords } from '../../cli/report.ts';
import { type ReportedHandoff, reportOf } from '../../core/report/handoffs.ts';

const NOW = Date.parse('2026-05-14T10:00:00Z');
const HOUR = 3_600_000;
const ANSWERS = ['accepted', 'not-now', 'not-a-fit'] as const;
const io = { terminal: false } as Io;

test('a report of long names and long waits has no line of more than 80 columns', () => {
  const all = Array.from({ length: 40 }, (_, n): ReportedHandoff => {
    const at = NOW - n * 41 * HOUR;
    const what = ANSWERS[n % 3] ?? 'accepted';
    return {
      at,
      band: n % 3 === 0 ? 'semi-warm' : 'hot',
      rules: [n % 2 === 0 ? 'visited-integrations-documentation-often' : 'decides'],
      answer:
        n % 5 === 0 ? null : { what, at: at + n * 3.3 * HOUR, reason: n % 3 === 2 ? 'too-small' : null },
      deal: n % 3 === 0 ? 'won' : n % 7 === 0 ? 'lost' : null,
    };
  });
  const text = inWords({ ...reportOf(all, 12, NOW), journeys: [] }, io);
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^2026-05-04 +\d+ +\d+ +\d+% +13 h/m);
  expect(text).toMatch(/^visited-integrations-documentat… +20 +16 +\d+% +2 d/m);
  expect(text).toContain('Not a fit: too-small (');
});
