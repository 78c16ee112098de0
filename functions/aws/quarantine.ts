import type { Quarantine, Quarantined } from '../quarantine.ts';
import { quarantineAttributes, quarantineKey } from './keys.ts';
import { type Item, NEW, type Table } from './table.ts';

/** How long refused messages wait for a person, ms. */
const KEPT = 90 * 86_400_000;
/** Characters kept of a message. */
const MAX_RAW = 100_000;

/** Refused messages, in the table by what they are; the index of names lists them by the day they first came in. */
export const tableQuarantine = (table: Table): Quarantine => ({
  put: async (message) => {
    // False: it waits there since it came first, and counts from then when it is replayed.
    await table.put(itemOf(message), NEW);
  },
  replace: async (message) => {
    await table.put(itemOf(message));
  },
  remove: async ({ id }) => {
    await table.remove(quarantineKey(id));
  },
});

const itemOf = ({ id, reason, receivedAt, raw, scope }: Quarantined): Item => ({
  ...quarantineKey(id),
  ...quarantineAttributes(receivedAt, id),
  id,
  reason,
  receivedAt,
  raw: raw.slice(0, MAX_RAW),
  scope,
  ttl: Math.floor((receivedAt + KEPT) / 1000),
});
