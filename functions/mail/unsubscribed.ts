import type { LeadEvent } from '../../core/event.ts';
import type { Lead } from '../../core/lead.ts';
import { suppressionHash, suppressionOfLead } from '../../core/nurture/suppression.ts';
import type { Suppressions } from './suppress.ts';

const EVENT = 'email.unsubscribed';
/** A topic that nobody could have; it stops all mails then, which is what can be said for sure. */
const MAX_TOPIC = 40;

/**
 * Heeds what other systems say of people who unsubscribed there: whoever may send events with a server key says it by
 * an `email.unsubscribed` of the person, with the `topic` that was called off, or none for all mails. The lead itself is
 * suppressed, too, so that it counts for addresses that it gives later.
 */
export const heedingUnsubscribed =
  (suppressions: Pick<Suppressions, 'put'>) =>
  async (lead: Pick<Lead, 'id' | 'email' | 'emails'>, events: readonly LeadEvent[]): Promise<void> => {
    for (const { type, name, suspected, occurredAt, properties } of events) {
      if (type !== 'track' || name !== EVENT || suspected !== undefined) continue;
      const said = properties.topic;
      const topic =
        typeof said === 'string' && said.length > 0 && said.length <= MAX_TOPIC ? said : undefined;
      const addresses = [...lead.emails, ...(lead.email === null ? [] : [lead.email])];
      const hashes = [suppressionOfLead(lead.id), ...addresses.map(suppressionHash)];
      for (const hash of new Set(hashes))
        if (hash !== null)
          await suppressions.put(
            { hash, reason: 'unsubscribed', ...(topic === undefined ? {} : { topic }) },
            occurredAt,
          );
    }
  };
