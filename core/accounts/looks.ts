import { HOUR } from '../duration.ts';
import type { Engine } from '../engine/compile.ts';
import type { History } from '../history.ts';
import type { Accounts } from '../schema/accounts.ts';
import { accountStanding, type AccountStanding } from './account.ts';

/**
 * Where the account of these people stands whenever it is looked at until `now`, oldest first: its bands have a memory.
 * It is looked at whenever somebody does something, and on whole hours in between.
 * @param now UTC milliseconds
 */
export function accountLooks(
  engine: Pick<Engine, 'trace'>,
  accounts: Accounts,
  people: readonly History[],
  now: number,
): readonly { readonly at: number; readonly standing: AccountStanding }[] {
  return standingsAt(engine, accounts, people, looks(people, now));
}

/**
 * Where the account of these people stands at each of these instants, given that it is looked at then and at no other
 * time. @param instants UTC milliseconds, ascending
 */
export function standingsAt(
  engine: Pick<Engine, 'trace'>,
  accounts: Accounts,
  people: readonly History[],
  instants: readonly number[],
): readonly { readonly at: number; readonly standing: AccountStanding }[] {
  const traces = people.map((history) => ({
    trace: engine.trace(history, instants),
    first: firstOf(history),
  }));
  let standing = accountStanding(accounts, [], null);
  return instants.map((at, look) => {
    // Who has done nothing yet is nobody's colleague.
    const numbers = traces.flatMap(({ trace, first }) => (first <= at ? (trace[look] ?? []) : []));
    standing = accountStanding(accounts, numbers, standing.band);
    return { at, standing };
  });
}

const firstOf = ({ events, snapshot }: History): number =>
  snapshot ? -Infinity : events.reduce((least, { occurredAt }) => Math.min(least, occurredAt), Infinity);

function looks(people: readonly History[], now: number): number[] {
  const instants = people
    .flatMap(({ events }) => events.map(({ occurredAt }) => occurredAt))
    .filter((at) => at <= now);
  const first = instants.reduce((least, at) => Math.min(least, at), now);
  const hours = Array.from(
    { length: Math.max(0, Math.ceil((now - first) / HOUR)) },
    (_, n) => (Math.floor(first / HOUR) + 1 + n) * HOUR,
  ).filter((at) => at < now);
  return [...new Set([...instants, ...hours, now])].sort((a, b) => a - b);
}
