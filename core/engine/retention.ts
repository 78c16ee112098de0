import { DAY } from '../duration.ts';

/** When an event ceases to exist: at the first 00:00 UTC at which it is older than the retention; Infinity: never. */
export type Expiry = (occurredAt: number) => number;

export const expiryOf = (retentionMs: number): Expiry =>
  retentionMs === Infinity
    ? () => Infinity
    : (occurredAt) => Math.floor((occurredAt + retentionMs) / DAY) * DAY + DAY;
