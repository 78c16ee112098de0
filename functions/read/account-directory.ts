import { accountFromItem } from '../aws/account-item.ts';
import { accountBandPk, accountIdOf, accountKey, BAND_INDEX } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import { inParallel } from '../parallel.ts';
import { readItems } from './directory.ts';
import type { AccountDirectory } from './ports.ts';

/** The table's index by band, as far as it lists accounts, and the accounts that it names. */
export const tableAccountDirectory = (table: Table, bandShards: number): AccountDirectory => ({
  newest: async (band, limit) => {
    const shards = Array.from({ length: bandShards }, (_, shard) => shard);
    const parts = await inParallel(8, shards, (shard) => newestOf(table, accountBandPk(band, shard), limit));
    return parts
      .flat()
      .sort((a, b) => (a.since < b.since ? 1 : -1))
      .slice(0, limit)
      .map(({ id }) => id);
  },
  read: async (ids) => {
    const items = await readItems(table, ids.map(accountKey));
    const accounts = new Map(items.map(accountFromItem).map((account) => [account.id, account]));
    return ids.flatMap((id) => accounts.get(id) ?? []);
  },
});

const newestOf = async (
  table: Table,
  partition: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly since: string }[]> => {
  const found: { id: string; since: string }[] = [];
  const pages = table.query({
    IndexName: BAND_INDEX,
    KeyConditionExpression: 'bandPk = :pk',
    values: { ':pk': partition },
    ScanIndexForward: false,
    Limit: limit,
  });
  for await (const items of pages) {
    found.push(...items.map(({ pk, bandSk }) => ({ id: accountIdOf(String(pk)), since: String(bandSk) })));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
};
