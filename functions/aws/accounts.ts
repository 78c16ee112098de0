import type { AccountHistory } from '../../core/history.ts';
import type { Accounts, Clock } from '../ports.ts';
import { accountEventKey, accountPk, FIRST_EVENT } from './keys.ts';
import { entryOf, eventItem } from './leads.ts';
import { NEW, type Table } from './table.ts';

/**
 * What a scorer knows of an account may be so old, ms. Together with the time that a scorer may take this is less than
 * a roll-up is held back: whoever did not know what was said has committed before it looks at the lead.
 */
const CACHE_LIFE = 10_000;
const KEPT = 1_000;

/** What is said of accounts, in the table; whoever of an account's people said it. */
export const tableAccounts = (table: Table, clock: Clock): Accounts => {
  const cached = new Map<string, { history: AccountHistory; readAt: number }>();
  const latest = async (id: string): Promise<AccountHistory> => {
    const readAt = clock.now();
    const history = { id, events: await readAccount(table, id) };
    cached.delete(id);
    cached.set(id, { history, readAt });
    for (const old of [...cached.keys()].slice(0, -KEPT)) cached.delete(old);
    return history;
  };
  return {
    latest,
    put: async (accountId, entry) => {
      const item = eventItem('', entry, null);
      await table.put({ ...item, ...accountEventKey(accountId, entry.sentAs, entry.event.id) }, NEW);
      cached.delete(accountId);
    },
    history: async (id) => {
      const known = cached.get(id);
      if (known !== undefined && Math.abs(clock.now() - known.readAt) < CACHE_LIFE) return known.history;
      return latest(id);
    },
  };
};

const readAccount = async (table: Table, id: string): Promise<AccountHistory['events']> => {
  const events: AccountHistory['events'][number][] = [];
  const pages = table.query({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': accountPk(id), ':prefix': FIRST_EVENT },
    ConsistentRead: true,
  });
  for await (const items of pages) events.push(...items.map((item) => entryOf(item).event));
  return events;
};
