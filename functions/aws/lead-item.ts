import { topKeys } from '../../core/accounts/account-keys.ts';
import type { Change, ChangeKind, Erasure, Lead, Scores } from '../../core/lead.ts';
import {
  accountIdOf,
  bandAttributes,
  bandSince,
  dueAt,
  dueAttributes,
  leadIdOf,
  leadKey,
  memberAttributes,
  nameAttributes,
} from './keys.ts';
import type { Item } from './table.ts';

/** How many partitions the indexes are spread over. */
export interface Shards {
  readonly due: number;
  readonly band: number;
}

/** How many keys of a keyed score are kept for lists. */
const KEPT_KEYS = 5;

/** The lead as it is stored, within 1 kB: one write unit. Maps that are only read whole are JSON text. */
export const leadToItem = (lead: Lead, shards: Shards): Item => ({
  ...leadKey(lead.id),
  version: lead.version,
  createdAt: lead.createdAt,
  users: listOf(lead.users),
  emails: listOf(lead.emails),
  into: lead.into,
  erased: lead.erased,
  asOf: lead.asOf,
  ...lead.standing,
  scores: lead.standing === null ? undefined : JSON.stringify(shortened(lead.scores)),
  total: lead.total,
  since: lead.since,
  entry: lead.entry,
  lastActivity: lead.lastActivity ?? undefined,
  next: lead.next ?? undefined,
  pending: packPending(lead),
  toldBy: lead.toldBy,
  snap: lead.snapshot?.id,
  watermark: lead.snapshot?.watermark,
  strayUntil: lead.strayUntil === 0 ? undefined : lead.strayUntil,
  ruleset: lead.ruleset,
  epoch: lead.epoch,
  email: lead.email ?? undefined,
  name: lead.name ?? undefined,
  account: lead.membership === null ? undefined : JSON.stringify(lead.membership),
  // No index lists an erased lead in its account any more.
  accountWas: lead.erased === undefined ? undefined : (lead.account ?? undefined),
  attributes: lead.attributes === '' ? undefined : lead.attributes,
  ...(lead.due === null ? {} : dueAttributes(lead.id, lead.due, shards.due)),
  ...(lead.listed === null ? {} : bandAttributes(lead.id, lead.listed.band, lead.listed.since, shards.band)),
  ...(lead.account === null || lead.into !== undefined || lead.erased !== undefined
    ? {}
    : memberAttributes(lead.id, lead.account)),
  ...(lead.name === null || lead.into !== undefined ? {} : nameAttributes(lead.id, lead.name)),
});

export const leadFromItem = (item: Item): Lead => {
  const read = item as unknown as Stored;
  const id = leadIdOf(read.pk);
  const standing =
    read.band === undefined
      ? null
      : {
          band: read.band,
          grade: read.grade ?? null,
          group: read.group ?? null,
          qualified: read.qualified ?? false,
        };
  return {
    id,
    version: read.version,
    createdAt: read.createdAt,
    users: read.users ?? [],
    emails: read.emails ?? [],
    ...(read.into === undefined ? {} : { into: read.into }),
    ...(read.erased === undefined ? {} : { erased: read.erased }),
    asOf: read.asOf,
    standing,
    scores: read.scores === undefined ? {} : (JSON.parse(read.scores) as Scores),
    total: read.total,
    since: read.since,
    entry: read.entry,
    lastActivity: read.lastActivity ?? null,
    next: read.next ?? null,
    pending: unpackPending(id, read.pending),
    ...(read.toldBy === undefined ? {} : { toldBy: read.toldBy }),
    due: read.dueSk === undefined ? null : dueAt(read.dueSk),
    listed:
      read.bandSk === undefined || read.band === undefined
        ? null
        : { band: read.band, since: bandSince(read.bandSk) },
    snapshot:
      read.snap === undefined || read.watermark === undefined
        ? null
        : { id: read.snap, watermark: read.watermark },
    strayUntil: read.strayUntil ?? 0,
    ruleset: read.ruleset,
    epoch: read.epoch,
    email: read.email ?? null,
    name: read.name ?? null,
    membership: read.account === undefined ? null : (JSON.parse(read.account) as Lead['membership']),
    account: read.accountPk === undefined ? (read.accountWas ?? null) : accountIdOf(read.accountPk),
    attributes: read.attributes ?? '',
  };
};

interface Stored {
  readonly pk: string;
  readonly version: number;
  readonly createdAt: number;
  readonly users?: string[];
  readonly emails?: string[];
  readonly into?: string;
  readonly erased?: Erasure;
  readonly asOf: number;
  readonly band?: string;
  readonly grade?: string | null;
  readonly group?: string | null;
  readonly qualified?: boolean;
  readonly scores?: string;
  readonly total: number;
  readonly since: number;
  readonly entry: number;
  readonly lastActivity?: number;
  readonly next?: number;
  readonly pending?: string;
  readonly toldBy?: number;
  readonly dueSk?: string;
  readonly bandSk?: string;
  readonly snap?: string;
  readonly watermark?: number;
  readonly strayUntil?: number;
  readonly ruleset: string;
  readonly epoch: number;
  readonly email?: string;
  readonly name?: string;
  readonly account?: string;
  readonly accountPk?: string;
  readonly accountWas?: string;
  readonly attributes?: string;
}

const listOf = (list: readonly string[]): readonly string[] | undefined =>
  list.length === 0 ? undefined : list;

/** As much of the scores as is stored. */
export const shortened = (scores: Scores): Scores =>
  Object.fromEntries(
    Object.entries(scores).map(([name, score]) => [
      name,
      typeof score === 'number' ? score : topKeys(score, KEPT_KEYS),
    ]),
  );

/** A change without what its id says already. */
type PackedChange = readonly [
  from: Change['from'],
  to: Change['to'],
  at: number,
  entry: number,
  ruleset: string,
  /** Only where the id does not say it. */
  version?: number | null,
  deploy?: number,
];

const packPending = ({ id, pending }: Lead): string | undefined => {
  const packed = Object.values(pending).map((change): [string, PackedChange] => [
    change.changeId.slice(id.length + 1),
    [
      ...([change.from, change.to, change.at, change.entry, change.ruleset] as const),
      ...(change.kind === 'lead.event' ? ([change.version] as const) : ([] as const)),
      ...(change.deploy === undefined ? ([] as const) : ([null, change.deploy] as const)),
    ] as PackedChange,
  ]);
  return packed.length === 0 ? undefined : JSON.stringify(Object.fromEntries(packed));
};

const unpackPending = (leadId: string, text: string | undefined): Readonly<Record<string, Change>> => {
  if (text === undefined) return {};
  const packed = JSON.parse(text) as Readonly<Record<string, PackedChange>>;
  return Object.fromEntries(
    Object.entries(packed).map(([name, [from, to, at, entry, ruleset, version, deploy]]) => {
      // An event's id may hold anything.
      const last = name.lastIndexOf('#');
      const kind = name.slice(last + 1) as ChangeKind;
      const changeId = `${leadId}#${name}`;
      const brought = deploy === undefined ? {} : { deploy };
      const told = { changeId, leadId, kind, from, to, entry, at, ruleset, ...brought };
      return [changeId, { ...told, version: version ?? Number(name.slice(0, last)) }];
    }),
  );
};
