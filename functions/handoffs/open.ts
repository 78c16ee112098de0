import * as z from 'zod/mini';
import { durationMs } from '../../core/duration.ts';
import type { Adjusted } from '../../core/explain/adjusted.ts';
import type { Contribution } from '../../core/evaluation.ts';
import { refusesHandoff } from '../../core/handoff/handoff.ts';
import { briefOf } from '../../core/handoff/brief.ts';
import { isAsked } from '../../core/handoff/asked.ts';
import { handoffName } from '../../core/handoff/answer.ts';
import type { Handoff } from '../../core/schema/handoff.ts';
import { attributeTest } from '../../core/engine/match.ts';
import { assign, type AssignPorts } from './assign.ts';
import type { Handoffs } from './handoffs.ts';
import type { PersonNow, Standings } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';

export interface HandoffPorts extends AssignPorts {
  readonly standings: Standings;
  readonly handoffs: Handoffs;
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff' | 'settings'>;
  readonly clock: { now(): number };
  /** How contributions to this person's score are told in words. */
  readonly sentences: (person: PersonNow) => Promise<(contribution: Contribution) => string>;
  /** The points that people gave this person or took. */
  readonly adjusted: (person: PersonNow) => Promise<readonly Adjusted[]>;
}

const HandoffTask = z.object({ leadId: z.string(), entry: z.number(), ruleset: z.string() });
type HandoffTask = z.infer<typeof HandoffTask>;

export interface HandoffAnswer {
  readonly outcome: 'go' | 'stop';
  readonly reason?: string;
}

/**
 * Opens the handoff of a lead that qualified, if it still does: picks the owner and writes down all that sales needs,
 * so that the mail and the Slack message say the same.
 */
export const createHandoff =
  (ports: HandoffPorts) =>
  async (input: unknown): Promise<HandoffAnswer> => {
    const task = z.parse(HandoffTask, input);
    const reason = await refusalOf(ports, task);
    log.info('handoff', { lead: task.leadId, entry: task.entry, outcome: reason ?? 'open' });
    return reason === null ? { outcome: 'go' } : { outcome: 'stop', reason };
  };

/** Opens the handoff and answers null, or why not. */
const refusalOf = async (
  ports: HandoffPorts,
  { leadId, entry, ruleset }: HandoffTask,
): Promise<string | null> => {
  const { handoffs, clock } = ports;
  const earlier = await handoffs.find(leadId, entry);
  // An earlier try opened it, and may have failed to say so.
  if (earlier !== null) return earlier.state === 'open' ? null : earlier.state;
  const rules = await rulesOf(ports, ruleset);
  if (rules === null) return 'no-rules';
  const now = clock.now();
  const person = await ports.standings.at(leadId, now);
  if (person === null) return 'gone';
  if (!person.evaluation.qualified && !isAsked(entry)) return 'no-longer-qualified';
  // It fell and qualified again meanwhile: that entry has a handoff of its own.
  if (person.lead.entry > entry) return 'outdated';
  const againAfter = rules.again_after === undefined ? 0 : durationMs(rules.again_after);
  const refused = refusesHandoff(entry, await handoffs.list(leadId), now, againAfter);
  if (refused !== null) return refused;
  const { time_zone: timeZone = 'UTC' } = await ports.rulesets.settings(ruleset);
  const account = person.lead.membership?.account ?? null;
  const assigned = await assign(ports, {
    rules,
    timeZone,
    handoff: handoffName({ of: 'lead', id: leadId, entry }),
    test: (when) => attributeTest(when)?.(person.attributes) ?? true,
    account: account === null ? null : { id: account, owner: person.attributes.account.owner },
    now,
  });
  const { owner } = await handoffs.open(leadId, {
    entry,
    at: now,
    state: 'open',
    ...assigned,
    asked: [{ owner: assigned.owner, at: now, why: 'first' }],
    ruleset,
    brief: briefOf(
      person.evaluation,
      person.events,
      person.attributes,
      await ports.sentences(person),
      await ports.adjusted(person),
    ),
  });
  if (account !== null) await ports.accountOwners.keep(account, owner.email);
  return null;
};

const rulesOf = async ({ rulesets }: HandoffPorts, ruleset: string): Promise<Handoff | null> =>
  (await rulesets.handoff(ruleset)) ?? (await rulesets.handoff(await rulesets.live()));
