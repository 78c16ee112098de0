import * as z from 'zod/mini';
import { durationMs } from '../../core/duration.ts';
import { refusesHandoff } from '../../core/handoff.ts';
import { enters, executionName, journeyEntryId } from '../../core/journey.ts';
import type { Lead } from '../../core/lead.ts';
import type { Entries } from './entries.ts';
import type { Executions } from './executions.ts';
import type { Handoffs } from './handoffs.ts';
import type { People } from './people.ts';
import type { RulesetParts } from './rulesets.ts';
import { log } from '../log.ts';
import { onEach, type QueueHandler } from '../queue.ts';

export interface StartPorts {
  readonly people: Pick<People, 'find'>;
  readonly entries: Pick<Entries, 'claim'>;
  readonly handoffs: Pick<Handoffs, 'list'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'journeys' | 'handoff'>;
  readonly executions: Executions;
  readonly clock: { now(): number };
  /** Journey → its state machine. */
  readonly machines: Readonly<Record<string, string>>;
  readonly handoffMachine: string;
}

/** A change as the bus brings it; more may stand in it. */
const ChangeHeard = z.object({
  detail: z.object({
    changeId: z.string(),
    leadId: z.string(),
    kind: z.string(),
    from: z.unknown(),
    version: z.number(),
    at: z.number(),
  }),
});
type Heard = z.infer<typeof ChangeHeard>['detail'];

/**
 * Starts journeys and handoffs for leads that changed. A change is a hint: where the lead stands is read again, and
 * the execution's name derives from the change, so that hearing it twice starts nothing twice.
 */
export const createStart = (ports: StartPorts): QueueHandler =>
  onEach(async ({ body }) => {
    const change = z.parse(ChangeHeard, body).detail;
    const lead = await ports.people.find(change.leadId);
    // Merged or erased: the survivor has changes of its own.
    if (lead === null || lead.into !== undefined || lead.standing === null) return;
    if (change.kind === 'lead.band.changed') await startJourneys(ports, change, lead, lead.standing.band);
    if (change.kind === 'lead.qualified' && lead.standing.qualified) await startHandoff(ports, lead);
  });

const startJourneys = async (ports: StartPorts, change: Heard, lead: Lead, band: string): Promise<void> => {
  const { entries, rulesets, executions, machines } = ports;
  // Nobody to write to yet: the lead keeps its one time for when there is.
  if (lead.email === null) return;
  const ruleset = await rulesets.live();
  for (const [name, journey] of Object.entries(await rulesets.journeys(ruleset))) {
    // A journey without a machine is newer than this deployment of the function: its first leads are those after it.
    const machine = machines[name];
    if (machine === undefined || !enters(journey, change.from, band)) continue;
    const wanted = {
      entry: journeyEntryId(name, change.changeId),
      change: change.changeId,
      version: change.version,
      at: change.at,
      ruleset,
      running: true,
    };
    const againAfter = journey.again_after === undefined ? null : durationMs(journey.again_after);
    const decision = await entries.claim(lead.id, name, wanted, againAfter);
    log.info('journey', { lead: lead.id, journey: name, change: change.changeId, decision });
    if (decision === 'refuse') continue;
    // `resume`: an earlier try made the claim and may have failed before this.
    await executions.start(machine, executionName(lead.id, wanted.entry), {
      leadId: lead.id,
      entry: wanted.entry,
      journey: name,
      ruleset,
    });
  }
};

const startHandoff = async (ports: StartPorts, lead: Lead): Promise<void> => {
  const { handoffs, rulesets, executions, clock } = ports;
  const ruleset = await rulesets.live();
  const rules = await rulesets.handoff(ruleset);
  if (rules === null) return;
  const againAfter = rules.again_after === undefined ? 0 : durationMs(rules.again_after);
  const refused = refusesHandoff(lead.entry, await handoffs.list(lead.id), clock.now(), againAfter);
  log.info('handoff', { lead: lead.id, entry: lead.entry, decision: refused ?? 'start' });
  if (refused !== null) return;
  await executions.start(ports.handoffMachine, handoffExecutionName(lead.id, lead.entry), {
    leadId: lead.id,
    entry: lead.entry,
    ruleset,
  });
};

/** @example handoffExecutionName('lead-1', 2) // 'handoff-lead-1-2' */
export const handoffExecutionName = (leadId: string, entry: number): string =>
  /^[A-Za-z0-9_-]{1,60}$/.test(leadId)
    ? `handoff-${leadId}-${entry}`
    : `handoff-${executionName(leadId, String(entry))}`;
