import type { Engine } from '../engine/compile.ts';
import type { Replayed } from '../engine/replay.ts';
import type { History } from '../history.ts';
import type { Accounts } from '../schema/accounts.ts';
import type { Answers } from './answers.ts';
import { type Beginner, entersWithAccount } from './begin.ts';
import { handoffsOf, isHandedOver, type Opened, qualifiedAt, statesAt } from './handoffs.ts';
import type { HistoryAccounts, LeadState } from './history.ts';
import type { JourneyRules, NurtureRules } from './nurture.ts';
import { type AccountTurn, accountTurns } from './turns.ts';

/** Somebody of an account; what takes time is asked for only where it matters. */
export interface Member {
  readonly scores: Replayed;
  readonly answers: Answers;
  readonly history: () => History;
  readonly beginner: () => Beginner;
}
export type Side = 'before' | 'after';
export type People = Readonly<Record<Side, readonly Member[]>>;

/** What of a ruleset is about accounts. */
export interface AccountRules {
  readonly accounts: Accounts | undefined;
  readonly engine: Pick<Engine, 'trace'>;
  readonly rules: NurtureRules;
}

/** The handoffs of an account in the weeks behind. */
export interface AccountPast {
  /** What the product did; null where the history is of events alone. */
  readonly did: LeadState['handoffs'] | null;
  /** What each ruleset would have done. */
  readonly was: readonly Opened[];
  readonly is: readonly Opened[];
}

/** The ways that accounts took under each ruleset, each gone through once, and only if somebody asks. */
export interface AccountWays {
  /** The band in which the old rules left it. */
  leftIn(id: string, people: People): string | null;
  past(id: string, people: People): AccountPast;
  /** Whether it is handed over if it qualifies now. */
  isHandedOver(id: string, people: People): boolean;
  /** When its people were called into a journey, UTC milliseconds, oldest first. */
  calledAt(id: string, people: People, journey: JourneyRules, side: Side): readonly number[];
}

/** @param now UTC milliseconds */
export function accountWays(
  sides: Readonly<Record<Side, AccountRules>>,
  known: HistoryAccounts,
  now: number,
): AccountWays {
  const { before: base, after: head } = sides;
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const sameAccounts = isSame(base.accounts, head.accounts);
  const sameNurture = isSame(base.rules, head.rules);
  const ways = new Map<People, Partial<Record<Side, readonly AccountTurn[]>>>();

  const turnsAlike = ({ before, after }: People): boolean =>
    sameAccounts &&
    before.length === after.length &&
    before.every(({ scores }, n) => scores === after[n]?.scores);
  const turns = (people: People, side: Side): readonly AccountTurn[] => {
    if (side === 'after' && turnsAlike(people)) return turns(people, 'before');
    const { accounts, engine } = sides[side];
    if (!accounts || people[side].length === 0) return [];
    const of = ways.get(people) ?? {};
    ways.set(people, of);
    return (of[side] ??= accountTurns(
      engine,
      accounts,
      people[side].map(({ scores: { crossings }, history }) => ({ crossings, history: history() })),
      now,
    ));
  };
  const opened = (people: People, side: Side): readonly Opened[] => {
    const { rules, accounts } = sides[side];
    if (rules.handoffAgainMs === null || !accounts?.account.qualified) return [];
    const answers = people[side].map((member) => member.answers);
    const ends = {
      rejected: answers.flatMap(({ rejected }) => rejected),
      won: answers.flatMap(({ won }) => won),
      lost: answers.flatMap(({ lost }) => lost),
    };
    return handoffsOf(qualifiedAt(turns(people, side)), ends, rules);
  };
  /** What the product did about it, if it has looked at it at all. */
  const done = (id: string): Pick<LeadState, 'entry' | 'handoffs'> | null => {
    const account = known.get(id);
    return account?.place ? account : null;
  };
  // Then what the product did is all there is to tell.
  const isSettled = (id: string, people: People): boolean =>
    sameNurture && done(id) !== null && turnsAlike(people);

  return {
    leftIn: (id, people) => known.get(id)?.place?.band ?? turns(people, 'before').at(-1)?.to.band ?? null,
    past: (id, people) => ({
      did: done(id)?.handoffs ?? null,
      ...(isSettled(id, people)
        ? { was: [], is: [] }
        : { was: opened(people, 'before'), is: opened(people, 'after') }),
    }),
    isHandedOver: (id, people) => {
      const replayed = (): Pick<LeadState, 'entry' | 'handoffs'> => ({
        entry: qualifiedAt(turns(people, 'before')).length,
        handoffs: statesAt(opened(people, 'before'), now),
      });
      return isHandedOver(done(id) ?? replayed(), head.rules, now);
    },
    calledAt: (id, people, { journey }, side) =>
      isSettled(id, people)
        ? []
        : turns(people, side)
            .filter(({ from, to }) => entersWithAccount(journey, from, to))
            .map(({ at }) => at),
  };
}
