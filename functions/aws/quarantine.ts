import type { Quarantine } from '../quarantine.ts';
import { quarantineKey } from './keys.ts';
import type { Table } from './table.ts';

/** How long refused messages wait for a person, ms. */
const KEPT = 90 * 86_400_000;
/** Characters kept of a message. */
const MAX_RAW = 100_000;

/** Refused messages, in the table by the day they came in. */
export const tableQuarantine = (table: Table): Quarantine => ({
  put: async ({ id, reason, receivedAt, raw, scope }) => {
    await table.put({
      ...quarantineKey(receivedAt, id),
      id,
      reason,
      receivedAt,
      raw: raw.slice(0, MAX_RAW),
      scope,
      ttl: Math.floor((receivedAt + KEPT) / 1000),
    });
  },
  remove: ({ id, receivedAt }) => table.remove(quarantineKey(receivedAt, id)),
});
