import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { rateKey } from '../aws/keys.ts';
import type { RateCounter } from './rate.ts';

/** How long a window's counter is kept, seconds. */
const KEPT = 3600;

/** Counts in the table. A retry after a lost answer counts twice, which a limit can bear. */
export const tableRateCounter = (client: DynamoDBClient, table: string): RateCounter => ({
  async add(name, second, count, limit) {
    const { pk, sk } = rateKey(name, second);
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'SET #ttl = :ttl ADD #used :count',
          ConditionExpression: 'attribute_not_exists(#used) OR #used < :limit',
          ExpressionAttributeNames: { '#used': 'used', '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':count': { N: String(count) },
            ':limit': { N: String(limit) },
            ':ttl': { N: String(second + KEPT) },
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
});
