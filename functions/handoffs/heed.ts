import { answered, ended, refOfName } from '../../core/handoff/answer.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import type { Lead } from '../../core/lead.ts';
import { Conflict } from '../errors.ts';
import { log } from '../log.ts';
import type { Standings } from './standing.ts';

/** What a sales system says by an event. */
const SALES = ['handoff.accepted', 'handoff.rejected', 'deal.won', 'deal.lost'];
const TRIES = 5;

type Heeded = Pick<Standings, 'answering' | 'newest' | 'write'>;

/**
 * Takes what sales says over the API or a webhook into the handoff that it names, else into the lead's newest. An answer
 * of ours that comes back as an event finds its handoff answered, and changes nothing.
 */
export const heedingSales =
  (standings: Heeded) =>
  async ({ id: leadId }: Pick<Lead, 'id'>, events: readonly LeadEvent[]): Promise<void> => {
    const sales = events
      .filter(({ name, suspected }) => SALES.includes(name) && suspected === undefined)
      .sort((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1));
    for (const event of sales) await heed(standings, leadId, event);
  };

const heed = async (
  standings: Heeded,
  leadId: string,
  { name, properties, occurredAt: at }: LeadEvent,
): Promise<void> => {
  const by = textOf(properties.by) ?? 'the sales system';
  const reason = textOf(properties.reason);
  const because = reason === null ? {} : { reason };
  const named = typeof properties.handoff === 'string' ? refOfName(properties.handoff) : null;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const standing = await (named === null ? standings.newest(leadId) : standings.answering(named));
    // Word of an older one says nothing of this.
    if (standing === null || at < standing.record.at) return;
    const { record } = standing;
    const decision =
      name === 'handoff.accepted'
        ? answered(record, { what: 'accepted', by, at })
        : name === 'handoff.rejected'
          ? answered(
              record,
              reason === 'not-now' ? { what: 'not-now', by, at } : { what: 'not-a-fit', by, at, ...because },
            )
          : ended(record, {
              what: name === 'deal.won' ? 'won' : 'lost',
              by,
              at,
              ...because,
              ...(typeof properties.amount === 'number' ? { amount: properties.amount } : {}),
            });
    if (decision.do === 'nothing') return;
    // The bus has heard: this is where it said so.
    const untold = record.untold ?? [];
    if (await standings.write(standing, { ...decision.record, untold })) {
      log.info('handoff answered', { lead: leadId, of: standing.ref.of, entry: record.entry, event: name });
      return;
    }
  }
  throw new Conflict('the handoff changed while it was answered');
};

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 100) : null;
