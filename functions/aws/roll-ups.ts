import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Upstream } from '../errors.ts';
import type { Clock, RollUps } from '../ports.ts';
import { accountMarkKey } from './keys.ts';
import type { Table } from './table.ts';

/** Who asks for roll-ups, on the bus. */
export const ROLL_UP_SOURCE = 'kindling.accounts';
export const ROLL_UP_DETAIL_TYPE = 'account.roll-up';

/**
 * For how long after it asked an instance knows that what it commits is in time for the roll-up, ms. A request waits
 * in its queue for longer than this, and for longer than any scorer may run.
 */
const TRUSTED = 30_000;
/** A mark this old has lost its request, ms: it counts for nothing. */
const LOST = 300_000;
/** Accounts that an instance remembers to have asked for. */
const KEPT = 1_000;
/** Entries that one request may hold. */
const BATCH = 10;

/**
 * Asks for roll-ups by way of the bus and a queue that holds each request back for most of a minute, so that all that
 * happens meanwhile is in it. While a request waits, a mark in the table keeps others from asking again; the roll-up
 * clears it before it reads anything. So whoever finds the mark after a commit knows that the roll-up is still to
 * read. The request goes out before the mark is put: whoever stops between the two has asked once too often, never
 * too seldom.
 */
export const queuedRollUps = (
  table: Table,
  bus: { readonly client: EventBridgeClient; readonly name: string },
  clock: Clock,
): RollUps => {
  const askedAt = new Map<string, number>();
  const remember = (accountId: string, at: number): void => {
    askedAt.delete(accountId);
    askedAt.set(accountId, at);
    for (const old of [...askedAt.keys()].slice(0, -KEPT)) askedAt.delete(old);
  };

  const ask = async (accountIds: readonly string[], occasion: 'changed' | 'due'): Promise<void> => {
    for (let from = 0; from < accountIds.length; from += BATCH) {
      const { FailedEntryCount } = await bus.client.send(
        new PutEventsCommand({
          Entries: accountIds.slice(from, from + BATCH).map((accountId) => ({
            EventBusName: bus.name,
            Source: ROLL_UP_SOURCE,
            DetailType: ROLL_UP_DETAIL_TYPE,
            Detail: JSON.stringify({ accountId, occasion }),
          })),
        }),
      );
      if ((FailedEntryCount ?? 0) > 0) throw new Upstream('the bus did not take a request for a roll-up');
    }
  };

  return {
    changed: async (accountId) => {
      const now = clock.now();
      const age = now - (askedAt.get(accountId) ?? -Infinity);
      if (age >= 0 && age < TRUSTED) return;
      const mark = await table.get(accountMarkKey(accountId));
      if (mark !== null && Math.abs(now - Number(mark.at)) < LOST)
        return remember(accountId, Number(mark.at));
      await ask([accountId], 'changed');
      await table.put({ ...accountMarkKey(accountId), at: now });
      remember(accountId, now);
    },
    moving: (accountId) => ask([accountId], 'changed'),
    due: (accountIds) => ask(accountIds, 'due'),
    begin: async (accountId) => {
      await table.remove(accountMarkKey(accountId));
    },
  };
};
