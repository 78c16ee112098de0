import { accountOwnerKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';

/** Who had the last handoff of each account, or of one of its people. */
export interface AccountOwners {
  /** An address, or null. */
  find(accountId: string): Promise<string | null>;
  keep(accountId: string, email: string): Promise<void>;
}

export const tableAccountOwners = (table: Table): AccountOwners => ({
  find: async (accountId) => {
    const item = await table.get(accountOwnerKey(accountId));
    return typeof item?.email === 'string' ? item.email : null;
  },
  keep: async (accountId, email) => {
    await table.put({ ...accountOwnerKey(accountId), email });
  },
});
