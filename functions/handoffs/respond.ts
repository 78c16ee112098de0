import { type Decision, messagesOf } from '../../core/handoff/answer.ts';
import type { HandoffRef } from '../../core/handoff/handoff.ts';
import { Conflict } from '../errors.ts';
import type { BusEntry } from '../ingest/pack.ts';
import { log } from '../log.ts';
import type { AnyRecord, Standing, Standings } from './standing.ts';

export interface RespondPorts {
  readonly standings: Pick<Standings, 'answering' | 'write'>;
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
}

/** What tells of itself on the bus. */
const SOURCE = 'kindling.handoff';
const TRIES = 8;

/**
 * Decides about a handoff as it stands, once, and tells the bus of what was decided. The answer and that it has to be
 * told are written together; a crash in between is mended by whoever comes by next: the same click again, or the
 * handoff's own state machine.
 * @returns the handoff as it stands then; null where there is none
 */
export const respond = async (
  ports: RespondPorts,
  ref: HandoffRef,
  decide: (record: AnyRecord) => Decision<AnyRecord['brief']>,
): Promise<Standing | null> => {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const standing = await ports.standings.answering(ref);
    if (standing === null) return null;
    const decision = decide(standing.record);
    if (decision.do === 'nothing') return tellBus(ports, standing);
    if (await ports.standings.write(standing, decision.record))
      return tellBus(ports, { ...standing, record: decision.record });
  }
  throw new Conflict('the handoff changed while it was answered');
};

/** Tells the bus what it may not have heard of, and notes that it has. */
export const tellBus = async (
  { standings, publish }: Pick<RespondPorts, 'publish'> & { readonly standings: Pick<Standings, 'write'> },
  standing: Standing,
): Promise<Standing> => {
  const { record, ref, name } = standing;
  if ((record.untold ?? []).length === 0) return standing;
  const batch = messagesOf(record, name, leadsOf(standing));
  const told =
    batch.length === 0 ||
    (await publish({ source: SOURCE, detailType: 'kindling.message', detail: JSON.stringify({ batch }) }));
  if (!told) {
    log.error('an answer to a handoff is kept, and the bus does not know', {
      [ref.of]: ref.id,
      entry: ref.entry,
    });
    return standing;
  }
  const next = { ...record, untold: [], revision: (record.revision ?? 0) + 1 };
  // Somebody else may have told it, too: the events are the same.
  return (await standings.write(standing, next)) ? { ...standing, record: next } : standing;
};

const leadsOf = ({ ref, record: { brief } }: Standing): readonly string[] =>
  'people' in brief ? brief.people.map(({ leadId }) => leadId) : [ref.id];
