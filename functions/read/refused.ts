import type { QuarantineItem } from '../../core/view/event.ts';
import { quarantineKey, quarantinePks } from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import { inParallel } from '../parallel.ts';
import type { Refused } from './ports.ts';

const DAY = 86_400_000;

/** The quarantine, day by day backwards until there are enough. */
export const tableRefused = (table: Table): Refused => ({
  newest: async (now, since, limit) => {
    const found: QuarantineItem[] = [];
    const days: number[] = [];
    // A clock that is a little ahead elsewhere may already write to tomorrow.
    for (let day = Math.floor(now / DAY) + 1; day >= Math.floor(since / DAY); day -= 1) days.push(day * DAY);
    for (const day of days) {
      const pks = quarantinePks(new Date(day).toISOString().slice(0, 10));
      const parts = await inParallel(4, pks, (pk) => newestOf(table, pk, limit));
      found.push(
        ...parts
          .flat()
          .map(itemOf)
          .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1)),
      );
      if (found.length >= limit) break;
    }
    return found.filter(({ at }) => at >= since).slice(0, limit);
  },
  find: async ({ id, receivedAt }) => {
    const item = await table.get(quarantineKey(receivedAt, id));
    if (item === null) return null;
    const { reason, raw, scope } = item;
    // What is not known to be trusted is not.
    return {
      id,
      receivedAt,
      reason: String(reason),
      raw: String(raw),
      scope: scope === 'server' ? scope : 'browser',
    };
  },
});

const newestOf = async (table: Table, pk: string, limit: number): Promise<readonly Item[]> => {
  const found: Item[] = [];
  const pages = table.query({
    KeyConditionExpression: 'pk = :pk',
    values: { ':pk': pk },
    ScanIndexForward: false,
    Limit: limit,
  });
  for await (const items of pages) {
    found.push(...items);
    if (found.length >= limit) break;
  }
  return found;
};

const itemOf = (item: Item): QuarantineItem => ({
  id: String(item.id),
  at: Number(item.receivedAt),
  reason: String(item.reason),
  message: messageOf(String(item.raw)),
});

/** As JSON where it is whole, else as the text that was kept of it. */
const messageOf = (raw: string): unknown => {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
};
