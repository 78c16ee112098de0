import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key } from './keys.ts';

export type Item = Record<string, unknown>;

/** What a conditional put rests on. */
export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Item>;
}

export const NEW: Condition = { expression: 'attribute_not_exists(pk)' };

/** The product's table, in plain items. */
export interface Table {
  /** For what stands in no line below. */
  readonly client: DynamoDBClient;
  readonly name: string;
  get(key: Key): Promise<Item | null>;
  /** False where the condition does not hold. */
  put(item: Item, condition?: Condition): Promise<boolean>;
  /** Also where there is nothing. */
  remove(key: Key): Promise<void>;
  /** Everything that a key condition names, page after page. */
  query(
    input: Omit<QueryCommandInput, 'TableName' | 'ExpressionAttributeValues'> & { readonly values: Item },
  ): AsyncGenerator<Item[]>;
}

const write = (item: Item): Record<string, AttributeValue> => marshall(item, { removeUndefinedValues: true });

export const openTable = (client: DynamoDBClient, name: string): Table => ({
  client,
  name,
  get: async (key) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key: marshall(key), ConsistentRead: true }),
    );
    return Item === undefined ? null : unmarshall(Item);
  },
  put: async (item, condition) => {
    const { expression, names, values } = condition ?? {};
    try {
      await client.send(
        new PutItemCommand({
          TableName: name,
          Item: write(item),
          ...(expression === undefined ? {} : { ConditionExpression: expression }),
          ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
          ...(values === undefined ? {} : { ExpressionAttributeValues: write(values) }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  },
  remove: async (key) => {
    await client.send(new DeleteItemCommand({ TableName: name, Key: marshall(key) }));
  },
  query: async function* ({ values, ...input }) {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page: QueryCommandOutput = await client.send(
        new QueryCommand({
          ...input,
          TableName: name,
          ExpressionAttributeValues: write(values),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      yield (page.Items ?? []).map((item) => unmarshall(item));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  },
});
