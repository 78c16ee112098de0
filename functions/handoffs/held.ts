import type { HandoffRef } from '../../core/handoff/handoff.ts';
import { accountPk, handoffKey, HELD_PK, heldKey, leadPk } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';

/** A handoff that did not start: a switch of rulesets had started as many as it may. */
export interface HeldHandoff extends HandoffRef {
  /** The epoch of the switch. */
  readonly deploy: number;
  /** UTC milliseconds. */
  readonly at: number;
}

export interface Held {
  /** The newest of a lead or account counts. */
  note(held: HeldHandoff): Promise<void>;
  /** Those that were not opened since, any order. */
  list(): Promise<readonly HeldHandoff[]>;
}

/** How long somebody may think about it, ms. */
const KEPT = 90 * 86_400_000;

export const tableHeld = (table: Table): Held => ({
  note: async (held) => {
    const ttl = Math.floor((held.at + KEPT) / 1000);
    await table.put({ ...heldKey(held.of, held.id), ...held, ttl });
  },
  list: async () => {
    const found: HeldHandoff[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk',
      values: { ':pk': HELD_PK },
      ConsistentRead: true,
    });
    for await (const items of pages)
      for (const item of items) {
        const { of, id, entry, deploy, at } = item as unknown as HeldHandoff;
        const opened = await table.get(handoffKey(id, entry, of === 'lead' ? leadPk : accountPk));
        if (opened === null) found.push({ of, id, entry, deploy, at });
      }
    return found;
  },
});
