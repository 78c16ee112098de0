import * as z from 'zod/mini';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { RollUps } from '../ports.ts';
import { onQueue, type QueueHandler } from '../queue.ts';
import { rollUp, type RollUpOccasion, type RollUpPorts } from './roll-up.ts';

/** A request as the bus brings it; more may stand in it. */
const Request = z.object({
  detail: z.object({ accountId: z.string(), occasion: z.enum(['changed', 'due']) }),
});

export type AccountsPorts = RollUpPorts & { readonly rollUps: Pick<RollUps, 'begin'> };

/** Accounts worked on at once. */
const ACCOUNTS = 10;

interface Asked {
  readonly occasion: RollUpOccasion;
  readonly records: readonly string[];
}

/** Rolls up the accounts that a batch of requests names, each once; one that fails fails only its own requests. */
export const createAccounts = (ports: AccountsPorts): QueueHandler =>
  onQueue(async (records) => {
    const failed: string[] = [];
    const asked = new Map<string, Asked>();
    for (const { id, body } of records) {
      const request = z.safeParse(Request, body);
      if (!request.success) {
        log.error('a request that is none', { message: id });
        failed.push(id);
        continue;
      }
      const { accountId, occasion } = request.data.detail;
      const before = asked.get(accountId);
      asked.set(accountId, {
        occasion: before?.occasion === 'changed' ? 'changed' : occasion,
        records: [...(before?.records ?? []), id],
      });
    }
    await inParallel(ACCOUNTS, [...asked], async ([accountId, { occasion, records: from }]) => {
      try {
        // Before anything is read: whatever changes from here on asks again.
        if (occasion === 'changed') await ports.rollUps.begin(accountId);
        const account = await rollUp(ports, accountId, occasion);
        log.info('rolled up', {
          account: accountId,
          occasion,
          members: account?.members ?? 0,
          version: account?.version ?? 0,
        });
      } catch (error) {
        log.error('an account was not rolled up', { account: accountId, error: error as Error });
        failed.push(...from);
      }
    });
    return failed;
  });
