import type { HandoffRecord } from '../../core/handoff.ts';
import { HANDOFF_PREFIX, handoffKey, leadPk } from '../aws/keys.ts';
import { NEW, type Table } from '../aws/table.ts';

/** A handoff without its brief. */
export type HandoffState = Pick<HandoffRecord, 'entry' | 'at' | 'state'>;

/** The handoffs of leads; few a lead. */
export interface Handoffs {
  /** All of a lead's, consistently. */
  list(leadId: string): Promise<readonly HandoffState[]>;
  find(leadId: string, entry: number): Promise<HandoffRecord | null>;
  /** Opens it if nobody has; answers what is there then: an earlier try's record stays as it was. */
  open(leadId: string, record: HandoffRecord): Promise<HandoffRecord>;
}

export const tableHandoffs = (table: Table): Handoffs => {
  const find: Handoffs['find'] = async (leadId, entry) => {
    const item = await table.get(handoffKey(leadId, entry));
    if (item === null) return null;
    const { pk: _pk, sk: _sk, ...record } = item;
    return record as unknown as HandoffRecord;
  };
  return {
    find,
    list: async (leadId) => {
      const found: HandoffState[] = [];
      const pages = table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ProjectionExpression: '#entry, #at, #state',
        ExpressionAttributeNames: { '#entry': 'entry', '#at': 'at', '#state': 'state' },
        values: { ':pk': leadPk(leadId), ':prefix': HANDOFF_PREFIX },
        ConsistentRead: true,
      });
      for await (const items of pages) found.push(...(items as unknown as HandoffState[]));
      return found;
    },
    open: async (leadId, record) => {
      if (await table.put({ ...handoffKey(leadId, record.entry), ...record }, NEW)) return record;
      return (await find(leadId, record.entry)) ?? record;
    },
  };
};
