import type { Account, AccountChange, AccountChangeKind } from '../../core/accounts/account-projection.ts';
import {
  accountBandAttributes,
  accountDueAttributes,
  accountIdOf,
  accountKey,
  bandSince,
  dueAt,
} from './keys.ts';
import type { Shards } from './lead-item.ts';
import type { Item } from './table.ts';

/** The account as it is stored. Maps that are only read whole are JSON text. */
export const accountToItem = (account: Account, shards: Shards): Item => ({
  ...accountKey(account.id),
  version: account.version,
  asOf: account.asOf,
  band: account.place?.band ?? undefined,
  qualified: account.place?.qualified,
  numbers: JSON.stringify(account.numbers),
  keys: textOf(account.keys),
  members: account.members,
  people: account.people,
  since: account.since,
  entry: account.entry,
  pending: textOf(account.pending),
  name: account.name ?? undefined,
  ruleset: account.ruleset,
  epoch: account.epoch,
  ...(account.due === null ? {} : accountDueAttributes(account.id, account.due, shards.due)),
  ...(account.listed === null
    ? {}
    : accountBandAttributes(account.id, account.listed.band, account.listed.since, shards.band)),
});

export const accountFromItem = (item: Item): Account => {
  const read = item as unknown as Stored;
  return {
    id: accountIdOf(read.pk),
    version: read.version,
    asOf: read.asOf,
    place: read.qualified === undefined ? null : { band: read.band ?? null, qualified: read.qualified },
    numbers: parsed(read.numbers),
    keys: parsed(read.keys),
    members: read.members,
    people: read.people,
    since: read.since,
    entry: read.entry,
    pending: pendingOf(read.pending),
    due: read.dueSk === undefined ? null : dueAt(read.dueSk),
    listed: read.bandSk === undefined ? null : { band: read.band ?? '', since: bandSince(read.bandSk) },
    name: read.name ?? null,
    ruleset: read.ruleset,
    epoch: read.epoch,
  };
};

interface Stored {
  readonly pk: string;
  readonly version: number;
  readonly asOf: number;
  readonly band?: string;
  readonly qualified?: boolean;
  readonly numbers: string;
  readonly keys?: string;
  readonly members: number;
  readonly people: number;
  readonly since: number;
  readonly entry: number;
  readonly pending?: string;
  readonly dueSk?: string;
  readonly bandSk?: string;
  readonly name?: string;
  readonly ruleset: string;
  readonly epoch: number;
}

const textOf = (map: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(map).length === 0 ? undefined : JSON.stringify(map);

const parsed = <T>(text: string | undefined): Readonly<Record<string, T>> =>
  text === undefined ? {} : (JSON.parse(text) as Readonly<Record<string, T>>);

const pendingOf = (text: string | undefined): Account['pending'] =>
  parsed<AccountChange & { kind: AccountChangeKind }>(text);
