import { createHash } from 'node:crypto';
import type { AccountHistory, Snapshot } from '../history.ts';
import { inOrder } from './order.ts';

/** What was said of each account at or before an instant (UTC milliseconds), as a short text that differs if it does. */
export const saidUntil = (
  accounts: readonly AccountHistory[],
  until: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries(accounts.map((account) => [account.id, digest(account, until)]));

/**
 * Whether nothing was said late: what a snapshot remembers rests on what had been said of accounts by its watermark, and
 * a message dated before it that came after it was made changes the past. Without a snapshot nothing is remembered.
 * @param accounts at least those that the snapshot names
 */
export function nothingSaidLate(
  snapshot: Snapshot | undefined,
  accounts: readonly AccountHistory[] = [],
): boolean {
  if (snapshot === undefined) return true;
  const { said, watermark } = snapshot;
  if (said === undefined) return false;
  return Object.entries(said).every(([id, then]) => {
    const account = accounts.find((each) => each.id === id);
    return account !== undefined && digest(account, watermark) === then;
  });
}

const digest = ({ events }: AccountHistory, until: number): string => {
  const said = inOrder(events, -Infinity, until).map(({ occurredAt, id, traits }) => [
    occurredAt,
    id,
    traits,
  ]);
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 12);
};
