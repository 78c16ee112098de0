import * as z from 'zod/mini';
import { actionId } from '../../core/nurture/journey.ts';
import { CHANGE_SOURCE } from '../aws/changes.ts';
import type { BusEntry } from '../ingest/pack.ts';
import { log } from '../log.ts';
import { MESSAGE_DETAIL_TYPE } from '../scoring/envelope.ts';

export interface ActPorts {
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
  readonly clock: { now(): number };
}

const Task = z.object({
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
});
const ActTask = z.discriminatedUnion('action', [
  z.extend(Task, {
    action: z.literal('set'),
    set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  z.extend(Task, { action: z.literal('handoff') }),
]);
type ActTask = z.infer<typeof ActTask>;

/** What tells of itself on the bus. */
const SOURCE = 'kindling.journey';

/**
 * What a journey does to a lead itself: it sets attributes, or asks for a handoff. Both go over the bus, and both are
 * named by the step of the entry, so that doing it twice is doing it once.
 */
export const createAct =
  ({ publish, clock }: ActPorts) =>
  async (input: unknown): Promise<{ readonly outcome: 'done' }> => {
    const task = z.parse(ActTask, input);
    const { leadId, entry, step, action } = task;
    const told = await publish(entryOf(task, clock.now()));
    log.info('act', { lead: leadId, entry, step, action, told });
    if (!told) throw new Error('the bus did not take it');
    return { outcome: 'done' };
  };

const entryOf = (task: ActTask, now: number): BusEntry => {
  const { leadId, entry, step, visit, ruleset } = task;
  const id = actionId(leadId, entry, step, visit);
  if (task.action === 'set')
    return {
      source: SOURCE,
      detailType: MESSAGE_DETAIL_TYPE,
      detail: JSON.stringify({
        type: 'identify',
        leadId,
        messageId: id,
        timestamp: new Date(now).toISOString(),
        traits: task.set,
      }),
    };
  const kind = 'lead.handoff.asked';
  return {
    source: CHANGE_SOURCE,
    detailType: kind,
    detail: JSON.stringify({
      ...{ changeId: `${leadId}#${id}`, leadId, kind, from: null, to: task.journey },
      ...{ version: 0, entry: 0, at: now, ruleset },
    }),
  };
};
