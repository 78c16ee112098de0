import * as z from 'zod/mini';
import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import { durationMs } from '../../core/duration.ts';
import { refusesHandoff } from '../../core/handoff/handoff.ts';
import { enters, executionName, journeyEntryId } from '../../core/nurture/journey.ts';
import type { Lead } from '../../core/lead.ts';
import type { Entries } from './entries.ts';
import type { Executions } from './executions.ts';
import type { Handoffs, HandoffState } from '../handoffs/handoffs.ts';
import type { People } from './people.ts';
import type { RulesetParts } from './rulesets.ts';
import { log } from '../log.ts';
import type { RolledUp } from '../ports.ts';
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
  /** Of accounts. */
  readonly rolledUp: Pick<RolledUp, 'read'>;
  readonly accountHandoffs: Pick<Handoffs<AccountBrief>, 'list'>;
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

/** A change of an account. */
const AccountChangeHeard = z.object({ detail: z.object({ accountId: z.string(), kind: z.string() }) });

/**
 * Starts journeys and handoffs for leads that changed. A change is a hint: where the lead stands is read again, and
 * the execution's name derives from the change, so that hearing it twice starts nothing twice.
 */
export const createStart = (ports: StartPorts): QueueHandler =>
  onEach(async ({ body }) => {
    const ofAccount = z.safeParse(AccountChangeHeard, body);
    if (ofAccount.success) return startOfAccount(ports, ofAccount.data.detail);
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

/** One handoff for all the people of an account that qualified together. */
const startOfAccount = async (
  { rolledUp, accountHandoffs, ...ports }: StartPorts,
  { accountId, kind }: { accountId: string; kind: string },
): Promise<void> => {
  if (kind !== 'account.qualified') return;
  const account = await rolledUp.read(accountId);
  if (account?.place?.qualified !== true) return;
  const { entry } = account;
  const ruleset = await mayHandOff(ports, entry, await accountHandoffs.list(accountId), {
    account: accountId,
  });
  if (ruleset === null) return;
  const name = `handoff-${executionName('account', `${accountId}\n${entry}`)}`;
  await ports.executions.start(ports.handoffMachine, name, { leadId: null, accountId, entry, ruleset });
};

const startHandoff = async (ports: StartPorts, lead: Lead): Promise<void> => {
  const { handoffs, executions } = ports;
  const { id, entry } = lead;
  const ruleset = await mayHandOff(ports, entry, await handoffs.list(id), { lead: id });
  if (ruleset === null) return;
  await executions.start(ports.handoffMachine, handoffExecutionName(id, entry), {
    leadId: id,
    accountId: null,
    entry,
    ruleset,
  });
};

/** The ruleset by which this entry is handed over, or null if it must not be: another one is open, or was lately. */
const mayHandOff = async (
  { rulesets, clock }: Pick<StartPorts, 'rulesets' | 'clock'>,
  entry: number,
  others: readonly HandoffState[],
  who: Readonly<Record<string, string>>,
): Promise<string | null> => {
  const ruleset = await rulesets.live();
  const rules = await rulesets.handoff(ruleset);
  if (rules === null) return null;
  const againAfter = rules.again_after === undefined ? 0 : durationMs(rules.again_after);
  const refused = refusesHandoff(entry, others, clock.now(), againAfter);
  log.info('handoff', { ...who, entry, decision: refused ?? 'start' });
  return refused === null ? ruleset : null;
};

/** @example handoffExecutionName('lead-1', 2) // 'handoff-lead-1-2' */
export const handoffExecutionName = (leadId: string, entry: number): string =>
  /^[A-Za-z0-9_-]{1,60}$/.test(leadId)
    ? `handoff-${leadId}-${entry}`
    : `handoff-${executionName(leadId, String(entry))}`;
