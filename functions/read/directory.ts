import {
  BatchGetItemCommand,
  type KeysAndAttributes,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { setTimeout } from 'node:timers/promises';
import { BAND_INDEX, bandPk, type Key, leadIdOfSk, leadKey, NAME_INDEX, nameRange } from '../aws/keys.ts';
import { leadFromItem } from '../aws/lead-item.ts';
import type { Item, Table } from '../aws/table.ts';
import { Upstream } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import type { Directory } from './ports.ts';

/** What one BatchGetItem takes. */
const BATCH = 100;
const TRIES = 6;

/** The table's indexes by band and by name, and the leads that they name. */
export const tableDirectory = (table: Table, bandShards: number): Directory => {
  const shards = Array.from({ length: bandShards }, (_, shard) => shard);

  /** Items of one partition of an index, at most so many. */
  const some = async (input: Parameters<Table['query']>[0], limit: number): Promise<readonly Item[]> => {
    const found: Item[] = [];
    for await (const items of table.query({ ...input, Limit: limit })) {
      found.push(...items);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  };

  const inBand = (band: string, shard: number, limit: number): Promise<readonly Item[]> =>
    some(
      {
        IndexName: BAND_INDEX,
        KeyConditionExpression: 'bandPk = :pk',
        values: { ':pk': bandPk(band, shard) },
        ScanIndexForward: false,
      } satisfies Partial<QueryCommandInput> & { values: Item },
      limit,
    );

  return {
    newest: async (band, limit) => {
      const parts = await inParallel(8, shards, (shard) => inBand(band, shard, limit));
      return parts
        .flat()
        .map(({ bandSk }) => String(bandSk))
        .sort()
        .reverse()
        .slice(0, limit)
        .map(leadIdOfSk);
    },

    count: async (band, limit) => {
      const parts = await inParallel(8, shards, (shard) => inBand(band, shard, limit));
      return Math.min(limit, parts.flat().length);
    },

    named: async (prefix, limit) => {
      const { namePk, begins } = nameRange(prefix);
      const items = await some(
        {
          IndexName: NAME_INDEX,
          KeyConditionExpression: 'namePk = :pk AND begins_with(nameSk, :begins)',
          values: { ':pk': namePk, ':begins': begins },
        },
        limit,
      );
      return items.map(({ nameSk }) => leadIdOfSk(String(nameSk)));
    },

    read: async (ids) => {
      const items = await readItems(table, ids.map(leadKey));
      const leads = new Map(items.map((item) => leadFromItem(item)).map((lead) => [lead.id, lead]));
      return ids.flatMap((id) => leads.get(id) ?? []);
    },
  };
};

/** The items that exist of these keys, in any order; may be a moment old. */
export const readItems = async (table: Table, keys: readonly Key[]): Promise<readonly Item[]> => {
  const batches: Key[][] = [];
  for (let from = 0; from < keys.length; from += BATCH) batches.push(keys.slice(from, from + BATCH));
  return (await inParallel(4, batches, (batch) => readBatch(table, batch))).flat();
};

const readBatch = async (table: Table, keys: readonly Key[]): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let left: KeysAndAttributes | undefined = { Keys: keys.map((key) => marshall(key)) };
  for (let attempt = 0; left !== undefined; attempt += 1) {
    if (attempt === TRIES) throw new Upstream('the table left items unread');
    if (attempt > 0) await setTimeout(2 ** attempt * 10);
    const answer: { items: Item[]; left: KeysAndAttributes | undefined } = await readOnce(table, left);
    found.push(...answer.items);
    left = answer.left;
  }
  return found;
};

const readOnce = async (
  table: Table,
  asked: KeysAndAttributes,
): Promise<{ items: Item[]; left: KeysAndAttributes | undefined }> => {
  const { Responses, UnprocessedKeys } = await table.client.send(
    new BatchGetItemCommand({ RequestItems: { [table.name]: asked } }),
  );
  return {
    items: (Responses?.[table.name] ?? []).map((item) => unmarshall(item)),
    left: UnprocessedKeys?.[table.name],
  };
};
