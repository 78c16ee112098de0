import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { AccountImpact, Impact } from '../../core/impact/report.ts';
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

const planned = async (
  events: string,
  accounts: readonly [from: string, to: string],
  files: Readonly<Record<string, string>> = {},
) => {
  const rules = { ...BASE, ...files };
  const head = { ...rules, 'rules/accounts.yaml': (BASE['rules/accounts.yaml'] ?? '').replace(...accounts) };
  const under = Object.entries(head).map(([file, text]) => [file.replace(/^rules/, 'head'), text]);
  const dir = folder({ ...rules, ...(Object.fromEntries(under) as typeof head), 'events.ndjson': events });
  const [base, next, history] = ['rules', 'head', 'events.ndjson'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const args = ['--base', base, '--head', next, '--history', history, '--at', NOW, '--format', 'json'];
  const { out, err, code } = await run(['plan', ...args]);
  expect(err).not.toContain('kindling:');
  const { accounts: impact, mails } = JSON.parse(out) as Pick<Impact, 'mails'> & { accounts: AccountImpact };
  return { code, accounts: impact, mails };
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

const mail = (subject: string): string =>
  `---\nsubject: ${subject}\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi, <a href="{{ unsubscribe_url }}">stop</a></mj-text></mj-column></mj-section></mj-body></mjml>\n`;
const call = mail('Call').replace('unsubscribe_url', 'account.name');
const NURTURE = {
  'rules/handoff.yaml': 'again_after: 30d\ndefault: { name: Sales, email: sales@us.example }\n',
  'rules/settings.yaml': 'sender: { email: us@us.example, address: Here }\nconsent: not-required\n',
  'rules/journeys/together.yaml':
    'journey: together\nstart: { account: { qualified: true } }\nagain_after: 90d\nsteps:\n  - send: one\n  - wait: 3d\n  - send: two\n',
  ...Object.fromEntries(['one', 'two'].map((name) => [`rules/emails/${name}.mjml`, mail(name)])),
  'rules/emails/handoff.mjml': call,
  'rules/emails/account-handoff.mjml': call,
};

test('of the weeks behind, accounts that were handed over are counted, and the mails to their people', async () => {
  // Both people of one account, eight days ago: handed over together, and two mails each.
  const weeks = 8 / 7;
  const were = await planned(FALLEN + RISING, ['enter: 40', 'enter: 60'], NURTURE);
  expect(were.accounts.handoffs.perWeekBefore).toBeCloseTo(1 / weeks, 1);
  expect(were.accounts.handoffs).toMatchObject({ now: 0, perWeekAfter: 0 });
  expect(were.mails.journeys['together']?.begin.perWeekBefore).toBeCloseTo(2 / weeks, 2);
  expect(were.mails).toMatchObject({ perWeekBefore: 3.5, perWeekAfter: 0 });
  expect(were.code).toBe(2);
  // Whoever comes into the account later was not there when it turned.
  const late = person('eve', 'fallen.example', 0.5, 0);
  const again = await planned(FALLEN + late, ['enter: 40', 'enter: 60'], NURTURE);
  expect(again.mails.begin.perWeekBefore).toBeCloseTo(2 / weeks, 2);
});

test('an account that qualifies by the change is handed over at once, unless it was lately', async () => {
  const next = await planned(FALLEN + RISING, ['enter: 40', 'enter: 25'], NURTURE);
  expect(next.accounts).toMatchObject({ qualified: { enter: 1, leave: 0 }, handoffs: { now: 1 } });
  expect(next.mails).toMatchObject({ begin: { now: 1 }, now: 1, following: 1 });
  // Surging ten days ago, calm yesterday, and by the new rules surging again: sales has had it.
  const events = person('ann', 'fallen.example', 20, 5) + person('bea', 'fallen.example', 19, 5);
  const lately = await planned(events, ['enter: 40, leave: 20', 'enter: 20, leave: 10'], NURTURE);
  expect(lately.accounts).toMatchObject({ handoffs: { now: 0 } });
});
