import { accountStanding, type PersonScores } from '../../core/accounts/account.ts';
import {
  rolledUpKeys,
  topKeys,
  type KeyedPoints,
  type KeyedScores,
} from '../../core/accounts/account-keys.ts';
import type {
  Account,
  AccountChange,
  AccountChangeKind,
  AccountPlace,
} from '../../core/accounts/account-projection.ts';
import { DAY } from '../../core/duration.ts';
import type { Accounts } from '../../core/schema/accounts.ts';
import type { LiveRuleset } from '../ports.ts';
import { dueOf } from '../scoring/project.ts';

/** How many keys of a keyed score are kept. */
const KEPT_KEYS = 10;

/** What one member scores now. */
export interface MemberScores {
  readonly scores: KeyedScores;
  readonly total: number;
}

/** A keyed score counts as its highest key, at least 0. */
const plain = ({ scores, total }: MemberScores): PersonScores => ({
  scores: Object.fromEntries(
    Object.entries(scores).map(([name, score]) => [
      name,
      typeof score === 'number' ? score : Math.max(0, ...Object.values(score)),
    ]),
  ),
  total,
});

/** What one member has of a score; of the total, too. */
export const pointsOf = (member: MemberScores, score: string): number => {
  const { scores, total } = plain(member);
  return scores[score] ?? (score === 'total' ? total : 0);
};

/** Where the people of an account take it from a band. */
export const standingOf = (
  rules: Accounts,
  people: readonly MemberScores[],
  from: string | null,
): ReturnType<typeof accountStanding> => accountStanding(rules, people.map(plain), from);

/** Of the roll-ups of keyed scores: what each key comes to, the best few. */
export const keysOf = (
  { account }: Accounts,
  people: readonly MemberScores[],
): Readonly<Record<string, KeyedPoints>> =>
  Object.fromEntries(
    Object.entries(account.rollup).flatMap(([name, rollup]) => {
      const keys = rolledUpKeys(
        rollup,
        people.map(({ scores }) => scores),
      );
      return keys === null ? [] : [[name, topKeys(keys, KEPT_KEYS)]];
    }),
  );

interface Found {
  readonly rules: Accounts;
  readonly people: readonly MemberScores[];
  readonly name: string | null;
  /** UTC milliseconds. */
  readonly now: number;
}

/** The next version of an account: what its people come to now, what others must hear of, and when to look again. */
export const projectAccount = (
  account: Account,
  { rules, people, name, now }: Found,
  live: Pick<LiveRuleset, 'hash' | 'epoch'>,
): Account => {
  const { numbers, band, people: active, qualified } = standingOf(rules, people, account.place?.band ?? null);
  const place: AccountPlace = { band, qualified };
  const version = account.version + 1;
  const entry = qualified && account.place?.qualified !== true ? account.entry + 1 : account.entry;
  const changes = changesOf(account.place, place).map(([kind, from, to]): [string, AccountChange] => {
    const changeId = `${account.id}#${version}#${kind}`;
    return [
      changeId,
      {
        ...{ changeId, accountId: account.id, kind, from, to, version, entry, at: now, ruleset: live.hash },
        // The first look by other rules: what its people did since the last one comes with it.
        ...(account.place !== null && account.ruleset !== live.hash ? { deploy: live.epoch } : {}),
      },
    ];
  });
  const pending = { ...account.pending, ...Object.fromEntries(changes) };
  const since = account.place !== null && account.place.band === band ? account.since : now;
  return {
    ...account,
    version,
    asOf: now,
    place,
    numbers,
    keys: keysOf(rules, people),
    members: people.length,
    people: active,
    since,
    entry,
    pending,
    due: nextLook({ ...account, members: people.length, asOf: now, pending }, now, changes.length > 0),
    listed: listedIn(account, band, since),
    name,
    ruleset: live.hash,
    epoch: live.epoch,
  };
};

/** What its people have done fades while nothing happens: once a day it is looked at, as long as it has any. */
export const nextLook = (
  { due, members, asOf, pending }: Pick<Account, 'due' | 'members' | 'asOf' | 'pending'>,
  now: number,
  crossed: boolean,
): number | null => dueOf({ due }, { next: members === 0 ? null : asOf + DAY, pending, now, crossed });

/** Without bands all are listed together. */
const listedIn = ({ listed }: Account, band: string | null, since: number): Account['listed'] =>
  listed?.band === (band ?? '') ? listed : { band: band ?? '', since };

/** What differs; of an account's first look only its band, and `qualified` if it is, are news. */
const changesOf = (
  was: AccountPlace | null,
  is: AccountPlace,
): (readonly [kind: AccountChangeKind, from: AccountChange['from'], to: AccountChange['to']])[] => {
  const changes: (readonly [AccountChangeKind, AccountChange['from'], AccountChange['to']])[] = [];
  if ((was?.band ?? null) !== is.band) changes.push(['account.band.changed', was?.band ?? null, is.band]);
  if ((was?.qualified ?? false) !== is.qualified)
    changes.push([
      is.qualified ? 'account.qualified' : 'account.disqualified',
      was?.qualified ?? false,
      is.qualified,
    ]);
  return changes;
};
