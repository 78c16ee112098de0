import type { RolledUp } from '../ports.ts';
import { accountFromItem, accountToItem } from './account-item.ts';
import {
  ACCOUNT_INDEX,
  accountDuePk,
  accountIdOf,
  accountKey,
  accountPk,
  DUE_INDEX,
  dueUntil,
  leadIdOf,
} from './keys.ts';
import type { Shards } from './lead-item.ts';
import { NEW, type Table } from './table.ts';

/** How many accounts a page of the due index brings. */
const PAGE = 100;

/** Roll-ups in the table, and the index that names the members of an account. */
export const tableRolledUp = (table: Table, shards: Shards): RolledUp => ({
  read: async (accountId) => {
    const item = await table.get(accountKey(accountId));
    return item === null ? null : accountFromItem(item);
  },

  commit: (account, ifVersion) =>
    table.put(
      accountToItem(account, shards),
      ifVersion === 0
        ? NEW
        : {
            expression: '#version = :version',
            names: { '#version': 'version' },
            values: { ':version': ifVersion },
          },
    ),

  members: async function* (accountId) {
    const pages = table.query({
      IndexName: ACCOUNT_INDEX,
      KeyConditionExpression: 'accountPk = :account',
      values: { ':account': accountPk(accountId) },
    });
    for await (const items of pages) if (items.length > 0) yield items.map(({ pk }) => leadIdOf(String(pk)));
  },

  due: async function* (now) {
    for (let shard = 0; shard < shards.due; shard += 1) {
      const pages = table.query({
        IndexName: DUE_INDEX,
        KeyConditionExpression: 'duePk = :shard AND dueSk < :until',
        values: { ':shard': accountDuePk(shard), ':until': dueUntil(now) },
        Limit: PAGE,
      });
      for await (const items of pages)
        if (items.length > 0) yield items.map(({ pk }) => accountIdOf(String(pk)));
    }
  },
});
