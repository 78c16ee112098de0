import type { AccountPlace } from '../accounts/account-projection.ts';
import { standingsAt } from '../accounts/looks.ts';
import { DAY, HOUR } from '../duration.ts';
import type { Engine } from '../engine/compile.ts';
import type { Crossing } from '../engine/replay.ts';
import type { History } from '../history.ts';
import type { Accounts } from '../schema/accounts.ts';

/** A change of where an account stood, and when it was seen. */
export interface AccountTurn {
  /** UTC milliseconds. */
  readonly at: number;
  /** Null at its first look. */
  readonly from: AccountPlace | null;
  readonly to: AccountPlace;
}

/** What of somebody of an account its way depends on. */
interface Follower {
  readonly crossings: readonly Crossing[];
  readonly history: History;
}

/**
 * The way of an account under one ruleset until an instant, of those who are its people then. It is looked at when the
 * product looks: when one of them does something or stands elsewhere, and a day after it was looked at last. Of several
 * such instants in one hour the last one counts: people come for some minutes, and look at some pages.
 * @param until UTC milliseconds, looked at too
 */
export function accountTurns(
  engine: Pick<Engine, 'trace'>,
  accounts: Accounts,
  people: readonly Follower[],
  until: number,
): AccountTurn[] {
  const seen = people.flatMap(({ history, crossings }) => [
    ...history.events.map(({ occurredAt }) => occurredAt),
    ...crossings.map(({ at }) => at),
  ]);
  const histories = people.map(({ history }) => history);
  const turnsAt = (instants: readonly number[]): AccountTurn[] => {
    const turns: AccountTurn[] = [];
    let from: AccountPlace | null = null;
    for (const { at, standing } of standingsAt(engine, accounts, histories, instants)) {
      const to: AccountPlace = { band: standing.band, qualified: standing.qualified };
      if (from?.band !== to.band || from.qualified !== to.qualified) turns.push({ at, from, to });
      from = to;
    }
    return turns;
  };
  const busy = lastOfHours([...seen.filter((at) => at <= until), until]);
  const turns = turnsAt(busy);
  // Most never come to anything: while nobody does anything, points fade.
  return turns.length <= 1 ? turns : turnsAt(withDays(busy));
}

/** The last instant of each hour that has one, ascending. */
const lastOfHours = (instants: readonly number[]): number[] => {
  const last = new Map<number, number>();
  for (const at of instants) {
    const hour = Math.floor(at / HOUR);
    last.set(hour, Math.max(at, last.get(hour) ?? at));
  }
  return [...last.values()].sort((a, b) => a - b);
};

/** With every day in between. */
const withDays = (instants: readonly number[]): number[] =>
  instants.flatMap((at, n) => {
    const next = instants[n + 1] ?? at;
    const days = Math.max(0, Math.ceil((next - at) / DAY) - 1);
    return [at, ...Array.from({ length: days }, (_, day) => at + (day + 1) * DAY)];
  });
