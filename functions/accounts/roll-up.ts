import { accountAttributes } from '../../core/engine/attributes.ts';
import { DAY } from '../../core/duration.ts';
import { newAccount, type Account } from '../../core/accounts/account-projection.ts';
import { Conflict } from '../errors.ts';
import type { Accounts, Changes, Clock, Leads, LiveRuleset, RolledUp, Rulesets } from '../ports.ts';
import { membersOf, type MemberPorts } from './members.ts';
import { nextLook, projectAccount, type MemberScores } from './project.ts';
import { tellAccount } from './tell.ts';

export interface RollUpPorts {
  readonly clock: Clock;
  readonly leads: Pick<Leads, 'read' | 'log'>;
  readonly rolledUp: RolledUp;
  readonly rulesets: Pick<Rulesets, 'live'>;
  readonly accounts: Pick<Accounts, 'history'>;
  readonly changes: Changes;
  /** Waits before the n-th new try, from 1; jittered. */
  readonly pause: (attempt: number) => Promise<void>;
  readonly remembered?: MemberPorts['remembered'];
}

/** Why an account is rolled up: somebody of it has changed, or a day has passed. */
export type RollUpOccasion = 'changed' | 'due';

const TRIES = 5;
const LONGEST_NAME = 100;

/**
 * Adds the people of an account up. The account is read first, then its members, then it is written if nobody has
 * written it since: whoever commits last has read the members after everybody who committed before.
 *
 * @returns the account as committed; null where there is none, or nothing was due
 */
export const rollUp = async (
  ports: RollUpPorts,
  accountId: string,
  occasion: RollUpOccasion,
): Promise<Account | null> => {
  const { rolledUp, rulesets, clock, pause } = ports;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const read = await rolledUp.read(accountId);
    const live = await rulesets.live(read?.epoch);
    const rules = live.scoring.accounts;
    if (rules === undefined) return null;
    const account = read ?? newAccount(accountId);
    const now = Math.max(clock.now(), account.asOf);
    const next =
      occasion === 'due' && rested(account, live.hash, now)
        ? postponed(account, now)
        : projectAccount(account, { rules, now, ...(await peopleOf(ports, accountId, live, now)) }, live);
    if (next === null || (read === null && next.members === 0)) return null;
    if (await rolledUp.commit(next, account.version)) return tellAccount(ports, next);
    await pause(attempt);
  }
  throw new Conflict(`account ${accountId} was written by others ${TRIES} times`);
};

const peopleOf = async (
  ports: RollUpPorts,
  accountId: string,
  live: LiveRuleset,
  now: number,
): Promise<{ people: readonly MemberScores[]; name: string | null }> => ({
  people: (await membersOf(ports, accountId, live, now)).map(({ evaluation }) => evaluation),
  name: await nameOf(ports, accountId, now),
});

/** It was looked at less than a day ago. */
const rested = (account: Account, ruleset: string, now: number): boolean =>
  account.place !== null && account.ruleset === ruleset && now < account.asOf + DAY;

const postponed = (account: Account, now: number): Account | null => {
  if (account.due === null || account.due > now) return null;
  return { ...account, version: account.version + 1, due: nextLook(account, now, true) };
};

const nameOf = async (
  { accounts }: Pick<RollUpPorts, 'accounts'>,
  id: string,
  now: number,
): Promise<string | null> => {
  const { name } = accountAttributes((await accounts.history(id)).events, now);
  const text = typeof name === 'string' ? name.trim().slice(0, LONGEST_NAME).toWellFormed() : '';
  return text === '' ? null : text;
};
