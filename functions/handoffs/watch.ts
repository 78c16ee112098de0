import * as z from 'zod/mini';
import { nextStep } from '../../core/handoff/escalate.ts';
import { askedOf, type HandoffRef } from '../../core/handoff/handoff.ts';
import { staffOf } from '../../core/handoff/staff.ts';
import { Conflict } from '../errors.ts';
import { closeDoubles } from './merged.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import { type RespondPorts, tellBus } from './respond.ts';
import type { Standings } from './standing.ts';

export interface WatchPorts extends Pick<RespondPorts, 'publish'> {
  readonly standings: Pick<Standings, 'find' | 'all' | 'write' | 'moving'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff' | 'settings'>;
  readonly clock: { now(): number };
}

const WatchTask = z.object({
  action: z.literal('watch'),
  leadId: z._default(z.nullable(z.string()), null),
  accountId: z._default(z.nullable(z.string()), null),
  entry: z.number(),
  /** The place of the last who was told, from 0. */
  told: z.number(),
});

export interface WatchAnswer {
  readonly outcome: 'wait' | 'ask' | 'done';
  /** ISO. */
  readonly until?: string;
  /** The place of the one to tell now. */
  readonly visit?: number;
}

/** Whether this is what a handoff's state machine asks between its waits. */
export const isWatch = (task: unknown): boolean => z.safeParse(WatchTask, task).success;

const TRIES = 5;
/** Until a merge is looked for again that has yet to take the handoff along, ms; `degrade` finishes those that stopped. */
const MERGE = 5 * 60_000;

/** A wait until an instant ends at its second. */
const inSeconds = (at: number): string => new Date(Math.ceil(at / 1000) * 1000).toISOString();

/**
 * Looks whether a handoff was answered in time, and writes down who is asked next. What was decided is read from the
 * record, so that a look that is repeated asks nobody twice.
 */
export const createWatch =
  (ports: WatchPorts) =>
  async (input: unknown): Promise<WatchAnswer> => {
    const { leadId, accountId, entry, told } = z.parse(WatchTask, input);
    const ref: HandoffRef =
      leadId !== null ? { of: 'lead', id: leadId, entry } : { of: 'account', id: accountId ?? '', entry };
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const answer = await look(ports, ref, told);
      if (answer === null) continue;
      log.info('handoff watched', { [ref.of]: ref.id, entry, ...answer });
      return answer;
    }
    throw new Conflict('the handoff changed while it was looked at');
  };

/** Null where someone else wrote meanwhile. */
const look = async (ports: WatchPorts, ref: HandoffRef, told: number): Promise<WatchAnswer | null> => {
  const { standings, rulesets, clock } = ports;
  // Wherever its lead was merged: whoever was asked still is, but of two that a merge brought together only one.
  const first = await standings.find(ref);
  if (first?.ref.of === 'lead') await closeDoubles(standings, first.ref.id, clock.now());
  const found = first && (await standings.find(ref));
  if (found === null)
    return (await standings.moving(ref))
      ? { outcome: 'wait', until: inSeconds(clock.now() + MERGE) }
      : { outcome: 'done' };
  const standing = await tellBus(ports, found);
  const { record } = standing;
  if (record.state !== 'open') return { outcome: 'done' };
  const asked = askedOf(record);
  if (asked.length - 1 > told) return { outcome: 'ask', visit: asked.length - 1 };
  // Who is there to be asked is what the rules say now.
  const live = await rulesets.live();
  const rules = (await rulesets.handoff(live)) ?? (await rulesets.handoff(record.ruleset));
  if (rules === null) return { outcome: 'done' };
  const { time_zone: timeZone = 'UTC' } = await rulesets.settings(live);
  const now = clock.now();
  const step = nextStep(record, rules, staffOf(rules, timeZone), timeZone, now);
  const revision = (record.revision ?? 0) + 1;
  switch (step.do) {
    case 'nothing':
      return { outcome: 'done' };
    case 'wait':
      return { outcome: 'wait', until: inSeconds(step.until) };
    case 'ask': {
      const next = { ...record, owner: step.asked.owner, asked: [...asked, step.asked], revision };
      return (await standings.write(standing, next)) ? { outcome: 'ask', visit: asked.length } : null;
    }
    case 'give-up':
      return (await standings.write(standing, { ...record, unansweredAt: now, revision }))
        ? { outcome: 'done' }
        : null;
    default:
      return step satisfies never;
  }
};
