import * as z from 'zod/mini';
import { isHandedOff } from '../../core/handoff/handoff.ts';
import {
  conditionHolds,
  type JourneyView,
  readsEvents,
  type StopReason,
} from '../../core/nurture/journey.ts';
import { type JourneyCondition } from '../../core/schema/journey.ts';
import { suppressionHash } from '../../core/nurture/suppression.ts';
import type { Entries } from './entries.ts';
import type { Handoffs } from '../handoffs/handoffs.ts';
import { addressOf, type People, type Standings } from './people.ts';
import { log } from '../log.ts';
import type { Suppressions } from '../mail/suppress.ts';

export interface LookPorts {
  readonly people: People;
  readonly standings: Standings;
  readonly entries: Pick<Entries, 'find' | 'end'>;
  readonly handoffs: Pick<Handoffs, 'list'>;
  readonly suppressions: Pick<Suppressions, 'find'>;
  readonly clock: { now(): number };
}

const Condition = z.custom<JourneyCondition>((value) => typeof value === 'object' && value !== null);
const LookTask = z.object({
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  step: z.string(),
  action: z.enum(['continue', 'if', 'end']),
  stop: z._default(z.array(Condition), []),
  condition: z.optional(Condition),
});
type LookTask = z.infer<typeof LookTask>;

export interface LookAnswer {
  readonly outcome: 'go' | 'then' | 'else' | 'stop' | 'ended';
  readonly reason?: StopReason;
}

/**
 * What a journey's state machine asks between its steps: may it go on, which way does an `if` go; and at its end it
 * says so, which frees the lead for another entry. Only ids go in and only one word comes out.
 */
export const createLook =
  (ports: LookPorts) =>
  async (input: unknown): Promise<LookAnswer> => {
    const task = z.parse(LookTask, input);
    const { leadId, entry, journey, step } = task;
    const answer = task.action === 'end' ? await end(ports, task) : await look(ports, task);
    log.info('look', { lead: leadId, entry, journey, step, ...answer });
    return answer;
  };

const end = async (
  { entries, clock }: LookPorts,
  { leadId, journey, entry, step }: LookTask,
): Promise<LookAnswer> => {
  await entries.end(leadId, journey, entry, step, clock.now());
  return { outcome: 'ended' };
};

const look = async (ports: LookPorts, task: LookTask): Promise<LookAnswer> => {
  const { people, standings, entries, handoffs, suppressions, clock } = ports;
  const { leadId, stop, condition } = task;
  const stopped = (reason: StopReason): LookAnswer => ({ outcome: 'stop', reason });
  const [lead, running, handedOff, attributes] = await Promise.all([
    people.find(leadId),
    entries.find(leadId, task.journey),
    handoffs.list(leadId),
    people.attributes(leadId),
  ]);
  if (lead === null) return stopped('erased');
  if (lead.into !== undefined) return stopped('merged');
  if (running === null || !running.running || running.entry !== task.entry) return stopped('left');
  if (isHandedOff(handedOff)) return stopped('handed-off');
  const address = addressOf(lead, attributes);
  const hash = address === null ? null : suppressionHash(address);
  const suppressed = hash === null ? null : await suppressions.find(hash);
  if (suppressed !== null) return stopped(suppressed);
  const conditions = condition === undefined ? stop : [...stop, condition];
  if (conditions.length === 0) return { outcome: 'go' };
  const now = clock.now();
  const person = await standings.at(leadId, now);
  if (person === null) return stopped('erased');
  const view: JourneyView = {
    band: person.evaluation.band,
    events: readsEvents(conditions)
      ? person.events.filter(({ occurredAt }) => occurredAt > running.at && occurredAt <= now)
      : [],
  };
  if (stop.some((each) => conditionHolds(each, view))) return stopped('condition');
  if (condition === undefined) return { outcome: 'go' };
  return { outcome: conditionHolds(condition, view) ? 'then' : 'else' };
};
