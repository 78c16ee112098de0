import type { AccountHandoff } from '../../core/accounts/account-handoff.ts';
import type { AccountInHand } from '../../core/accounts/account-to-call.ts';
import type { LeadEvent } from '../../core/event.ts';
import { nameOf } from '../../core/handoff/brief.ts';
import { inParallel } from '../parallel.ts';
import type { Accounts, Leads, LiveRuleset, RolledUp } from '../ports.ts';
import { type MemberScores, standingOf } from '../accounts/project.ts';

export interface AccountMorningPorts {
  readonly leads: Pick<Leads, 'read' | 'log'>;
  readonly rolledUp: Pick<RolledUp, 'members' | 'read'>;
  readonly accounts: Pick<Accounts, 'history'>;
}

const WEEK = 7 * 86_400_000;
const AT_ONCE = 8;

interface Person {
  readonly name: string | null;
  readonly events: readonly LeadEvent[];
  readonly now: MemberScores;
  readonly weekAgo: MemberScores;
}

/** An account now and a week ago, under the rules of now; null where it is gone, or where accounts have no rules any more. */
export const accountInHand = async (
  ports: AccountMorningPorts,
  live: LiveRuleset,
  handoff: AccountHandoff,
  since: number,
  at: number,
): Promise<AccountInHand | null> => {
  const rules = live.scoring.accounts;
  const account = await ports.rolledUp.read(handoff.brief.id);
  if (rules === undefined || account === null) return null;
  const people = await peopleOf(ports, live, account.id, at);
  const measured = rules.account.bands?.of ?? Object.keys(rules.account.rollup)[0] ?? '';
  const points = (scores: readonly MemberScores[]): number =>
    standingOf(rules, scores, null).numbers[measured] ?? 0;
  const band = account.place?.band ?? null;
  return {
    handoff,
    at,
    since,
    band: band === null ? null : { name: band, since: account.since },
    points: {
      now: points(people.map((person) => person.now)),
      weekAgo: points(people.map((person) => person.weekAgo)),
    },
    people,
  };
};

/** Everybody of the account by their whole log, as what they did is told, too. */
const peopleOf = async (
  { leads, rolledUp, accounts }: AccountMorningPorts,
  { engine }: LiveRuleset,
  accountId: string,
  at: number,
): Promise<readonly Person[]> => {
  const account = await accounts.history(accountId);
  const people: Person[] = [];
  for await (const ids of rolledUp.members(accountId)) {
    const found = await inParallel(AT_ONCE, ids, async (id): Promise<Person | null> => {
      const lead = await leads.read(id);
      if (lead === null || lead.into !== undefined || lead.account !== accountId) return null;
      const events = (await leads.log(id, null)).entries.map(({ event }) => event);
      const history = { events, account };
      return {
        name: nameOf(engine.attributes(history, at)) ?? lead.email,
        events,
        now: engine.evaluate(history, at),
        weekAgo: engine.evaluate(history, at - WEEK),
      };
    });
    people.push(...found.filter((person) => person !== null));
  }
  return people;
};
