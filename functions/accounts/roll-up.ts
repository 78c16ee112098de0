import { accountAttributes } from '../../core/engine/attributes.ts';
import { DAY } from '../../core/duration.ts';
import { newAccount, type Account } from '../../core/accounts/account-projection.ts';
import { Conflict } from '../errors.ts';
import type { LiveRuleset, RolledUp, ScorePorts } from '../ports.ts';
import { bringMembers } from './bring.ts';
import { type Member, membersOf, type MemberPorts } from './members.ts';
import { nextLook, projectAccount } from './project.ts';
import { tellAccount } from './tell.ts';

export type RollUpPorts = ScorePorts & {
  readonly rolledUp: RolledUp;
  readonly remembered?: MemberPorts['remembered'];
};

/** Why an account is rolled up: somebody of it has changed, or a day has passed. */
export type RollUpOccasion = 'changed' | 'due';

const TRIES = 5;
const LONGEST_NAME = 100;

/**
 * Adds the people of an account up. The account is read first, then its members, then it is written if nobody has
 * written it since: whoever commits last has read the members after everybody who committed before.
 *
 * Where rules read accounts, people whose stored standing is no longer theirs, since something was said of the account,
 * are scored then; so they are where nobody is added up.
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
    const account = read ?? newAccount(accountId);
    const now = Math.max(clock.now(), account.asOf);
    const rests = occasion === 'due' && rested(account, live.hash, now);
    const members = rests ? [] : await heardMembers(ports, accountId, live, now);
    const rules = live.scoring.accounts;
    if (rules === undefined) {
      await bringMembers(ports, members, live);
      return null;
    }
    const next = rests
      ? postponed(account, now)
      : projectAccount(
          account,
          {
            rules,
            now,
            people: members.map(({ evaluation }) => evaluation),
            name: await nameOf(ports, accountId, now),
          },
          live,
        );
    if (next === null || (read === null && next.members === 0)) return null;
    if (await rolledUp.commit(next, account.version)) {
      const told = await tellAccount(ports, next);
      await bringMembers(ports, members, live);
      return told;
    }
    await pause(attempt);
  }
  throw new Conflict(`account ${accountId} was written by others ${TRIES} times`);
};

/** Everybody of an account, as of what is said of it now. */
const heardMembers = async (
  ports: RollUpPorts,
  accountId: string,
  live: LiveRuleset,
  now: number,
): Promise<Member[]> => {
  // Who asked may have said it a moment ago, to another instance.
  await ports.accounts.latest(accountId);
  return membersOf(ports, accountId, live, now);
};

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
