import { type KnownBy, mentions } from '../../core/identity/mentions.ts';
import { type Key, NAME_INDEX, quarantinePks } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import { inParallel } from '../parallel.ts';

const DAY = 86_400_000;
/** How long the quarantine keeps a message, and a day of clocks that differ, ms. */
const KEPT = 92 * DAY;
const AT_ONCE = 16;

/** Keys of the refused messages that speak of a person. @param now UTC milliseconds */
export const refusedOf = async (table: Table, known: KnownBy, now: number): Promise<readonly Key[]> => {
  const days = Array.from({ length: KEPT / DAY }, (_, day) => now + DAY - day * DAY);
  const partitions = days.flatMap(quarantinePks);
  const listed = await inParallel(AT_ONCE, partitions, async (pk) => {
    const found: Key[] = [];
    for await (const items of table.query({
      IndexName: NAME_INDEX,
      KeyConditionExpression: 'namePk = :pk',
      values: { ':pk': pk },
    }))
      found.push(...items.map((item) => ({ pk: String(item.pk), sk: String(item.sk) })));
    return found;
  });
  const looked = await inParallel(AT_ONCE, listed.flat(), async (key) => {
    const item = await table.get(key);
    return item !== null && mentions(String(item.raw), known) ? [key] : [];
  });
  return looked.flat();
};
