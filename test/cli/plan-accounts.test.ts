import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { AccountImpact } from '../../core/impact/report.ts';
import { folder, RULES } from './folder.ts';
import { run } from './run.ts';

const NOW = '2026-03-02T12:00:00.000Z';
const at = (daysAgo: number): string => new Date(Date.parse(NOW) - daysAgo * 86_400_000).toISOString();
const BASE: Readonly<Record<string, string>> = {
  ...RULES,
  'rules/accounts.yaml':
    'account:\n  rollup:\n    intent: { sum: intent }\n' +
    '  bands: { of: intent, quiet: 0, surging: { enter: 40, leave: 20 } }\n  qualified: { band: [surging] }\n',
};

let sent = 0;
/** Looks at prices so often, so many days ago; ten points each, halved every ten days. */
const person = (userId: string, domain: string, daysAgo: number, times: number): string =>
  [
    { type: 'identify', traits: { email: `${userId}@${domain}` } },
    ...Array.from({ length: times }, () => ({ type: 'page', properties: { path: '/pricing' } })),
  ]
    .map((fields) => ({ userId, messageId: `m${(sent += 1)}`, timestamp: at(daysAgo), ...fields }))
    .map((message) => `${JSON.stringify(message)}\n`)
    .join('');

const planned = async (events: string, accounts: readonly [from: string, to: string]) => {
  const head = { ...BASE, 'rules/accounts.yaml': (BASE['rules/accounts.yaml'] ?? '').replace(...accounts) };
  const under = Object.entries(head).map(([file, text]) => [file.replace(/^rules/, 'head'), text]);
  const dir = folder({ ...BASE, ...(Object.fromEntries(under) as typeof head), 'events.ndjson': events });
  const [base, next, history] = ['rules', 'head', 'events.ndjson'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const args = ['--base', base, '--head', next, '--history', history, '--at', NOW, '--format', 'json'];
  const { out, err, code } = await run(['plan', ...args]);
  expect(err).not.toContain('kindling:');
  return { code, accounts: (JSON.parse(out) as { accounts: AccountImpact }).accounts };
};

// Eight days ago fifty points of two people, now 29: between where surging is left and where it is entered.
const FALLEN = person('ann', 'fallen.example', 8, 3) + person('bea', 'fallen.example', 8, 2);
// As many points, but never more.
const RISING = person('cid', 'rising.example', 0.01, 3);

test('an account of which only events are known stays in the band that it came from, until it is left', async () => {
  const { accounts } = await planned(FALLEN + RISING, ['leave: 20', 'leave: 21']);
  expect(accounts).toMatchObject({
    before: { quiet: 1, surging: 1 },
    after: { quiet: 1, surging: 1 },
    moves: [],
  });
});

test('where the new rules let go of it sooner, that account moves, and only that one', async () => {
  const { accounts, code } = await planned(FALLEN + RISING, ['leave: 20', 'leave: 35']);
  expect(accounts).toMatchObject({
    before: { quiet: 1, surging: 1 },
    after: { quiet: 2, surging: 0 },
    moves: [{ from: 'surging', to: 'quiet', count: 1 }],
    qualified: { enter: 0, leave: 1 },
  });
  expect(code).toBe(2);
});

test('where they let it in sooner, the one that rises enters; without a handoff.yaml nobody hears of it', async () => {
  const { accounts } = await planned(FALLEN + RISING, ['enter: 40', 'enter: 25']);
  expect(accounts).toMatchObject({
    moves: [{ from: 'quiet', to: 'surging', count: 1 }],
    qualified: { enter: 1, leave: 0 },
    handoffs: { now: 0 },
  });
});
