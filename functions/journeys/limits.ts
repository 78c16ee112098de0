import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import type { Terms } from '../../core/publish/origin.ts';
import { startedKey } from '../aws/keys.ts';
import type { Published } from '../aws/published.ts';
import type { Table } from '../aws/table.ts';

/** What the switch to a ruleset may start by itself. */
export interface Limits {
  /** Whether this may start: it has its place within the limit, or gets one. Asking twice takes one place. */
  take(epoch: number, what: keyof Terms, name: string): Promise<boolean>;
}

/**
 * The limits of switches, in the table. What has started is a set of names, to which a name is added only while the set
 * is smaller than the limit: however often, and by however many, it is asked, a name has one place.
 */
export const tableLimits = (table: Table, published: Pick<Published, 'find'>): Limits => {
  /** Terms of a switch never change. */
  const known = new Map<number, Terms>();
  const termsOf = async (epoch: number): Promise<Terms> => {
    const terms = known.get(epoch) ?? (await published.find(epoch))?.terms;
    if (terms === undefined) throw new Error(`nothing was published with epoch ${epoch}`);
    known.set(epoch, terms);
    return terms;
  };
  return {
    take: async (epoch, what, name) => {
      const limit = (await termsOf(epoch))[what];
      if (limit === null) return true;
      if (limit === 0) return false;
      const { pk, sk } = startedKey(epoch, what);
      // Ten thousand of these fit into an item.
      const short = createHash('sha256').update(name).digest('base64url').slice(0, 12);
      try {
        await table.client.send(
          new UpdateItemCommand({
            TableName: table.name,
            Key: { pk: { S: pk }, sk: { S: sk } },
            UpdateExpression: 'ADD #taken :one',
            ConditionExpression:
              'attribute_not_exists(#taken) OR size(#taken) < :limit OR contains(#taken, :name)',
            ExpressionAttributeNames: { '#taken': 'taken' },
            ExpressionAttributeValues: {
              ':one': { SS: [short] },
              ':name': { S: short },
              ':limit': { N: String(limit) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
};
