import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Suppression, SuppressionReason } from '../../core/suppression.ts';
import { suppressionKey } from '../aws/keys.ts';

/** Who gets no mail any more. */
export interface Suppressions {
  /** Why the address gets none, or null; sees every `put` that was answered before. */
  find(hash: string): Promise<SuppressionReason | null>;
  /** Idempotent: the first reason stays. @param at UTC milliseconds */
  put(suppression: Suppression, at: number): Promise<void>;
}

export const tableSuppressions = (client: DynamoDBClient, tableName: string): Suppressions => ({
  find: async (hash) => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: marshall({ ...suppressionKey(hash) }),
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? null : ((Item.reason?.S as SuppressionReason | undefined) ?? 'unsubscribed');
  },
  put: async ({ hash, reason }, at) => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: marshall({ ...suppressionKey(hash), reason, at }),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },
});
