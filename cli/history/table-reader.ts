import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  paginateQuery,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import { BAND_INDEX } from '../../functions/aws/keys.ts';
import { type Item } from '../../functions/aws/table.ts';

export type Cursor = Record<string, AttributeValue>;

/** A page of a scan. */
export interface Page {
  readonly items: readonly Item[];
  /** Null at the end of the segment. */
  readonly next: Cursor | null;
}

interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** The product's table, to be read and nothing else. */
export interface TableReader {
  readonly name: string;
  /** One page of one of so many segments; items come partition by partition. */
  scan(segment: number, of: number, from: Cursor | null): Promise<Page>;
  /** The partitions that the index of bands holds: every scored lead and every account. */
  listed(segment: number, of: number): AsyncIterable<readonly string[]>;
  /** The versions of these items, by partition; missing ones are left out. */
  versions(keys: readonly ItemKey[]): Promise<Map<string, number>>;
  /** Which of these leads were erased, by partition. */
  erased(keys: readonly ItemKey[]): Promise<ReadonlySet<string>>;
  partition(pk: string): Promise<Item[]>;
}

/** Keys that one request may ask for. */
const BATCH = 100;

/** @param pageItems how many items a page of a scan has at most; @default as many as fit into its megabyte */
export function tableReader(client: DynamoDBClient, name: string, pageItems?: number): TableReader {
  /** Versions of items, and whether they were erased. */
  const some = async (keys: readonly ItemKey[]): Promise<readonly Item[]> => {
    const found: Item[] = [];
    for (let index = 0; index < keys.length; index += BATCH) {
      let asked: Cursor[] | undefined = keys.slice(index, index + BATCH).map((key) => marshall(key));
      while (asked !== undefined && asked.length > 0) {
        const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
          new BatchGetItemCommand({
            RequestItems: {
              [name]: {
                Keys: asked,
                ProjectionExpression: 'pk, #version, erased',
                ExpressionAttributeNames: { '#version': 'version' },
              },
            },
          }),
        );
        found.push(...(Responses?.[name] ?? []).map((item) => unmarshall(item)));
        asked = UnprocessedKeys?.[name]?.Keys;
      }
    }
    return found;
  };
  return {
    name,
    scan: async (segment, of, from) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: name,
          Segment: segment,
          TotalSegments: of,
          ...(pageItems !== undefined && { Limit: pageItems }),
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      return { items: Items.map((item) => unmarshall(item)), next: LastEvaluatedKey ?? null };
    },
    listed: async function* (segment, of) {
      for (let from: Cursor | undefined; ;) {
        const { Items = [], LastEvaluatedKey }: ScanCommandOutput = await client.send(
          new ScanCommand({
            TableName: name,
            IndexName: BAND_INDEX,
            Segment: segment,
            TotalSegments: of,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        yield Items.map(({ pk }) => pk?.S ?? '');
        if (!LastEvaluatedKey) return;
        from = LastEvaluatedKey;
      }
    },
    versions: async (keys) =>
      new Map((await some(keys)).map(({ pk, version }) => [String(pk), Number(version ?? 0)])),
    erased: async (keys) =>
      new Set((await some(keys)).flatMap(({ pk, erased }) => (erased === undefined ? [] : [String(pk)]))),
    partition: async (pk) => {
      const items: Item[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: marshall({ ':pk': pk }),
        },
      );
      for await (const { Items = [] } of pages) items.push(...Items.map((item) => unmarshall(item)));
      return items;
    },
  };
}
