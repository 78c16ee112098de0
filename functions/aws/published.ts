import type { Origin, Publication } from '../../core/publish/origin.ts';
import type { Shadow } from '../../core/publish/request.ts';
import { liveKey, originKey, PUBLISHED_PK, publishedKey, shadowKey } from './keys.ts';
import { NEW, type Item, type Table } from './table.ts';

export const publicationOf = (item: Item): Publication => ({
  hash: String(item.hash),
  epoch: Number(item.epoch),
  at: Number(item.at),
  commit: textOf(item.commit),
  by: textOf(item.by),
  terms: { handoffs: limitOf(item.handoffs), mails: limitOf(item.mails) },
});

export const shadowOf = ({ hash, at, commit, by }: Item): Shadow => ({
  hash: String(hash),
  at: Number(at),
  commit: textOf(commit),
  by: textOf(by),
});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const limitOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

export const publicationItem = ({ terms, ...publication }: Publication): Item => ({
  ...publication,
  handoffs: terms.handoffs,
  mails: terms.mails,
});

/** What was published when. */
export interface Published {
  /** Consistently; null before the first. */
  live(): Promise<Publication | null>;
  /** Every switch, oldest first. */
  list(): Promise<readonly Publication[]>;
  /** The switch with this epoch. */
  find(epoch: number): Promise<Publication | null>;
  /** Notes a switch for good; twice is as once. */
  note(publication: Publication): Promise<void>;
  origin(hash: string): Promise<Origin | null>;
  shadow(): Promise<Shadow | null>;
}

/**
 * The switches in the table. The live one is one item; each has another one for good, written by whoever switches, after
 * it, and, should they stop between, by whoever switches next, before. So the live one and those for good are all.
 */
export const tablePublished = (table: Table): Published => {
  const live: Published['live'] = async () => {
    const item = await table.get(liveKey);
    return item === null ? null : publicationOf(item);
  };
  return {
    live,
    list: async () => {
      const found = new Map<number, Publication>();
      const pages = table.query({
        KeyConditionExpression: 'pk = :pk',
        values: { ':pk': PUBLISHED_PK },
        ConsistentRead: true,
      });
      for await (const items of pages)
        for (const each of items.map(publicationOf)) found.set(each.epoch, each);
      const now = await live();
      if (now !== null) found.set(now.epoch, now);
      return [...found.values()].sort((a, b) => a.epoch - b.epoch);
    },
    find: async (epoch) => {
      const item = await table.get(publishedKey(epoch));
      if (item !== null) return publicationOf(item);
      const now = await live();
      return now?.epoch === epoch ? now : null;
    },
    note: async (publication) => {
      await table.put({ ...publishedKey(publication.epoch), ...publicationItem(publication) }, NEW);
    },
    origin: async (hash) => {
      const item = await table.get(originKey(hash));
      return item === null ? null : (JSON.parse(String(item.body)) as Origin);
    },
    shadow: async () => {
      const item = await table.get(shadowKey);
      return item === null ? null : shadowOf(item);
    },
  };
};

/** What was live at an instant: the last switch before it. @param publications oldest first */
export const liveAt = (publications: readonly Publication[], at: number): Publication | null =>
  publications.findLast((each) => each.at <= at) ?? null;
