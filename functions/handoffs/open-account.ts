import * as z from 'zod/mini';
import { scoreOf } from '../../core/accounts/account.ts';
import { type AccountBrief, accountBriefOf, type KnownPerson } from '../../core/accounts/account-handoff.ts';
import { accountAttributes } from '../../core/engine/attributes.ts';
import { durationMs } from '../../core/duration.ts';
import type { Contribution } from '../../core/evaluation.ts';
import { refusesHandoff } from '../../core/handoff/handoff.ts';
import { handoffName } from '../../core/handoff/answer.ts';
import { attributeTest } from '../../core/engine/match.ts';
import { wholePoints } from '../../core/engine/rounding.ts';
import type { Accounts as AccountRules } from '../../core/schema/accounts.ts';
import { type Member, membersOf, type MemberPorts } from '../accounts/members.ts';
import { keysOf, pointsOf, standingOf } from '../accounts/project.ts';
import { log } from '../log.ts';
import type { Clock, RolledUp, Rulesets } from '../ports.ts';
import type { HandoffAnswer } from './open.ts';
import { assign, type AssignPorts } from './assign.ts';
import type { Handoffs } from './handoffs.ts';
import type { InHand } from './in-hand.ts';
import type { PersonNow, Standings } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';

export interface AccountHandoffPorts extends MemberPorts, AssignPorts {
  readonly rolledUp: Pick<RolledUp, 'members' | 'read'>;
  readonly handoffs: Handoffs<AccountBrief>;
  readonly inHand: Pick<InHand, 'note'>;
  readonly rulesets: Pick<Rulesets, 'live'>;
  readonly parts: Pick<RulesetParts, 'live' | 'handoff' | 'settings'>;
  readonly standings: Standings;
  readonly clock: Clock;
  /** How contributions to this person's score are told in words. */
  readonly sentences: (person: PersonNow) => Promise<(contribution: Contribution) => string>;
}

const AccountTask = z.object({ accountId: z.string(), entry: z.number(), ruleset: z.string() });
type AccountTask = z.infer<typeof AccountTask>;

/** How many of an account's people are named. */
const NAMED = 10;

/** Whether a handoff's task is about an account. */
export const isOfAccount = (task: unknown): boolean => z.safeParse(AccountTask, task).success;

/**
 * Opens the handoff of an account that its people qualified together, if they still do: picks the owner and writes
 * down who they are, so that the mail and the Slack message say the same.
 */
export const createAccountHandoff =
  (ports: AccountHandoffPorts) =>
  async (input: unknown): Promise<HandoffAnswer> => {
    const task = z.parse(AccountTask, input);
    const reason = await refusalOf(ports, task);
    log.info('handoff', { account: task.accountId, entry: task.entry, outcome: reason ?? 'open' });
    return reason === null ? { outcome: 'go' } : { outcome: 'stop', reason };
  };

/** Opens the handoff and answers null, or why not. */
const refusalOf = async (ports: AccountHandoffPorts, task: AccountTask): Promise<string | null> => {
  const { accountId, entry, ruleset } = task;
  const { handoffs, parts, rulesets, rolledUp } = ports;
  const earlier = await handoffs.find(accountId, entry);
  // An earlier try opened it, and may have failed to say so.
  if (earlier !== null) return earlier.state === 'open' ? null : earlier.state;
  const handoff = (await parts.handoff(ruleset)) ?? (await parts.handoff(await parts.live()));
  const account = await rolledUp.read(accountId);
  const live = await rulesets.live(account?.epoch);
  const rules = live.scoring.accounts;
  if (handoff === null || rules === undefined) return 'no-rules';
  if (account === null) return 'gone';
  const now = Math.max(ports.clock.now(), account.asOf);
  const members = await membersOf(ports, accountId, live, now);
  const people = members.map(({ evaluation }) => evaluation);
  const standing = standingOf(rules, people, account.place?.band ?? null);
  if (!standing.qualified) return 'no-longer-qualified';
  // It fell and qualified again meanwhile: that entry has a handoff of its own.
  if (account.entry > entry) return 'outdated';
  const againAfter = handoff.again_after === undefined ? 0 : durationMs(handoff.again_after);
  const refused = refusesHandoff(entry, await handoffs.list(accountId), now, againAfter);
  if (refused !== null) return refused;

  const said = accountAttributes((await ports.accounts.history(accountId)).events, now);
  const counting = strongest(rules, members);
  const named = await knownOf(ports, counting.slice(0, NAMED), now);
  const lead = named[0]?.attributes ?? {};
  const { time_zone: timeZone = 'UTC' } = await parts.settings(ruleset);
  const assigned = await assign(ports, {
    rules: handoff,
    timeZone,
    handoff: handoffName({ of: 'account', id: accountId, entry }),
    // Who decides about people is asked about the strongest of them.
    test: (when) => attributeTest(when)?.({ lead, account: said }) ?? true,
    account: { id: accountId, owner: said.owner },
    now,
  });
  const leads = named.map(({ leadId }) => leadId);
  await ports.inHand.note(leads, accountId, entry);
  const { owner } = await handoffs.open(accountId, {
    entry,
    at: now,
    state: 'open',
    ...assigned,
    asked: [{ owner: assigned.owner, at: now, why: 'first' }],
    ruleset,
    brief: accountBriefOf(
      { id: accountId, ...standing, keys: keysOf(rules, people), attributes: said },
      named,
      Math.max(0, counting.length - NAMED),
    ),
  });
  await ports.accountOwners.keep(accountId, owner.email);
  return null;
};

/** Those who count for what the bands measure, the strongest first; everybody, where accounts have no bands. */
const strongest = ({ account }: AccountRules, members: readonly Member[]): readonly Member[] => {
  const rollup = account.rollup[account.bands?.of ?? ''];
  const score = rollup === undefined ? 'total' : scoreOf(rollup);
  const points = new Map(members.map((member) => [member, pointsOf(member.evaluation, score)]));
  return members
    .filter((member) => rollup === undefined || wholePoints(points.get(member) ?? 0) > 0)
    .sort(
      (a, b) =>
        (points.get(b) ?? 0) - (points.get(a) ?? 0) ||
        b.evaluation.total - a.evaluation.total ||
        (a.lead.id < b.lead.id ? -1 : 1),
    );
};

const knownOf = async (
  { standings, sentences }: AccountHandoffPorts,
  members: readonly Member[],
  now: number,
): Promise<readonly KnownPerson[]> => {
  const known: KnownPerson[] = [];
  for (const { lead, evaluation } of members) {
    const person = await standings.at(lead.id, now);
    if (person === null) continue;
    const [best] = person.evaluation.contributions.toSorted((a, b) => b.points - a.points);
    const inWords = await sentences(person);
    known.push({
      leadId: lead.id,
      evaluation,
      attributes: { ...person.attributes.lead, ...(lead.email === null ? {} : { email: lead.email }) },
      reason: best === undefined || best.points <= 0 ? null : inWords(best),
    });
  }
  return known;
};
