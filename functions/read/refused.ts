import type { QuarantineItem } from '../../core/view/event.ts';
import { NAME_INDEX, quarantineKey, quarantinePks } from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import { inParallel } from '../parallel.ts';
import type { Refused } from './ports.ts';

const DAY = 86_400_000;

/** Characters of messages that one answer holds; of those that came before, only the beginning is shown. */
const SHOWN = 2_000_000;
const BEGINNING = 500;
/** Reads at once. */
const READS = 10;

/** The quarantine, day by day backwards until there are enough. */
export const tableRefused = (table: Table): Refused => ({
  newest: async (now, since, limit) => {
    const found: Item[] = [];
    // A clock that is a little ahead elsewhere may already write to tomorrow.
    for (let day = Math.floor(now / DAY) + 1; day >= Math.floor(since / DAY); day -= 1) {
      const parts = await inParallel(4, quarantinePks(day * DAY), (pk) => newestOf(table, pk, limit));
      const listed = parts.flat().sort(newestFirst).slice(0, limit);
      const items = await inParallel(READS, listed, ({ pk, sk }) =>
        table.get({ pk: String(pk), sk: String(sk) }),
      );
      // What was replayed a moment ago may still be listed.
      found.push(...items.filter((item) => item !== null));
      if (found.length >= limit) break;
    }
    let shown = 0;
    return found
      .filter(({ receivedAt }) => Number(receivedAt) >= since)
      .slice(0, limit)
      .map((item) => {
        shown += String(item.raw).length;
        return viewOf(shown <= SHOWN ? item : { ...item, raw: `${String(item.raw).slice(0, BEGINNING)}…` });
      });
  },
  find: async ({ id }) => {
    const item = await table.get(quarantineKey(id));
    if (item === null) return null;
    const { reason, raw, scope, receivedAt } = item;
    // What is not known to be trusted is not.
    return {
      id,
      receivedAt: Number(receivedAt),
      reason: String(reason),
      raw: String(raw),
      scope: scope === 'server' ? scope : 'browser',
    };
  },
});

/** The index's sort keys begin with the instant. */
const newestFirst = (a: Item, b: Item): number => (String(a.nameSk) > String(b.nameSk) ? -1 : 1);

/** The keys of one partition. */
const newestOf = async (table: Table, pk: string, limit: number): Promise<readonly Item[]> => {
  const found: Item[] = [];
  const pages = table.query({
    IndexName: NAME_INDEX,
    KeyConditionExpression: 'namePk = :pk',
    values: { ':pk': pk },
    ScanIndexForward: false,
    Limit: limit,
  });
  for await (const items of pages) {
    found.push(...items);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
};

const viewOf = (item: Item): QuarantineItem => ({
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
