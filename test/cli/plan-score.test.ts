import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { folder } from './folder.ts';
import { run } from './run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EVENTS = join(ROOT, 'examples', 'events.ndjson.gz');
const AT = '2026-11-01T00:00:00.000Z';

interface Scored {
  readonly email: string | null;
  readonly total: number;
  readonly band: string;
  readonly qualified: boolean;
}
interface Planned {
  readonly leads: number;
  readonly rules: Record<'added' | 'changed' | 'removed', readonly { readonly name: string }[]>;
  readonly bands: {
    readonly before: Record<string, number>;
    readonly after: Record<string, number>;
    readonly moves: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  };
  readonly qualified: { readonly enter: number; readonly leave: number };
  readonly top: readonly { readonly lead: string; readonly before: number; readonly after: number }[];
}

/** What `kindling score` says of everybody, in the order of the file. */
async function scored(rules: string): Promise<Scored[]> {
  const { out, code, err } = await run(['score', '--rules', rules, '--events', EVENTS, '--at', AT, '--json']);
  expect(code, err).toBe(0);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Scored & { readonly userId?: string })
    .map(({ email, userId, ...rest }, n) => ({ ...rest, email: email ?? userId ?? String(n) }))
    .sort((a, b) => (String(a.email) < String(b.email) ? -1 : 1));
}

let before: Scored[] = [];
beforeAll(async () => {
  before = await scored(join(ROOT, 'rules'));
});

const counted = (leads: readonly Scored[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { band } of leads) counts[band] = (counts[band] ?? 0) + 1;
  return counts;
};
const some = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

// Each is somebody's pull request: a file of rules/, and what is said instead of what in it.
test.each([
  ['points', 'scores/intent.yaml', 'points: 7', 'points: 17', 2],
  ['a half-life', 'scores/engagement.yaml', 'half_life: 14d', 'half_life: 3d', 2],
  ['a cap', 'scores/engagement.yaml', /cap: \d+/g, 'cap: 1', 2],
  ['a new band', 'bands.yaml', '  warm: 45', '  lukewarm: 35\n  warm: 45', 2],
  ['a threshold', 'bands.yaml', 'hot: { enter: 70, leave: 60 }', 'hot: { enter: 50, leave: 40 }', 2],
  ['the weights of the total', 'bands.yaml', 'engagement: 1, intent: 1', 'engagement: 0.5, intent: 2', 2],
  ['who qualifies', 'bands.yaml', 'qualified: { band: [hot]', 'qualified: { band: [warm, hot]', 2],
  ['a rule’s name', 'scores/intent.yaml', '  pricing-page:', '  price-page:', 0],
  ['a comment', 'scores/intent.yaml', 'rules:\n', '# Nothing else.\nrules:\n', 0],
] as const)('of %s, a plan says what scoring under both rulesets says', async (_, file, from, to, exit) => {
  const head = join(folder(), 'head');
  cpSync(join(ROOT, 'rules'), head, { recursive: true });
  const text = readFileSync(join(head, file), 'utf8');
  writeFileSync(join(head, file), text.replaceAll(from, to));
  expect(readFileSync(join(head, file), 'utf8')).not.toBe(text);
  const { out, code, err } = await run([
    'plan', '--base', join(ROOT, 'rules'), '--head', head, '--history', EVENTS, '--at', AT, '--format', 'json',
    '--show-pii',
  ]); // prettier-ignore
  expect(code, err).toBe(exit);
  const plan = JSON.parse(out) as Planned;
  const after = await scored(head);

  expect(plan.leads).toBe(before.length);
  expect(some(plan.bands.before)).toEqual(counted(before));
  expect(some(plan.bands.after)).toEqual(counted(after));
  const moves: Record<string, number> = {};
  const qualified = { enter: 0, leave: 0 };
  let [moved, furthest] = [0, 0];
  for (const [n, was] of before.entries()) {
    const is = after[n];
    if (!is) throw new Error('somebody is missing');
    expect(is.email).toBe(was.email);
    if (was.band !== is.band)
      moves[`${was.band} → ${is.band}`] = (moves[`${was.band} → ${is.band}`] ?? 0) + 1;
    if (was.qualified !== is.qualified) qualified[is.qualified ? 'enter' : 'leave'] += 1;
    if (was.total !== is.total) moved += 1;
    furthest = Math.max(furthest, Math.abs(is.total - was.total));
  }
  expect(
    Object.fromEntries(plan.bands.moves.map(({ from, to, count }) => [`${from} → ${to}`, count])),
  ).toEqual(moves);
  expect(plan.qualified).toEqual(qualified);
  if (moved > 0) {
    const [first] = plan.top;
    expect(Math.abs((first?.after ?? 0) - (first?.before ?? 0))).toBeCloseTo(furthest, 6);
    expect(plan.top).toHaveLength(Math.min(10, moved));
  }
  for (const { lead, before: from, after: to } of plan.top)
    expect([before, after].map((all) => all.find(({ email }) => email === lead)?.total ?? null)).toEqual(
      before.some(({ email }) => email === lead) ? [from, to] : [null, null],
    );
});

test('a rule that is only called something else is told as that', async () => {
  const head = join(folder(), 'head');
  cpSync(join(ROOT, 'rules'), head, { recursive: true });
  const file = join(head, 'scores/intent.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('  pricing-page:', '  price-page:'));
  const { out, code } = await run([
    'plan', '--base', join(ROOT, 'rules'), '--head', head, '--history', EVENTS, '--at', AT,
  ]); // prettier-ignore
  expect(code).toBe(0);
  expect(out).toContain('  ~ rule price-page of intent: name pricing-page → price-page\n');
  expect(out).toContain('No changes to any lead.');
});
