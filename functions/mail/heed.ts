import { suppressionsFor } from '../../core/nurture/suppression.ts';
import { log } from '../log.ts';
import type { QueueHandler } from '../queue.ts';
import type { Suppressions } from './suppress.ts';

/**
 * Takes the addresses that bounced for good or complained out of all mailings, beside what is done with the batch:
 * the lead's log keeps no address, so this is the only place that sees one. A record whose address could not be put
 * away comes back.
 */
export const heedingBounces =
  (handle: QueueHandler, suppressions: Pick<Suppressions, 'put'>, clock: { now(): number }): QueueHandler =>
  async (event, context) => {
    const failed = new Set<string>();
    for (const { messageId, body } of event.Records) {
      try {
        for (const suppression of suppressionsOf(body)) {
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

/** Of a bus event as the queue brings it; what cannot be read is for `handle` to tell. */
const suppressionsOf = (body: string): ReturnType<typeof suppressionsFor> => {
  if (!body.includes('"aws.ses"')) return [];
  try {
    const { source, detail } = JSON.parse(body) as { source?: unknown; detail?: unknown };
    return source === 'aws.ses' && typeof detail === 'object' && detail !== null
      ? suppressionsFor(detail)
      : [];
  } catch {
    return [];
  }
};
