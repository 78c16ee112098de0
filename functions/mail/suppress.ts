import {
  type Preferences,
  suppressedFor,
  type Suppression,
  type SuppressionReason,
} from '../../core/nurture/suppression.ts';
import { suppressionKey, suppressionPk, topicOf } from '../aws/keys.ts';
import type { Condition, Table } from '../aws/table.ts';

/** Who gets no mail any more, or none on a topic. Every read sees every write that was answered before. */
export interface Suppressions {
  /** Why the address gets none, or null. @param topic of the mail; without one only what stops all mails counts */
  find(hash: string, topic?: string | null): Promise<SuppressionReason | null>;
  preferences(hash: string): Promise<Preferences>;
  /**
   * Idempotent. The first reason stays, but for a bounce or a complaint, which go before what people can take back; what
   * was taken back after `at` stays so, however late the news of it comes.
   * @param at when it was said, UTC milliseconds
   * @returns since when it stands
   */
  put(suppression: Suppression, at: number): Promise<number>;
  /** Takes an unsubscription back; never a bounce or a complaint. @param topic null: of all mails */
  lift(hash: string, topic: string | null, at: number): Promise<void>;
}

export const tableSuppressions = (table: Table): Suppressions => {
  const preferences: Suppressions['preferences'] = async (hash) => {
    let all: SuppressionReason | null = null;
    const off: string[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk',
      values: { ':pk': suppressionPk(hash) },
      ConsistentRead: true,
    });
    for await (const items of pages)
      for (const { sk, reason, lifted } of items) {
        if (lifted === true) continue;
        const topic = topicOf(String(sk));
        if (topic === null) all = reason as SuppressionReason;
        else off.push(topic);
      }
    return { all, off };
  };
  return {
    preferences,
    find: async (hash, topic = null) => suppressedFor(await preferences(hash), topic),
    put: async ({ hash, reason, topic }, at) => {
      const key = suppressionKey(hash, topic);
      const taken = await table.put({ ...key, reason, at }, reason === 'unsubscribed' ? newer(at) : stronger);
      return taken ? at : Number((await table.get(key))?.at ?? at);
    },
    lift: async (hash, topic, at) => {
      await table.put(
        { ...suppressionKey(hash, topic), reason: 'unsubscribed', at, lifted: true },
        {
          expression: '#reason = :unsubscribed AND #at <= :at',
          names: { '#reason': 'reason', '#at': 'at' },
          values: { ':unsubscribed': 'unsubscribed', ':at': at },
        },
      );
    },
  };
};

const newer = (at: number): Condition => ({
  expression: 'attribute_not_exists(pk) OR (#lifted = :true AND #at < :at)',
  names: { '#lifted': 'lifted', '#at': 'at' },
  values: { ':true': true, ':at': at },
});
const stronger: Condition = {
  expression: 'attribute_not_exists(pk) OR #reason = :unsubscribed',
  names: { '#reason': 'reason' },
  values: { ':unsubscribed': 'unsubscribed' },
};
