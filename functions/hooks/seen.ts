import { hookKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';

/** Which deliveries were taken, so that one that is replayed does nothing. */
export interface Seen {
  has(source: string, id: string): Promise<boolean>;
  /** @param at UTC milliseconds */
  note(source: string, id: string, at: number): Promise<void>;
}

/** Ten times as long as any product tries again, ms. */
const KEPT = 30 * 86_400_000;

export const tableSeen = (table: Table): Seen => ({
  has: async (source, id) => (await table.get(hookKey(source, id))) !== null,
  note: async (source, id, at) => {
    await table.put({ ...hookKey(source, id), ttl: Math.floor((at + KEPT) / 1000) });
  },
});
