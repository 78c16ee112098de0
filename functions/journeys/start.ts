import * as z from 'zod/mini';
import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import { durationMs } from '../../core/duration.ts';
import { askedEntry } from '../../core/handoff/asked.ts';
import { type HandoffRef, refusesHandoff } from '../../core/handoff/handoff.ts';
import type { Lead } from '../../core/lead.ts';
import { executionName } from '../../core/nurture/journey.ts';
import {
  entersBy,
  entersByAccount,
  entersByEvent,
  entersByStanding,
  FRESH,
  startsOnEvents,
} from '../../core/nurture/start.ts';
import type { Held } from '../handoffs/held.ts';
import type { Handoffs, HandoffState } from '../handoffs/handoffs.ts';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { RolledUp } from '../ports.ts';
import { onEach, type QueueHandler } from '../queue.ts';
import { enterJourneys, type EnterPorts, type Starts } from './enter.ts';
import type { People } from './people.ts';
import type { RulesetParts } from './rulesets.ts';

export interface StartPorts extends EnterPorts {
  readonly people: Pick<People, 'find'>;
  readonly handoffs: Pick<Handoffs, 'list'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'journeys' | 'handoff' | 'lowestBand'>;
  readonly handoffMachine: string;
  /** What did not start for want of room in the limit of a switch. */
  readonly held: Pick<Held, 'note'>;
  /** Of accounts. */
  readonly rolledUp: Pick<RolledUp, 'read' | 'members'>;
  readonly accountHandoffs: Pick<Handoffs<AccountBrief>, 'list'>;
}

/** A change as the bus brings it; more may stand in it. */
const ChangeHeard = z.object({
  detail: z.object({
    changeId: z.string(),
    leadId: z.string(),
    kind: z.string(),
    from: z.unknown(),
    to: z.unknown(),
    version: z.number(),
    at: z.number(),
    deploy: z.optional(z.number()),
  }),
});
type Heard = z.infer<typeof ChangeHeard>['detail'];

/** A change of an account. */
const AccountChangeHeard = z.object({
  detail: z.object({
    accountId: z.string(),
    changeId: z.string(),
    kind: z.string(),
    from: z.unknown(),
    at: z.number(),
    deploy: z.optional(z.number()),
  }),
});
type AccountHeard = z.infer<typeof AccountChangeHeard>['detail'];

/** A merged lead names its survivor, which may have been merged in turn. */
const MERGES = 10;
/** People of one account that are looked at at once. */
const PEOPLE = 8;

/**
 * Starts journeys and handoffs for leads that changed. A change is a hint: where the lead stands is read again, and
 * the execution's name derives from the change, so that hearing it twice starts nothing twice.
 */
export const createStart = (ports: StartPorts): QueueHandler =>
  onEach(async ({ body }) => {
    const ofAccount = z.safeParse(AccountChangeHeard, body);
    if (ofAccount.success) return startOfAccount(ports, ofAccount.data.detail);
    const change = z.parse(ChangeHeard, body).detail;
    const lead = await find(ports, change);
    // Erased; or merged, and then the survivor has changes of its own.
    if (lead === null || lead.standing === null) return;
    const lowest = await ports.rulesets.lowestBand(await ports.rulesets.live());
    const starts = startsOf(change, lead, lowest, ports.clock.now());
    if (starts !== null) await enterJourneys(ports, lead, change, starts);
    if (change.kind === 'lead.qualified' && lead.standing.qualified)
      await startHandoff(ports, lead, lead.entry, change.deploy);
    if (change.kind === 'lead.handoff.asked') await startHandoff(ports, lead, askedEntry(change.changeId));
  });

/** What happened to a merged lead happened to its survivor; where the merged one stood says nothing. */
const find = async ({ people }: StartPorts, { leadId, kind }: Heard): Promise<Lead | null> => {
  let lead = await people.find(leadId);
  const follows = kind === 'lead.event' || kind === 'lead.handoff.asked';
  for (let hop = 0; follows && lead?.into !== undefined && hop < MERGES; hop += 1)
    lead = await people.find(lead.into);
  return lead?.into === undefined ? lead : null;
};

/** How journeys are asked whether this change starts them; null: it never does. */
const startsOf = (
  { kind, from, to, at }: Heard,
  { standing, since: inBandSince, createdAt }: Lead,
  lowest: string,
  now: number,
): Starts | null => {
  if (standing === null) return null;
  const since = (starts: boolean): number | null => (starts ? at : null);
  switch (kind) {
    case 'lead.band.changed':
      // Of a lead's first standing only its band is told, and it enters its group and grade with it.
      return (journey) =>
        since(
          from === null
            ? entersByStanding(journey, standing, lowest)
            : entersBy('band', journey, from, standing),
        );
    case 'lead.group.changed':
      return (journey) => since(entersBy('group', journey, from, standing));
    case 'lead.grade.changed':
      return (journey) => since(entersBy('grade', journey, from, standing));
    case 'lead.event': {
      // The scorer knows the event, and says which journeys it is for; whether they are still there is known here.
      const names = typeof to === 'string' ? to.split(',') : [];
      return (journey, name) => since(names.includes(name) && startsOnEvents(journey));
    }
    case 'lead.addressed': {
      const neverMoved = inBandSince <= createdAt;
      return async (journey, _, person) => {
        if (!startsOnEvents(journey))
          return since(entersByStanding(journey, standing, neverMoved ? lowest : undefined));
        // It happened before anybody could be written to: it is looked for once more.
        const events = (await person())?.events ?? [];
        const times = events
          .filter(({ occurredAt }) => occurredAt > now - FRESH && occurredAt <= now)
          .filter((event) => entersByEvent(journey, event))
          .map(({ occurredAt }) => occurredAt);
        return times.length === 0 ? null : Math.min(...times);
      };
    }
    default:
      return null;
  }
};

/** All people of an account that turned may enter a journey; one handoff is for all of them together. */
const startOfAccount = async (ports: StartPorts, change: AccountHeard): Promise<void> => {
  const { accountId, kind, from } = change;
  const account = await ports.rolledUp.read(accountId);
  const place = account?.place ?? null;
  if (account === null || place === null) return;
  const journeys = await ports.rulesets.journeys(await ports.rulesets.live());
  const starting = Object.values(journeys).filter((journey) => entersByAccount(kind, journey, from, place));
  if (starting.length > 0)
    for await (const people of ports.rolledUp.members(accountId))
      await inParallel(PEOPLE, people, async (leadId) => {
        const lead = await ports.people.find(leadId);
        // The index may be a little behind: whoever has moved on is not of this account.
        if (lead === null || lead.into !== undefined || lead.account !== accountId) return;
        await enterJourneys(ports, lead, { ...change, version: lead.version }, ({ journey }) =>
          starting.some((one) => one.journey === journey) ? change.at : null,
        );
      });
  if (kind === 'account.qualified' && place.qualified)
    await startAccountHandoff(ports, accountId, account.entry, change.deploy);
};

const startAccountHandoff = async (
  { accountHandoffs, ...ports }: StartPorts,
  accountId: string,
  entry: number,
  deploy: number | undefined,
): Promise<void> => {
  const ruleset = await mayHandOff(ports, entry, await accountHandoffs.list(accountId), {
    account: accountId,
  });
  if (ruleset === null) return;
  const name = `handoff-${executionName('account', `${accountId}\n${entry}`)}`;
  if (!(await allowed(ports, deploy, name, { of: 'account', id: accountId, entry }))) return;
  await ports.executions.start(ports.handoffMachine, name, { leadId: null, accountId, entry, ruleset });
};

/** @param entry how often it has qualified, or what stands for it where a journey asks */
const startHandoff = async (ports: StartPorts, lead: Lead, entry: number, deploy?: number): Promise<void> => {
  const { handoffs, executions } = ports;
  const { id } = lead;
  const ruleset = await mayHandOff(ports, entry, await handoffs.list(id), { lead: id });
  if (ruleset === null) return;
  const name = handoffExecutionName(id, entry);
  if (!(await allowed(ports, deploy, name, { of: 'lead', id, entry }))) return;
  await executions.start(ports.handoffMachine, name, {
    leadId: id,
    accountId: null,
    entry,
    ruleset,
  });
};

/** Whether a handoff may start: what a lead does always starts one, what a switch of rulesets does only within its limit. */
const allowed = async (
  { limits, held, clock }: Pick<StartPorts, 'limits' | 'held' | 'clock'>,
  deploy: number | undefined,
  name: string,
  ref: HandoffRef,
): Promise<boolean> => {
  if (deploy === undefined || (await limits.take(deploy, 'handoffs', name))) return true;
  // Somebody may release it.
  await held.note({ ...ref, deploy, at: clock.now() });
  log.info('handoff', { name, deploy, decision: 'limited' });
  return false;
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
