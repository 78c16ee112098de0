import { GetSendQuotaCommand, type SESClient } from '@aws-sdk/client-ses';
import { log } from '../log.ts';

/** How long an answer is believed, ms. */
const CACHE_LIFE = 300_000;
/** Of the account's rate is used; the rest is for mails that cannot wait. */
const SHARE = 0.8;
/** What a new account may send a second, where SES does not say. */
const SANDBOX = 1;

/** How many mails a second journeys may send, by what SES grants the account. @param now UTC milliseconds */
export const sendingRate = (client: SESClient, now: () => number): (() => Promise<number>) => {
  let cached: { rate: number; readAt: number } | null = null;
  return async () => {
    // The clock may be set back (a virtual one is): then the cache is of no known age.
    if (cached !== null && Math.abs(now() - cached.readAt) < CACHE_LIFE) return cached.rate;
    const readAt = now();
    try {
      const { MaxSendRate } = await client.send(new GetSendQuotaCommand({}));
      // -1 is an account without a limit.
      const granted = MaxSendRate === undefined || MaxSendRate === 0 ? SANDBOX : MaxSendRate;
      cached = { rate: granted < 0 ? 1_000 : Math.max(granted * SHARE, 0.5), readAt };
    } catch (error) {
      log.warn('the sending rate is not known', { error: error as Error });
      // The last known one, and asked again next time.
      return cached?.rate ?? SANDBOX;
    }
    return cached.rate;
  };
};
