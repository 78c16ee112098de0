import type { AccountHistory } from '../../core/history.ts';
import type { Accounts, Clock } from '../ports.ts';
import { accountEventKey, accountPk, FIRST_EVENT } from './keys.ts';
import { entryOf, eventItem } from './leads.ts';
import { NEW, type Table } from './table.ts';

const CACHE_LIFE = 60_000;
const KEPT = 1_000;

/** What is said of accounts, in the table; whoever of an account's people said it. */
export const tableAccounts = (table: Table, clock: Clock): Accounts => {
  const cached = new Map<string, { history: AccountHistory; readAt: number }>();
  return {
    put: async (accountId, entry) => {
      const item = eventItem('', entry, null);
      await table.put({ ...item, ...accountEventKey(accountId, entry.sentAs, entry.event.id) }, NEW);
      cached.delete(accountId);
    },
    history: async (id) => {
      const known = cached.get(id);
      if (known !== undefined && Math.abs(clock.now() - known.readAt) < CACHE_LIFE) return known.history;
      const readAt = clock.now();
      const history = { id, events: await readAccount(table, id) };
      cached.delete(id);
      cached.set(id, { history, readAt });
      for (const old of [...cached.keys()].slice(0, -KEPT)) cached.delete(old);
      return history;
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
