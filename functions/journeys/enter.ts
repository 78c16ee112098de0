import { durationMs } from '../../core/duration.ts';
import type { Lead } from '../../core/lead.ts';
import { decideEntry, executionName, journeyEntryId } from '../../core/nurture/journey.ts';
import { sendsMail } from '../../core/nurture/parts.ts';
import { isHeldOut } from '../../core/nurture/share.ts';
import { segmentOf } from '../../core/nurture/start.ts';
import type { Journey } from '../../core/schema/journey.ts';
import { log } from '../log.ts';
import type { Entries } from './entries.ts';
import type { Executions } from './executions.ts';
import type { Machines } from './machines.ts';
import type { Limits } from './limits.ts';
import type { PersonNow, Standings } from './people.ts';
import type { RulesetParts } from './rulesets.ts';

export interface EnterPorts {
  readonly entries: Pick<Entries, 'find' | 'claim'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'journeys'>;
  readonly executions: Executions;
  readonly standings: Standings;
  readonly clock: { now(): number };
  readonly machines: Machines;
  /** What a switch of rulesets may start by itself. */
  readonly limits: Limits;
}

/** What a lead enters for. */
export interface Cause {
  readonly changeId: string;
  /** The lead's, UTC milliseconds. */
  readonly version: number;
  readonly at: number;
  /** The epoch of the switch of rulesets that is behind it, if one is. */
  readonly deploy?: number | undefined;
}

/** Reads the lead's score and log once, and only if anybody asks. */
export type Person = () => Promise<PersonNow | null>;

/**
 * Whether, and since when (UTC milliseconds), the cause starts a journey; what happened before is not asked for again.
 */
export type Starts = (
  journey: Journey,
  name: string,
  person: Person,
) => number | null | Promise<number | null>;

/** Starts the journeys of the live ruleset that a lead enters now. A lead that is held out is noted, and left alone. */
export const enterJourneys = async (
  ports: EnterPorts,
  lead: Lead,
  cause: Cause,
  starts: Starts,
): Promise<void> => {
  const { rulesets } = ports;
  const ruleset = await rulesets.live();
  const machines = await ports.machines.of(ruleset);
  let read: Promise<PersonNow | null> | undefined;
  const person: Person = () => (read ??= ports.standings.at(lead.id, ports.clock.now()));
  for (const [name, journey] of Object.entries(await rulesets.journeys(ruleset))) {
    // A journey without a machine is newer than this deployment of the function: its first leads are those after it.
    const machine = machines[name];
    if (machine === undefined || journey.retired === true) continue;
    // Nobody to write to yet: the lead keeps its one time for when there is.
    if (lead.email === null && sendsMail(journey.steps)) continue;
    const at = await starts(journey, name, person);
    if (at === null || !(await isFor(journey, person))) continue;
    await enter(ports, lead, { ...cause, at }, { name, journey, machine, ruleset });
  }
};

const isFor = async (journey: Journey, person: Person): Promise<boolean> => {
  const segment = segmentOf(journey);
  if (segment === null) return true;
  const now = await person();
  return now !== null && segment(now.attributes);
};

const enter = async (
  { entries, executions, limits }: EnterPorts,
  lead: Lead,
  { changeId, version, at, deploy }: Cause,
  {
    name,
    journey,
    machine,
    ruleset,
  }: {
    readonly name: string;
    readonly journey: Journey;
    readonly machine: string;
    readonly ruleset: string;
  },
): Promise<void> => {
  const heldOut = isHeldOut(lead.id, name, journey.hold_out);
  const wanted = {
    entry: journeyEntryId(name, changeId),
    change: changeId,
    version,
    at,
    ruleset,
    running: !heldOut,
    ...(heldOut ? { heldOut } : {}),
    qualifiedBefore: lead.entry,
  };
  const againAfter = journey.again_after === undefined ? null : durationMs(journey.again_after);
  // Who is held out gets nothing, and takes no place of those who do.
  if (
    deploy !== undefined &&
    !heldOut &&
    decideEntry(await entries.find(lead.id, name), wanted, againAfter) === 'enter' &&
    !(await limits.take(deploy, 'mails', wanted.entry))
  ) {
    log.info('journey', { lead: lead.id, journey: name, change: changeId, decision: 'limited' });
    return;
  }
  const decision = await entries.claim(lead.id, name, wanted, againAfter);
  log.info('journey', { lead: lead.id, journey: name, change: changeId, decision, heldOut });
  if (decision === 'refuse' || heldOut) return;
  // `resume`: an earlier try made the claim and may have failed before this.
  await executions.start(machine, executionName(lead.id, wanted.entry), {
    leadId: lead.id,
    entry: wanted.entry,
    journey: name,
    ruleset,
  });
};
