import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import type { HandoffBrief } from '../../core/handoff/brief.ts';
import { HANDOFF_PREFIX, handoffIndex, handoffKey, leadPk } from '../aws/keys.ts';
import { NEW, type Table } from '../aws/table.ts';
import { recordOf } from './standing.ts';

/** A handoff without its brief. */
export type HandoffState = Pick<HandoffRecord, 'entry' | 'at' | 'state'>;

/** The handoffs of leads, or of accounts; few of each. */
export interface Handoffs<Brief = HandoffBrief> {
  /** All of one lead or account, consistently. */
  list(id: string): Promise<readonly HandoffState[]>;
  find(id: string, entry: number): Promise<HandoffRecord<Brief> | null>;
  /** Opens it if nobody has; answers what is there then: an earlier try's record stays as it was. */
  open(id: string, record: HandoffRecord<Brief>): Promise<HandoffRecord<Brief>>;
}

/** @param under the partition of a lead, or of an account */
export const tableHandoffs = <Brief = HandoffBrief>(
  table: Table,
  under: (id: string) => string = leadPk,
): Handoffs<Brief> => {
  const find: Handoffs<Brief>['find'] = async (id, entry) => {
    const item = await table.get(handoffKey(id, entry, under));
    if (item === null) return null;
    return recordOf(item) as HandoffRecord<Brief>;
  };
  return {
    find,
    list: async (id) => {
      const found: HandoffState[] = [];
      const pages = table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ProjectionExpression: '#entry, #at, #state',
        ExpressionAttributeNames: { '#entry': 'entry', '#at': 'at', '#state': 'state' },
        values: { ':pk': under(id), ':prefix': HANDOFF_PREFIX },
        ConsistentRead: true,
      });
      for await (const items of pages) found.push(...(items as unknown as HandoffState[]));
      return found;
    },
    open: async (id, record) => {
      const index = handoffIndex(record.at, record.entry, id);
      if (await table.put({ ...handoffKey(id, record.entry, under), ...index, ...record }, NEW))
        return record;
      return (await find(id, record.entry)) ?? record;
    },
  };
};
