import type { Account } from '../../core/accounts/account-projection.ts';
import { log } from '../log.ts';
import type { Changes, Clock, RolledUp } from '../ports.ts';
import { nextLook } from './project.ts';

/** How often the clearing of what was told is tried; what stays is told again, and its consumers know it. */
const TRIES = 3;

interface TellPorts {
  readonly clock: Clock;
  readonly rolledUp: Pick<RolledUp, 'read' | 'commit'>;
  readonly changes: Changes;
}

/** Tells what is pending of a committed account, and clears only what the bus took. Answers the account as it is then. */
export const tellAccount = async (
  { rolledUp, changes, clock }: TellPorts,
  committed: Account,
): Promise<Account> => {
  const waiting = Object.values(committed.pending);
  if (waiting.length === 0) return committed;
  const taken = await changes.publish(waiting);
  log.info('told', {
    account: committed.id,
    version: committed.version,
    changes: waiting.filter(({ changeId }) => taken.has(changeId)).map(({ kind }) => kind),
    entry: committed.entry,
  });
  if (taken.size === 0) return committed;
  let account = committed;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const pending = Object.fromEntries(Object.entries(account.pending).filter(([id]) => !taken.has(id)));
    const now = Math.max(clock.now(), account.asOf);
    const due = nextLook({ ...account, pending }, now, true);
    const cleared = { ...account, version: account.version + 1, pending, due };
    if (await rolledUp.commit(cleared, account.version)) return cleared;
    const again = await rolledUp.read(account.id);
    if (again === null || Object.keys(again.pending).every((id) => !taken.has(id))) return again ?? account;
    account = again;
  }
  return account;
};
