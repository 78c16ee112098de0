import * as z from 'zod/mini';
import { conditionHolds } from '../../core/nurture/condition.ts';
import type { JourneyView } from '../../core/nurture/condition.ts';
import type { EntryEnd, JourneyEntry, StopReason } from '../../core/nurture/journey.ts';
import { wayOf } from '../../core/nurture/share.ts';
import { suppressionHash, suppressionOfLead } from '../../core/nurture/suppression.ts';
import { nextLook, nextMoment } from '../../core/nurture/wait.ts';
import { zoneOf } from '../../core/nurture/zone.ts';
import type { JsonObject } from '../../core/json.ts';
import type { JourneyCondition } from '../../core/schema/journey-condition.ts';
import type { Until } from '../../core/schema/journey-step.ts';
import type { InHand } from '../handoffs/in-hand.ts';
import { log } from '../log.ts';
import type { Suppressions } from '../mail/suppress.ts';
import type { Entries } from './entries.ts';
import { addressOf, type People, type Standings } from './people.ts';
import type { RulesetParts } from './rulesets.ts';

export interface LookPorts {
  readonly people: People;
  readonly standings: Standings;
  readonly entries: Pick<Entries, 'find' | 'end' | 'reach'>;
  readonly inHand: Pick<InHand, 'has'>;
  readonly suppressions: Pick<Suppressions, 'find'>;
  readonly rulesets: Pick<RulesetParts, 'settings'>;
  readonly clock: { now(): number };
}

const Condition = z.custom<JourneyCondition>((value) => typeof value === 'object' && value !== null);
const Task = z.object({
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  ruleset: z.string(),
  step: z.string(),
  stop: z._default(z.array(Condition), []),
  goal: z._default(z.array(Condition), []),
});
/** What a state machine asks; what a step says is written into the machine. */
const LookTask = z.discriminatedUnion('action', [
  z.extend(Task, { action: z.literal('continue') }),
  z.extend(Task, { action: z.literal('if'), condition: Condition }),
  z.extend(Task, { action: z.literal('split'), split: z.record(z.string(), z.string()) }),
  z.extend(Task, {
    action: z.literal('until'),
    until: z.custom<Until>((value) => typeof value === 'object' && value !== null),
  }),
  z.extend(Task, {
    action: z.literal('for'),
    condition: Condition,
    timeoutMs: z.number(),
    /** Of the wait, UTC milliseconds; null at its first look. */
    since: z.nullable(z.number()),
    looks: z.number(),
  }),
  z.extend(Task, { action: z.literal('end'), why: z._default(z.string(), 'completed') }),
]);
type LookTask = z.infer<typeof LookTask>;
type Asking = Exclude<LookTask, { action: 'end' }>;

/** `outcome` is what a `Choice` goes by; a wait also hears until when. */
export interface LookAnswer {
  readonly outcome: 'go' | 'then' | 'else' | 'wait' | 'stop' | 'ended' | `way ${string}`;
  readonly reason?: EntryEnd;
  /** ISO, UTC. */
  readonly until?: string;
  /** When the wait began, UTC milliseconds. */
  readonly since?: number;
  readonly looks?: number;
}

/**
 * What a journey's state machine asks between its steps: may it go on, which way, until when; and at its end it says
 * so, which frees the lead for another entry. Only ids and conditions go in, and only such words come out.
 */
export const createLook =
  (ports: LookPorts) =>
  async (input: unknown): Promise<LookAnswer> => {
    const task = z.parse(LookTask, input);
    const { leadId, entry, journey, step, action } = task;
    const answer = action === 'end' ? await end(ports, task) : await look(ports, task);
    log.info('look', { lead: leadId, entry, journey, step, ...answer });
    return answer;
  };

/** A merged lead names its survivor, which may have been merged in turn. */
const MERGES = 10;

const end = async (ports: LookPorts, task: Extract<LookTask, { action: 'end' }>): Promise<LookAnswer> => {
  const { people, entries, clock } = ports;
  const { leadId, journey, entry } = task;
  // A goal that is reached at the very end is reached.
  const running = task.goal.length === 0 ? null : await entries.find(leadId, journey);
  const reached = running?.entry === entry && running.running && (await goalHolds(ports, task, running));
  const why = reached ? 'goal' : (task.why as EntryEnd);
  // A merge takes a lead's entries along: what is over for the one is over for the other.
  for (let id: string | undefined = leadId, hop = 0; id !== undefined && hop < MERGES; hop += 1) {
    await entries.end(id, journey, entry, why, clock.now());
    id = (await people.find(id))?.into;
  }
  return { outcome: 'ended', reason: why };
};

const goalHolds = async (ports: LookPorts, task: LookTask, running: JourneyEntry): Promise<boolean> => {
  const view = await viewOf(ports, task, running);
  return view !== null && task.goal.some((each) => conditionHolds(each, view));
};

const stopped = (reason: StopReason): LookAnswer => ({ outcome: 'stop', reason });

const look = async (ports: LookPorts, task: Asking): Promise<LookAnswer> => {
  const { people, entries, inHand, suppressions } = ports;
  const { leadId, stop, goal } = task;
  const [lead, running, handedOff, attributes] = await Promise.all([
    people.find(leadId),
    entries.find(leadId, task.journey),
    inHand.has(leadId),
    people.attributes(leadId),
  ]);
  if (lead === null) return stopped('erased');
  if (lead.into !== undefined) return stopped('merged');
  if (running === null || !running.running || running.entry !== task.entry) return stopped('left');
  const asked = 'condition' in task ? [task.condition] : [];
  const view = [...goal, ...stop, ...asked].length === 0 ? undefined : await viewOf(ports, task, running);
  if (view === null) return stopped('erased');
  // First, since being handed over may be what the journey is for.
  if (view !== undefined && goal.some((each) => conditionHolds(each, view))) return stopped('goal');
  if (handedOff) return stopped('handed-off');
  // The lead itself, too: it may have called mails off under an address that it has no more, or before it had one.
  const address = addressOf(lead, attributes);
  const hash = address === null ? null : suppressionHash(address);
  const [ofAddress, ofLead] = await Promise.all([
    hash === null ? Promise.resolve(null) : suppressions.find(hash),
    suppressions.find(suppressionOfLead(leadId)),
  ]);
  const suppressed = ofAddress ?? ofLead;
  if (suppressed !== null) return stopped(suppressed);
  if (view !== undefined && stop.some((each) => conditionHolds(each, view))) return stopped('condition');
  // A wait for an event asks again and again: it is come to once.
  if (task.action !== 'for' || task.looks === 0) await reach(ports, task, running);
  return answerOf(ports, task, view, attributes);
};

/** Where a lead is, is for people to see: a table that has no room for that note holds nobody up. */
const reach = async ({ entries }: LookPorts, task: Asking, running: JourneyEntry): Promise<void> => {
  const { leadId, journey, step } = task;
  try {
    await entries.reach(leadId, journey, running, step);
  } catch (error) {
    log.warn('where a lead is was not noted', { lead: leadId, journey, step, error: error as Error });
  }
};

const viewOf = async (
  { standings, clock }: LookPorts,
  { leadId }: Pick<LookTask, 'leadId'>,
  running: JourneyEntry,
): Promise<JourneyView | null> => {
  const person = await standings.at(leadId, clock.now());
  if (person === null) return null;
  const { evaluation, attributes } = person;
  return {
    standing: evaluation,
    attributes,
    events: person.events.filter(({ occurredAt }) => occurredAt > running.at && occurredAt <= clock.now()),
    now: clock.now(),
  };
};

const answerOf = async (
  { rulesets, clock }: LookPorts,
  task: Asking,
  view: JourneyView | undefined,
  attributes: JsonObject,
): Promise<LookAnswer> => {
  const now = clock.now();
  const holds = 'condition' in task && view !== undefined && conditionHolds(task.condition, view);
  switch (task.action) {
    case 'continue':
      return { outcome: 'go' };
    case 'if':
      return { outcome: holds ? 'then' : 'else' };
    case 'split':
      return { outcome: `way ${wayOf(task.leadId, task.journey, task.step, task.split)}` };
    case 'until': {
      const { time_zone: zone } = await rulesets.settings(task.ruleset);
      return { outcome: 'go', until: iso(nextMoment(task.until, now, zoneOf(attributes, zone))) };
    }
    case 'for': {
      const { timeoutMs, looks } = task;
      const since = task.since ?? now;
      if (holds || now >= since + timeoutMs) return { outcome: 'go' };
      const until = iso(nextLook(since, now, timeoutMs, looks + 1));
      return { outcome: 'wait', since, looks: looks + 1, until };
    }
    default:
      return task satisfies never;
  }
};

const iso = (at: number): string => new Date(at).toISOString();
