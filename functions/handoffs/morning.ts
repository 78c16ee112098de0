import type { AccountHandoff } from '../../core/accounts/account-handoff.ts';
import type { Engine } from '../../core/engine/compile.ts';
import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import { dayOf, lastStrike, strikes } from '../../core/handoff/hours.ts';
import { type InHand, toCallToday, USUAL_MORNING } from '../../core/handoff/morning.ts';
import { type Colleague, sameAs, staffOf } from '../../core/handoff/staff.ts';
import { MORNING_EMAIL } from '../../core/nurture/mail-names.ts';
import { withAccounts } from '../accounts/said.ts';
import type { HandoffWeeks } from '../aws/handoff-weeks.ts';
import type { Executions } from '../journeys/executions.ts';
import type { Standings } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { Clock, Rulesets } from '../ports.ts';
import { accountInHand, type AccountMorningPorts } from './morning-account.ts';
import { type KeptMorning, type Mornings, whoIs } from './mornings.ts';

export interface MorningPorts extends AccountMorningPorts {
  readonly parts: Pick<RulesetParts, 'live' | 'handoff' | 'settings' | 'email'>;
  readonly rulesets: Pick<Rulesets, 'live'>;
  readonly standings: Standings;
  readonly handoffWeeks: HandoffWeeks;
  readonly mornings: Mornings;
  readonly executions: Executions;
  readonly machine: string;
  readonly clock: Clock;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A tick that was missed is made up for within this time. */
const MADE_UP = 3 * HOUR;
/** What was handed over earlier, and nobody closed, is told no more. */
const LOOK_BACK = 12 * 7 * DAY;
/** Leads of one owner that are looked at, the newest: beyond these nobody has an overview either. */
const LOOKED_AT = 200;
/** Accounts, each of which has people. */
const COMPANIES = 50;
const AT_ONCE = 4;
/** Merges that may stand one behind the other. */
const MERGES = 3;

interface Due {
  readonly colleague: Colleague;
  readonly who: string;
  readonly day: string;
  readonly since: number;
}

/**
 * Every hour: has those told whom to call whose morning has come. What is told is kept before it is sent, once an owner
 * and day, and the sending is named by both: so a tick that comes twice, or died half way, sends once.
 */
export const createMorning = (ports: MorningPorts) => async (): Promise<{ readonly started: number }> => {
  const { parts, mornings, executions, clock } = ports;
  const now = clock.now();
  const ruleset = await parts.live();
  const due = await dueNow(ports, ruleset, now);
  if (due.length === 0 || (await parts.email(ruleset, MORNING_EMAIL)) === null) return { started: 0 };
  const kept = await Promise.all(due.map(({ who, day }) => mornings.find(who, day)));
  const isNew = kept.includes(null);
  const theirs = isNew ? await openHandoffs(ports, now) : { leads: [], accounts: [] };
  let started = 0;
  for (const [index, each] of due.entries()) {
    const { who, day } = each;
    const morning =
      kept[index] ?? (await mornings.keep(who, day, await morningFor(ports, each, ruleset, theirs, now)));
    const accounts = (morning.accounts ?? []).length;
    if (morning.leads.length + accounts === 0) continue;
    await executions.start(ports.machine, `morning-${day}-${who}`, { who, day });
    started += 1;
    log.info('morning', { who, day, leads: morning.leads.length, accounts });
  }
  return { started };
};

/** Whose morning has come: those whom `handoff.yaml` names, on a working day of theirs. */
const dueNow = async ({ parts }: MorningPorts, ruleset: string, now: number): Promise<readonly Due[]> => {
  const rules = await parts.handoff(ruleset);
  if (rules === null || rules.morning === false) return [];
  const { time_zone: timeZone = 'UTC' } = await parts.settings(ruleset);
  const clock = rules.morning ?? USUAL_MORNING;
  return staffOf(rules, timeZone)
    .filter(({ work }) => strikes(work, clock, now - MADE_UP, now))
    .map((colleague) => ({
      colleague,
      who: whoIs(colleague.email),
      day: dayOf(colleague.work.timeZone, now),
      since: lastStrike(colleague.work, clock, now),
    }));
};

interface OpenLead {
  readonly leadId: string;
  readonly record: HandoffRecord;
}

/** Handoffs that are open or accepted, the newest first. */
interface OpenHandoffs {
  readonly leads: readonly OpenLead[];
  readonly accounts: readonly AccountHandoff[];
}

const openHandoffs = async ({ handoffWeeks }: MorningPorts, now: number): Promise<OpenHandoffs> => {
  const open = (await handoffWeeks.list(now - LOOK_BACK, now))
    .filter(({ record }) => record.state !== 'closed')
    .sort((a, b) => b.record.at - a.record.at);
  return {
    leads: open.flatMap(({ ref, record }) =>
      ref.of === 'lead' ? [{ leadId: ref.id, record: record as HandoffRecord }] : [],
    ),
    accounts: open.flatMap(({ ref, record }) => (ref.of === 'account' ? [record as AccountHandoff] : [])),
  };
};

const morningFor = async (
  ports: MorningPorts,
  { colleague: { name, email, work }, since }: Due,
  ruleset: string,
  theirs: OpenHandoffs,
  now: number,
): Promise<KeptMorning> => {
  const own = theirs.leads.filter(({ record }) => sameAs(record.owner.email, email)).slice(0, LOOKED_AT);
  const companies = theirs.accounts.filter(({ owner }) => sameAs(owner.email, email)).slice(0, COMPANIES);
  const live = await ports.rulesets.live();
  const inHand = await inParallel(AT_ONCE, own, (each) => standingOf(ports, live.engine, each, since, now));
  const found = await inParallel(AT_ONCE, companies, (each) => accountInHand(ports, live, each, since, now));
  const told = toCallToday(
    inHand.filter((each) => each !== null),
    found.filter((each) => each !== null),
  );
  return { owner: { name, email }, at: now, since, timeZone: work.timeZone, ruleset, ...told };
};

/** A lead now, on the morning before and a week ago, under the rules of now; null where it is gone. */
const standingOf = async (
  { standings, accounts, leads }: MorningPorts,
  engine: Engine,
  { leadId: opened, record }: OpenLead,
  since: number,
  now: number,
): Promise<InHand | null> => {
  // A handoff keeps the name of the lead that it was opened for, whoever that was merged into.
  let leadId = opened;
  for (let hop = 0; hop < MERGES; hop += 1) leadId = (await leads.read(leadId))?.into ?? leadId;
  const standing = await standings.at(leadId, now);
  if (standing === null) return null;
  const { events, evaluation } = standing;
  const history = await withAccounts(accounts, engine, { events }, now);
  return {
    leadId,
    handoff: record,
    who: record.brief,
    events,
    now: evaluation,
    before: engine.evaluate(history, since),
    weekAgo: engine.evaluate(history, now - 7 * DAY),
  };
};
