import { SendRawEmailCommand, type SESClient, SESServiceException } from '@aws-sdk/client-ses';
import type { Settled } from './claims.ts';

export interface OutgoingMail {
  readonly raw: Uint8Array;
  readonly from: string;
  readonly to: string;
  /** What SES gives back with every event of this mail; letters, digits, `_` and `-`. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface Transport {
  /** Never throws: what is not known to have been refused may have gone out. */
  send(mail: OutgoingMail): Promise<Settled>;
}

/** Pauses before the second, third and fourth try, milliseconds. */
const PAUSES = [250, 1_000, 3_000];

const isThrottling = (error: unknown): boolean =>
  error instanceof SESServiceException &&
  (/throttl|TooManyRequests/i.test(error.name) ||
    (error.name === 'MessageRejected' && /rate exceeded|throttl/i.test(error.message)));

/** SES answered, and its answer was no. */
const isRefusal = (error: unknown): error is SESServiceException =>
  error instanceof SESServiceException &&
  (error.$metadata.httpStatusCode ?? 500) >= 400 &&
  (error.$metadata.httpStatusCode ?? 500) < 500;

/**
 * Sends by SES. The client must have `maxAttempts: 1`: after a lost response a default client sends again, and the
 * reader gets two mails. Only an explicit throttling, which says that nothing was taken, is tried again here.
 * @param pause waits for so many milliseconds
 */
export const sesTransport = (
  client: SESClient,
  {
    configurationSet,
    pause,
  }: { readonly configurationSet: string; readonly pause: (ms: number) => Promise<void> },
): Transport => ({
  send: async ({ raw, from, to, tags }) => {
    const command = new SendRawEmailCommand({
      RawMessage: { Data: raw },
      Source: from,
      Destinations: [to],
      ConfigurationSetName: configurationSet,
      Tags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
    });
    for (const wait of [...PAUSES, null]) {
      try {
        const { MessageId } = await client.send(command);
        return { outcome: 'sent', ...(MessageId === undefined ? {} : { messageId: MessageId }) };
      } catch (error) {
        const reason = error instanceof Error ? error.name : 'Error';
        if (isThrottling(error)) {
          if (wait === null) return { outcome: 'throttled', reason };
          await pause(wait);
        } else return { outcome: isRefusal(error) ? 'refused' : 'unknown', reason };
      }
    }
    return { outcome: 'throttled' };
  },
});
