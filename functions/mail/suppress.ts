import type { Suppression, SuppressionReason } from '../../core/nurture/suppression.ts';
import { suppressionKey } from '../aws/keys.ts';
import { NEW, type Table } from '../aws/table.ts';

/** Who gets no mail any more. */
export interface Suppressions {
  /** Why the address gets none, or null; sees every `put` that was answered before. */
  find(hash: string): Promise<SuppressionReason | null>;
  /** Idempotent: the first reason stays. @param at UTC milliseconds */
  put(suppression: Suppression, at: number): Promise<void>;
}

export const tableSuppressions = (table: Table): Suppressions => ({
  find: async (hash) => {
    const item = await table.get(suppressionKey(hash));
    return item === null ? null : (item.reason as SuppressionReason);
  },
  put: async ({ hash, reason }, at) => {
    await table.put({ ...suppressionKey(hash), reason, at }, NEW);
  },
});
