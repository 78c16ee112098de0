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
  /** Also where there is nothing. False where the condition does not hold. */
  remove(key: Key, condition?: Condition): Promise<boolean>;
  /** Everything that a key condition names, page after page. */
  query(
    input: Omit<QueryCommandInput, 'TableName' | 'ExpressionAttributeValues'> & { readonly values: Item },
  ): AsyncGenerator<Item[]>;
}

const write = (item: Item): Record<string, AttributeValue> => marshall(item, { removeUndefinedValues: true });

const conditioned = (condition: Condition | undefined) => {
  const { expression, names, values } = condition ?? {};
  return {
    ...(expression === undefined ? {} : { ConditionExpression: expression }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: write(values) }),
  };
};

/** False where the condition of what is sent does not hold. */
const ifItHolds = async (send: () => Promise<unknown>): Promise<boolean> => {
  try {
    await send();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

export const openTable = (client: DynamoDBClient, name: string): Table => ({
  client,
  name,
  get: async (key) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key: marshall(key), ConsistentRead: true }),
    );
    return Item === undefined ? null : unmarshall(Item);
  },
  put: (item, condition) =>
    ifItHolds(() =>
      client.send(new PutItemCommand({ TableName: name, Item: write(item), ...conditioned(condition) })),
    ),
  remove: (key, condition) =>
    ifItHolds(() =>
      client.send(new DeleteItemCommand({ TableName: name, Key: marshall(key), ...conditioned(condition) })),
    ),
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
