import type { Engine } from '../../core/engine/compile.ts';
import type { History } from '../../core/history.ts';
import type { Accounts } from '../ports.ts';

/** A lead's history with what everybody says of the accounts that it is and was of until `now`, UTC milliseconds. */
export const withAccounts = async (
  accounts: Pick<Accounts, 'history'>,
  engine: Pick<Engine, 'accountIds'>,
  history: History,
  now: number,
): Promise<History> => ({
  ...history,
  accounts: await Promise.all(engine.accountIds(history, now).map((id) => accounts.history(id))),
});
