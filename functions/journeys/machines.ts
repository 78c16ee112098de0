import { machinesKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import type { Clock } from '../ports.ts';

/** Journey → the ARN of its state machine. */
export type Addresses = Readonly<Record<string, string>>;

/** Where journeys run. */
export interface Machines {
  /** Holds every journey that this ruleset, which is or was live, can start; a minute old at most. */
  of(ruleset: string): Promise<Addresses>;
}

const CACHE_LIFE = 60_000;

/** Written by each deploy before its ruleset goes live: whoever has seen that ruleset reads at least these. */
export const tableMachines = (table: Table, clock: Clock): Machines => {
  let cached: { readonly ruleset: string; readonly readAt: number; readonly addresses: Addresses } | null =
    null;
  return {
    of: async (ruleset) => {
      const now = clock.now();
      if (cached?.ruleset === ruleset && Math.abs(now - cached.readAt) < CACHE_LIFE) return cached.addresses;
      const item = await table.get(machinesKey);
      const addresses = item === null ? {} : (JSON.parse(String(item.body)) as Addresses);
      cached = { ruleset, readAt: now, addresses };
      return addresses;
    },
  };
};

/** @param addresses as JSON */
export const putMachines = async (table: Table, addresses: string): Promise<void> => {
  await table.put({ ...machinesKey, body: addresses });
};
