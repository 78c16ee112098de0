import { suppressionsFor } from '../../core/nurture/suppression.ts';
import { log } from '../log.ts';
import type { QueueHandler } from '../queue.ts';
import type { Prove } from './settle.ts';
import type { Suppressions } from './suppress.ts';

/**
 * Takes the addresses that bounced for good or complained out of all mailings, beside what is done with the batch:
 * the lead's log keeps no address, so this is the only place that sees one. A record whose address could not be put
 * away comes back.
 * @param prove settles mails of which we do not know what became
 */
export const heedingBounces =
  (
    handle: QueueHandler,
    suppressions: Pick<Suppressions, 'put'>,
    clock: { now(): number },
    prove: Prove = () => Promise.resolve(),
  ): QueueHandler =>
  async (event, context) => {
    const failed = new Set<string>();
    for (const { messageId, body } of event.Records) {
      const told = toldBySes(body);
      if (told === null) continue;
      try {
        await prove(told);
        for (const suppression of suppressionsFor(told.detail)) {
          await suppressions.put(suppression, clock.now());
          log.info('suppressed', { reason: suppression.reason });
        }
      } catch (error) {
        log.error('an address was not suppressed', { message: messageId, error: error as Error });
        failed.add(messageId);
      }
    }
    const { batchItemFailures } = await handle(event, context);
    for (const { itemIdentifier } of batchItemFailures) failed.add(itemIdentifier);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };

/** An event of SES as the queue brings it; null for all else, and for what cannot be read, which is for `handle` to tell. */
const toldBySes = (body: string): { readonly detail: object } | null => {
  if (!body.includes('"aws.ses"')) return null;
  try {
    const event = JSON.parse(body) as { source?: unknown; detail?: unknown };
    const { source, detail } = event;
    return source === 'aws.ses' && typeof detail === 'object' && detail !== null
      ? { ...event, detail }
      : null;
  } catch {
    return null;
  }
};
