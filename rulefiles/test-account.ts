import { accountStanding, type AccountStanding } from '../core/accounts/account.ts';
import { type KeyedPoints, rolledUpKeys } from '../core/accounts/account-keys.ts';
import { type Engine } from '../core/engine/compile.ts';
import { type History } from '../core/history.ts';
import { type Accounts } from '../core/schema/accounts.ts';

const HOUR = 3_600_000;

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

/** Where the account stands whenever it is looked at until `now`, oldest first. */
export function accountLooks(
  engine: Engine,
  accounts: Accounts,
  people: readonly History[],
  now: number,
): readonly { readonly at: number; readonly standing: AccountStanding }[] {
  const instants = looks(people, now);
  const traces = people.map((history) => engine.trace(history, instants));
  let standing = accountStanding(accounts, [], null);
  return instants.map((at, look) => {
    const numbers = traces.flatMap((trace) => trace[look] ?? []);
    standing = accountStanding(accounts, numbers, standing.band);
    return { at, standing };
  });
}

function looks(people: readonly History[], now: number): number[] {
  const instants = people
    .flatMap(({ events }) => events.map(({ occurredAt }) => occurredAt))
    .filter((at) => at <= now);
  const first = instants.reduce((least, at) => Math.min(least, at), now);
  const hours = Array.from(
    { length: Math.max(0, Math.ceil((now - first) / HOUR)) },
    (_, n) => (Math.floor(first / HOUR) + 1 + n) * HOUR,
  ).filter((at) => at < now);
  return [...new Set([...instants, ...hours, now])].sort((a, b) => a - b);
}
