import { type AttributeValue, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Upstream } from '../errors.ts';
import type { Key } from './keys.ts';
import type { Item, Table } from './table.ts';

/** Keys that one request may ask for. */
const BATCH = 100;
/** How often what a busy table left out is asked for again. */
const TRIES = 6;

interface Asked {
  readonly key: Key;
  readonly resolve: (item: Item | null) => void;
  readonly reject: (error: unknown) => void;
}

const nameOf = ({ pk, sk }: Item | Key): string => `${String(pk)}\n${String(sk)}`;

/**
 * The same table, whose reads that are asked for in one turn are one request: a request costs a function more than the
 * reading does. Each is as consistent as it was by itself, and nothing that was asked later is answered by it.
 * @param pause waits before the n-th new try, from 1
 */
export const readTogether = (table: Table, pause: (attempt: number) => Promise<void>): Table => {
  let asked: Asked[] = [];

  const readMany = async (keys: readonly Key[]): Promise<Map<string, Item>> => {
    const found = new Map<string, Item>();
    let left: Record<string, AttributeValue>[] = keys.map((key) => marshall(key));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > TRIES) throw new Upstream('the table left keys unread');
      if (attempt > 1) await pause(attempt - 1);
      const { Responses, UnprocessedKeys } = await table.client.send(
        new BatchGetItemCommand({
          RequestItems: { [table.name]: { Keys: left, ConsistentRead: true } },
        }),
      );
      for (const raw of Responses?.[table.name] ?? []) {
        const item = unmarshall(raw);
        found.set(nameOf(item), item);
      }
      left = UnprocessedKeys?.[table.name]?.Keys ?? [];
    }
    return found;
  };

  const answer = async (group: readonly Asked[]): Promise<void> => {
    try {
      const keys = new Map(group.map(({ key }) => [nameOf(key), key]));
      if (keys.size === 1) {
        const item = await table.get(group[0]!.key);
        for (const { resolve } of group) resolve(item);
        return;
      }
      const found = await readMany([...keys.values()]);
      for (const { key, resolve } of group) resolve(found.get(nameOf(key)) ?? null);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const flush = (): void => {
    const all = asked;
    asked = [];
    for (let from = 0; from < all.length; from += BATCH) void answer(all.slice(from, from + BATCH));
  };

  return {
    ...table,
    get: (key) =>
      new Promise((resolve, reject) => {
        // once whoever runs now has asked for all it wants
        if (asked.length === 0) setImmediate(flush);
        asked.push({ key, resolve, reject });
      }),
  };
};
