import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changedRules } from '../flow/changed-rules.ts';
import { run } from './run.ts';

const AT = '2026-03-01T00:00:00Z';
let dir = '';
let rules = '';
let next = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kindling-compare-'));
  rules = await changedRules({});
  // The challenger believes in demos alone.
  next = await changedRules({ 'scores/engagement.yaml': [['points: 50', 'points: 70']] });
  await import('node:fs/promises').then(({ cp }) => cp(next, `${rules}.next`, { recursive: true }));
  const day = (n: number): string => new Date(Date.parse(AT) - n * 86_400_000).toISOString();
  const lines: object[] = [];
  for (let n = 0; n < 120; n += 1) {
    const userId = `u${n}`;
    const won = n % 3 === 0;
    const send = (fields: object): number =>
      lines.push({ userId, messageId: `${userId}-${lines.length}`, ...fields });
    send({ type: 'identify', timestamp: day(20), traits: { email: `${userId}@example.com` } });
    // Who buys asks for a demo; the others look at prices, again and again.
    if (won || n % 10 === 1) send({ type: 'track', event: 'Demo Booked', timestamp: day(12) });
    else
      for (let c = 0; c < 4; c += 1)
        send({ type: 'page', properties: { path: '/pricing' }, timestamp: day(12 - c / 10) });
    send({ type: 'track', event: won ? 'deal.won' : 'deal.lost', timestamp: day(3), properties: {} });
  }
  await writeFile(join(dir, 'events.ndjson'), lines.map((line) => JSON.stringify(line)).join('\n'));
});
afterAll(async () => {
  for (const folder of [dir, rules, next, `${rules}.next`])
    await rm(folder, { recursive: true, force: true });
});

const compare = (...more: string[]) =>
  run(['compare', '--rules', rules, '--history', join(dir, 'events.ndjson'), '--at', AT, ...more]);

test('holds the challenger against what is live, with what chance leaves open', async () => {
  const { out, err, code } = await compare();
  expect(err.split('\n').filter((line) => line !== '' && !line.endsWith('…'))).toEqual([]);
  expect(code).toBe(0);
  expect(out).toContain('Judged by 120 outcomes, 40 won');
  expect(out).toMatch(/recall of qualified +0 % \(0–9\) +100 % \(91–100\) +100 to 100 +better/);
  expect(out).toMatch(/precision of qualified +– +83 %/);
  expect(out).toContain('The challenger is better by recall of qualified');
  expect(out).toContain('To make the challenger live, merge it into rules/.');
  // In a terminal of the usual width.
  for (const line of out.split('\n').slice(2)) expect(line.length).toBeLessThanOrEqual(80);
  // The same sample, the same intervals.
  expect((await compare()).out).toBe(out);
});

test('counts outcomes as far back as it is told', async () => {
  const { out } = await compare('--since', '2d');
  expect(out).toContain('there is nothing to judge by');
  // What is younger than a week has no weeks.
  expect(out).toMatch(/^so far +live +challenger\nhandoffs +0 +0\n/m);
  expect(out).toContain('Counted over 2 days: --since 28d looks further back.');
});

test('says what each would have sent by week', async () => {
  const { out } = await compare('--since', '28d');
  expect(out).toMatch(/^a week +live +challenger\nhandoffs +0 +\d/m);
  expect(out).not.toContain('Counted over');
});

test('is one JSON object for machines', async () => {
  const { out } = await compare('--json');
  expect(JSON.parse(out)).toMatchObject({
    leads: 120,
    measures: expect.arrayContaining([
      expect.objectContaining({ what: 'AUC', verdict: expect.any(String) as string }),
    ]) as unknown[],
  });
});

test('needs a challenger', async () => {
  const { err, code } = await run(['compare', '--rules', next, '--history', join(dir, 'events.ndjson')]);
  expect(code).toBe(1);
  expect(err).toContain('there is no challenger');
});
