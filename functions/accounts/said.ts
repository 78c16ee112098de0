import type { Engine } from '../../core/engine/compile.ts';
import type { History } from '../../core/history.ts';
import type { Accounts } from '../ports.ts';

/** A lead's history with what everybody says of the accounts that it is and was of until `now`, UTC milliseconds. */
export const withAccounts = async (
  accounts: Pick<Accounts, 'history'>,
  engine: Pick<Engine, 'accountIds'>,
  history: History,
  now: number,
): Promise<History> => {
  const ids = new Set([...engine.accountIds(history, now), ...Object.keys(history.snapshot?.said ?? {})]);
  return { ...history, accounts: await Promise.all([...ids].map((id) => accounts.history(id))) };
};
