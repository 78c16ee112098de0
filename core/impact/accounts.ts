import { accountStanding, type AccountStanding, type PersonScores } from '../accounts/account.ts';
import { bandsOf } from '../engine/standing.ts';
import {
  type AccountPast,
  type AccountRules,
  accountWays,
  type Member,
  type People,
  type Side,
} from './account-ways.ts';
import { type Begun, begunByAccount } from './begin.ts';
import type { HistoryAccounts } from './history.ts';
import { createMoves } from './moves.ts';
import { type JourneyRules, startsOnAccounts } from './nurture.ts';
import type { AccountImpact } from './report.ts';

/** Who counts what is sent because of accounts. */
export interface AccountListener {
  begins(lead: string, begun: Begun): void;
  isHandedOver(): void;
  had(past: AccountPast): void;
}

/** Adds people up to accounts, before and after. */
export interface AccountReplay {
  add(account: string | null, member: Member, side: Side): void;
  /**
   * When the account of a lead turned so that its people were called into a journey, UTC milliseconds; to be asked when
   * all people are added. None where both rulesets do the same and the product tells what that was.
   */
  calledAt(account: string | null, journey: JourneyRules, side: Side): readonly number[];
  /** Null where neither ruleset adds people up. */
  result(): Omit<AccountImpact, 'handoffs'> | null;
}

/** Where accounts have no bands. */
const NO_BAND = '–';

const bandNames = ({ accounts }: AccountRules): readonly string[] =>
  accounts?.account.bands ? bandsOf(accounts.account.bands).map(({ name }) => name) : [NO_BAND];

/** @param now UTC milliseconds */
export function createAccountReplay(
  sides: Readonly<Record<Side, AccountRules>>,
  known: HistoryAccounts,
  now: number,
  listener: AccountListener,
): AccountReplay {
  const { before: base, after: head } = sides;
  const starts = startsOnAccounts(head.rules);
  const ways = accountWays(sides, known, now);
  const accounts = new Map<string, Record<Side, Member[]>>();

  const standings = (id: string, people: People): readonly (AccountStanding | null)[] => {
    const was = base.accounts ? before(base.accounts, id, people) : null;
    // Its bands have a memory: the new rules find it where the old ones left it.
    const from = known.get(id)?.place?.band ?? was?.band ?? null;
    return [was, head.accounts ? accountStanding(head.accounts, scoresOf(people.after), from) : null];
  };
  /** Only where the points lie between where a band is entered and where it is left, it matters where it came from. */
  const before = (rules: NonNullable<AccountRules['accounts']>, id: string, people: People) => {
    const scores = scoresOf(people.before);
    const bands = rules.account.bands ? bandsOf(rules.account.bands) : [];
    const [fromBelow, fromAbove] = [bands[0], bands.at(-1)].map((band) =>
      accountStanding(rules, scores, band?.name ?? null),
    );
    if (fromBelow && fromBelow.band === fromAbove?.band) return fromBelow;
    return accountStanding(rules, scores, ways.leftIn(id, people));
  };

  return {
    add: (account, member, side) => {
      if (account === null) return;
      const people = accounts.get(account) ?? { before: [], after: [] };
      accounts.set(account, people);
      people[side].push(member);
    },
    calledAt: (account, journey, side) => {
      const people = account === null ? undefined : accounts.get(account);
      return account === null || !people ? [] : ways.calledAt(account, people, journey, side);
    },
    result: () => {
      if (!base.accounts && !head.accounts) return null;
      const moves = createMoves(bandNames(base), bandNames(head));
      let [enter, leave] = [0, 0];
      for (const [id, people] of accounts) {
        const places = standings(id, people).map((standing) => ({
          band: standing?.band ?? null,
          qualified: standing?.qualified === true,
        }));
        const [was, is] = places;
        if (!was || !is) continue;
        moves.add(was.band ?? NO_BAND, is.band ?? NO_BAND);
        listener.had(ways.past(id, people));
        if (is.qualified && !was.qualified) {
          enter += 1;
          if (ways.isHandedOver(id, people)) listener.isHandedOver();
        }
        if (was.qualified && !is.qualified) leave += 1;
        if (!starts || (was.band === is.band && was.qualified === is.qualified)) continue;
        for (const member of people.after) {
          const lead = member.beginner();
          for (const begun of begunByAccount(was, is, lead, head.rules, now)) listener.begins(lead.id, begun);
        }
      }
      return { ...moves.result(), qualified: { enter, leave } };
    },
  };
}

const scoresOf = (members: readonly Member[]): PersonScores[] => members.map(({ scores }) => scores);
