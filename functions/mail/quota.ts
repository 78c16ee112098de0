import { GetSendQuotaCommand, type SESClient } from '@aws-sdk/client-ses';
import { log } from '../log.ts';
import type { Line } from './pace.ts';

/** How long an answer is believed, ms. */
const CACHE_LIFE = 300_000;
/** Of the account's rate is for mails to leads; the rest is for those to sales, which shall not wait behind them. */
const SHARE = 0.8;
/** What a new account may send a second, where SES does not say. */
const SANDBOX = 1;
/** What an account without a limit is taken to send a second. */
const UNLIMITED = 1_250;

/** Mails a second that each line may send. */
export type Rates = Readonly<Record<Line, number>>;

/** What a line gets of a rate; never so little that a mail waits for minutes. */
const ratesOf = (granted: number): Rates => ({
  nurture: Math.max(granted * SHARE, 0.5),
  sales: Math.max(granted * (1 - SHARE), 0.2),
});

/** How many mails a second may go out, by what SES grants the account. @param now UTC milliseconds */
export const sendingRates = (client: SESClient, now: () => number): (() => Promise<Rates>) => {
  let cached: { rates: Rates; readAt: number } | null = null;
  return async () => {
    // The clock may be set back (a virtual one is): then the cache is of no known age.
    if (cached !== null && Math.abs(now() - cached.readAt) < CACHE_LIFE) return cached.rates;
    const readAt = now();
    try {
      const { MaxSendRate } = await client.send(new GetSendQuotaCommand({}));
      // -1 is an account without a limit.
      const granted = MaxSendRate === undefined || MaxSendRate === 0 ? SANDBOX : MaxSendRate;
      cached = { rates: ratesOf(granted < 0 ? UNLIMITED : granted), readAt };
    } catch (error) {
      log.warn('the sending rate is not known', { error: error as Error });
      // The last known one, and asked again next time.
      return cached?.rates ?? ratesOf(SANDBOX);
    }
    return cached.rates;
  };
};
