import { describe, expect, test } from 'vitest';
import { rolledUpKeys } from '../../../core/accounts/account-keys.ts';
import { accountIdOf } from '../../../core/accounts/account-id.ts';
import { accountLooks } from '../../../core/accounts/looks.ts';
import { rolledUp } from '../../../core/accounts/account.ts';
import { compile } from '../../../core/engine/compile.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { adjusted, day, group, identify } from '../engine/scenario.ts';
import { problems, rulesetOf, written } from './written.ts';

const ACCOUNTS = `account:
  rollup:
    engagement: { sum: s, best: 2 }
    all: { sum: total }
  bands: { of: engagement, quiet: 0, surging: { enter: 120, leave: 80 } }
  qualified: { band: [surging], people: 2 }
`;
const points = (days: number, value: number): LeadEvent => adjusted(days, { score: 's', points: value });
/** Where the account of people with these points stands, day by day. */
async function standing(people: readonly (readonly LeadEvent[])[], days: number) {
  const ruleset = await rulesetOf({ 'accounts.yaml': ACCOUNTS });
  if (!ruleset.accounts) throw new Error('no accounts.yaml');
  const histories = people.map((events) => ({ events }));
  return accountLooks(compile(ruleset), ruleset.accounts, histories, day(days)).at(-1)?.standing;
}

describe('accounts.yaml', () => {
  test('`from`: in this order, the id that `group` names, the domain of the address', async () => {
    const both = [identify(0, { email: 'kim@acme.example' }), group(0, 'g', {})];
    const idOf = async (from: string): Promise<string | undefined> => {
      const engine = await written({
        'accounts.yaml': `account: { from: ${from}, rollup: { all: { sum: s } } }\n`,
      });
      return engine.account({ events: both }, day(1))?.id;
    };
    expect(await idOf('[account.id, email-domain]')).toBe('g');
    expect(await idOf('[email-domain, account.id]')).toBe('acme.example');
    expect(await idOf('[email-domain]')).toBe('acme.example');
  });
  test.each(['gmail.com', 'hotmail.com', 'yahoo.com', 'gmx.de', 'icloud.com'])(
    'free-mail domains make no account: %s',
    (domain) => {
      expect(accountIdOf(['email-domain'], null, `kim@${domain}`)).toBeNull();
    },
  );
  test.each([
    [{ sum: 's' }, 60],
    [{ sum: 's', best: 2 }, 50],
    [{ max: 's' }, 30],
    [{ avg: 's' }, 20],
    [{ avg: 's', best: 2 }, 25],
  ])('%j of 10, 20 and 30', (rollup, value) => {
    expect(
      rolledUp(
        rollup,
        [10, 20, 30].map((s) => ({ scores: { s }, total: s })),
      ),
    ).toBe(value);
  });
  test('products roll up key by key', () => {
    const people = [{ s: { crm: 5, erp: 1 } }, { s: { crm: 7 } }];
    expect(rolledUpKeys({ sum: 's' }, people)).toEqual({ crm: 12, erp: 1 });
    expect(rolledUpKeys({ max: 's' }, people)).toEqual({ crm: 7, erp: 1 });
  });
  test('bands are steps of one of these numbers', async () => {
    expect(await standing([[points(0, 70)], [points(0, 50)], [points(0, -9)]], 1)).toMatchObject({
      numbers: { engagement: 120, all: 111 },
      band: 'surging',
    });
  });
  test('account bands have memory as lead bands do', async () => {
    const people = [
      [points(0, 70), points(1, -20)],
      [points(0, 50), points(2, -21)],
    ];
    const bands = await Promise.all(
      [0.5, 1.5, 2.5].map(async (days) => (await standing(people, days))?.band),
    );
    expect(bands).toEqual(['surging', 'surging', 'quiet']);
    expect((await standing([[points(0, 50)], [points(0, 50)]], 1))?.band).toBe('quiet');
  });
  test('qualified: at least so many people with the measured score above 0', async () => {
    expect(await standing([[points(0, 130)], [points(0, 0.4)]], 1)).toMatchObject({
      people: 1,
      qualified: false,
    });
    expect(await standing([[points(0, 130)], [points(0, 0.5)]], 1)).toMatchObject({
      people: 2,
      qualified: true,
    });
    expect(await standing([[points(0, 30)], [points(0, 30)]], 1)).toMatchObject({
      people: 2,
      qualified: false,
    });
  });
  test.each([
    ['an unknown score', 'account: { rollup: { e: { sum: ss } } }'],
    ['bands of no roll-up', 'account: { rollup: { e: { sum: s } }, bands: { of: f, quiet: 0 } }'],
    [
      'an unknown band',
      'account: { rollup: { e: { sum: s } }, bands: { of: e, quiet: 0 }, qualified: { band: [queit] } }',
    ],
    ['two ways to add up', 'account: { rollup: { e: { sum: s, max: s } } }'],
    ['an unknown source', 'account: { from: [domain], rollup: { e: { sum: s } } }'],
  ])('%s is an error', async (_sentence, text) => {
    expect(await problems({ 'accounts.yaml': `${text}\n` })).toEqual([
      expect.stringMatching(/^accounts\.yaml:1:\d+ /),
    ]);
  });
});
