import { type HandoffRecord, isHandedOff } from '../../core/handoff/handoff.ts';
import { accountPk, HANDOFF_PREFIX, handoffKey, leadPk, NAMED_PREFIX, namedKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';

/** Whom sales has in hand, so that nurture rests. */
export interface InHand {
  /**
   * Whether a lead's own handoff is open or accepted, or one of an account that names it is accepted: until somebody
   * takes the account, its people stay where they are.
   */
  has(leadId: string): Promise<boolean>;
  /** Notes whom a handoff of an account names, before it is opened; may be done again. */
  note(leadIds: readonly string[], accountId: string, entry: number): Promise<void>;
}

/** Of both a lead's handoffs and those that name it. */
const PREFIX = 'HANDOFF';

export const tableInHand = (table: Table): InHand => ({
  has: async (leadId) => {
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ProjectionExpression: 'sk, #state, account, #entry',
      ExpressionAttributeNames: { '#state': 'state', '#entry': 'entry' },
      values: { ':pk': leadPk(leadId), ':prefix': PREFIX },
      ConsistentRead: true,
    });
    for await (const items of pages) {
      const own = items.filter(({ sk }) => String(sk).startsWith(HANDOFF_PREFIX));
      if (isHandedOff(own as unknown as Pick<HandoffRecord, 'state'>[])) return true;
      for (const { sk, account, entry } of items) {
        if (!String(sk).startsWith(NAMED_PREFIX)) continue;
        const item = await table.get(handoffKey(String(account), Number(entry), accountPk));
        if (item?.state === 'accepted') return true;
      }
    }
    return false;
  },
  note: async (leadIds, accountId, entry) => {
    for (const leadId of leadIds)
      await table.put({ ...namedKey(leadId, accountId, entry), account: accountId, entry });
  },
});
