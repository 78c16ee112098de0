import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { paceKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import { Conflict } from '../errors.ts';

/** Who waits for a place: mails to leads, or to sales, who shall not stand behind ten thousand leads. */
export type Line = 'nurture' | 'sales';

/** Spreads mails over time by what the account may send a second. */
export interface Pace {
  /**
   * Takes the next free place of a line: nobody else gets it.
   * @param now UTC milliseconds
   * @param perSecond above 0
   * @returns when the mail may go, UTC milliseconds; at or before `now` means at once
   */
  take(line: Line, now: number, perSecond: number): Promise<number>;
}

/** What may go at once after a rest, seconds of the rate: hardly anything, since SES counts any one second. */
const BURST = 0.1;
/** A next free place that lies further ahead is of a clock that was set back, ms. */
const AHEAD = 7 * 86_400_000;
const TRIES = 10;

/**
 * A token bucket as one number: when the next place is free. A mail that comes to an empty line takes its place now; in a
 * full one it is told when to come. Each takes one write, however many come at once.
 */
export const tablePace = ({ client, name }: Pick<Table, 'client' | 'name'>): Pace => {
  const update = async (
    line: Line,
    expression: string,
    condition: string,
    values: Readonly<Record<string, number>>,
  ): Promise<number | null> => {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: name,
          Key: marshall(paceKey(line)),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#next': 'next' },
          ExpressionAttributeValues: marshall(values),
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(unmarshall(Attributes ?? {}).next);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw error;
    }
  };
  return {
    take: async (line, now, perSecond) => {
      const gap = Math.max(1, Math.ceil(1_000 / perSecond));
      const rested = now - Math.round(BURST * 1_000);
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        // Most often places are taken one behind the other, so that is tried first.
        const after = await update(line, 'SET #next = #next + :gap', '#next BETWEEN :rested AND :ahead', {
          ':gap': gap,
          ':rested': rested,
          ':ahead': now + AHEAD,
        });
        if (after !== null) return after - gap;
        const first = await update(
          line,
          'SET #next = :after',
          'attribute_not_exists(#next) OR #next < :rested OR #next > :ahead',
          { ':after': rested + gap, ':rested': rested, ':ahead': now + AHEAD },
        );
        if (first !== null) return rested;
      }
      throw new Conflict('no place in the account’s sending rate');
    },
  };
};
