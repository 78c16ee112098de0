import { accountStanding, type AccountStanding } from '../core/accounts/account.ts';
import { accountLooks } from '../core/accounts/looks.ts';
import { type KeyedPoints, rolledUpKeys } from '../core/accounts/account-keys.ts';
import { type Engine } from '../core/engine/compile.ts';
import { type History } from '../core/history.ts';
import { type Accounts } from '../core/schema/accounts.ts';

/** With the numbers of keyed scores key by key, too. */
export interface AccountNumbers extends AccountStanding {
  readonly keys: Readonly<Record<string, KeyedPoints>>;
}

/**
 * Where the account of these people stands at `now`. Its bands have a memory: it is looked at whenever somebody does
 * something, and on whole hours in between.
 */
export function accountAt(
  engine: Engine,
  accounts: Accounts,
  people: readonly History[],
  now: number,
): AccountNumbers {
  const standing =
    accountLooks(engine, accounts, people, now).at(-1)?.standing ?? accountStanding(accounts, [], null);
  const scores = people.map((history) => engine.evaluate(history, now).scores);
  const keys = Object.entries(accounts.account.rollup).map(([name, rollup]): [string, KeyedPoints] => [
    name,
    rolledUpKeys(rollup, scores) ?? {},
  ]);
  return { ...standing, keys: Object.fromEntries(keys) };
}
