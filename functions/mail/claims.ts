import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { MessageName, Outcome } from '../../core/claim.ts';
import { mailKey } from '../aws/keys.ts';

/** What is known of a message besides its name. */
export interface ClaimNote {
  /** The invocation that made the claim: only it may send. */
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly journey: string | null;
  readonly email: string;
  readonly subject: string | null;
}

export interface Settled {
  readonly outcome: Outcome;
  /** What the service calls the message. */
  readonly messageId?: string;
  readonly reason?: string;
}

export interface Claims {
  /** `mine`: this invocation, and no other, may send now. Else what became of it in other hands. */
  take(name: MessageName, note: ClaimNote): Promise<'mine' | Outcome>;
  /** Records what became of a message that `by` had claimed. */
  settle(name: MessageName, by: string, settled: Settled): Promise<void>;
}

const keyOf = ({ leadId, entry, step, visit }: MessageName): Record<string, string> => ({
  ...mailKey(leadId, entry, step, String(visit)),
});

/** Claims in the table: one item a message, put only if nobody has, or if its sender was asked to come back later. */
export const tableClaims = (client: DynamoDBClient, tableName: string): Claims => ({
  take: async (name, note) => {
    const Key = marshall(keyOf(name));
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: marshall({ ...keyOf(name), entry: name.entry, step: name.step, visit: name.visit, ...note }),
          ConditionExpression: 'attribute_not_exists(pk) OR #outcome = :throttled',
          ExpressionAttributeNames: { '#outcome': 'outcome' },
          ExpressionAttributeValues: marshall({ ':throttled': 'throttled' }),
        }),
      );
      return 'mine';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    // The client may have tried twice: its first put counted, the answer was lost, and the second was refused.
    const found = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
    const item = found.Item === undefined ? {} : unmarshall(found.Item);
    return item.by === note.by ? 'mine' : ((item.outcome as Outcome | undefined) ?? 'unknown');
  },
  settle: async (name, by, { outcome, messageId, reason }) => {
    const set: Record<string, string> = { outcome };
    if (messageId !== undefined) set.messageId = messageId;
    if (reason !== undefined) set.reason = reason.slice(0, 300);
    const names = Object.keys(set);
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(keyOf(name)),
        UpdateExpression: `SET ${names.map((each) => `#${each} = :${each}`).join(', ')}`,
        ConditionExpression: '#by = :by',
        ExpressionAttributeNames: {
          '#by': 'by',
          ...Object.fromEntries(names.map((each) => [`#${each}`, each])),
        },
        ExpressionAttributeValues: marshall({
          ':by': by,
          ...Object.fromEntries(names.map((each) => [`:${each}`, set[each]])),
        }),
      }),
    );
  },
});
