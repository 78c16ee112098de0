import { type AttributeValue, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { withConfirmed } from '../../core/message/clicks.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Snapshot } from '../../core/history.ts';
import type { Extra, Leads, Log, LogEntry, StoredEntry } from '../ports.ts';
import {
  accountIdOf,
  BAND_INDEX,
  bandOfPk,
  bandSince,
  COPIED_PREFIXES,
  DUE_INDEX,
  duePk,
  dueUntil,
  eventKey,
  eventsFrom,
  FIRST_EVENT,
  isLeadPk,
  JOURNEY_PREFIX,
  leadIdOf,
  leadKey,
  leadPk,
  messageIdOf,
  sentAsOf,
  SNAPSHOT,
  snapshotKey,
  whoKey,
} from './keys.ts';
import { leadFromItem, leadToItem, type Shards } from './lead-item.ts';
import { NEW, type Item, type Table } from './table.ts';

/** How many leads a page of the due index brings. */
const PAGE = 100;

/** Leads in the table: the projection, the log, its snapshot, and what else lies under a lead. */
export const tableLeads = (table: Table, shards: Shards): Leads => ({
  put: (leadId, entry, expiresAt) => table.put(eventItem(leadId, entry, expiresAt), NEW),

  read: async (leadId) => {
    const item = await table.get(leadKey(leadId));
    return item === null ? null : leadFromItem(item);
  },

  log: async (leadId, from) => {
    const entries: StoredEntry[] = [];
    let snapshot: Log['snapshot'] = null;
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      values: {
        ':pk': leadPk(leadId),
        ':from': from === null ? FIRST_EVENT : eventsFrom(from),
        ':to': SNAPSHOT,
      },
      ConsistentRead: true,
    });
    for await (const items of pages)
      for (const item of items)
        if (item.sk === SNAPSHOT) snapshot = snapshotOf(item);
        else entries.push(entryOf(item));
    return { entries: withConfirmed(entries), snapshot };
  },

  keepSnapshot: async (leadId, id, { ruleset, watermark, state, said }) => {
    await table.put({
      ...snapshotKey(leadId),
      ...{ id, ruleset, watermark, state: JSON.stringify(state) },
      ...(said === undefined ? {} : { said: JSON.stringify(said) }),
    });
  },

  commit: (lead, ifVersion) =>
    table.put(
      leadToItem(lead, shards),
      ifVersion === 0
        ? NEW
        : {
            expression: '#version = :version',
            names: { '#version': 'version' },
            values: { ':version': ifVersion },
          },
    ),

  keepAttributes: async (leadId, attributes) => {
    await table.put({ ...whoKey(leadId), attributes: JSON.stringify(attributes) });
  },

  takeBack: async (leadId, entries) => {
    const events = entries.map(({ event, sentAs }) => eventKey(leadId, sentAs, event.id));
    for (const key of [...events, whoKey(leadId), snapshotKey(leadId)]) await table.remove(key);
  },

  extras: async (leadId) => {
    const extras: Extra[] = [];
    for (const prefix of COPIED_PREFIXES) {
      const pages = table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        values: { ':pk': leadPk(leadId), ':prefix': prefix },
        ConsistentRead: true,
      });
      for await (const items of pages) extras.push(...items.map((item) => ({ sk: String(item.sk), item })));
    }
    return extras;
  },

  takeExtra: async (leadId, from, { sk, item }) => {
    // A journey ends with the lead that it ran for; what is taken along is when it was entered.
    const running = sk.startsWith(JOURNEY_PREFIX) ? { running: false } : {};
    const taken: Item = { from, ...item, ...running, pk: leadPk(leadId) };
    if (await table.put({ ...taken, sk }, NEW)) return;
    const there = await table.get({ pk: leadPk(leadId), sk });
    // The same thing taken before, or by way of another merge; one way through a journey is enough to know.
    if (there?.from === taken.from || sk.startsWith(JOURNEY_PREFIX)) return;
    await table.put({ ...taken, sk: `${sk}~${String(taken.from)}` }, NEW);
  },

  due: async function* (now) {
    for (let shard = 0; shard < shards.due; shard += 1) {
      const pages = table.query({
        IndexName: DUE_INDEX,
        KeyConditionExpression: 'duePk = :shard AND dueSk < :until',
        values: { ':shard': duePk(shard), ':until': dueUntil(now) },
        Limit: PAGE,
      });
      for await (const items of pages)
        if (items.length > 0) yield items.map(({ pk }) => leadIdOf(String(pk)));
    }
  },

  bands: async () => {
    const counts: Record<string, number> = {};
    let start: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey }: ScanCommandOutput = await table.client.send(
        new ScanCommand({
          TableName: table.name,
          IndexName: BAND_INDEX,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      for (const { pk, bandPk } of Items)
        if (isLeadPk(pk?.S ?? '')) {
          const band = bandOfPk(bandPk?.S ?? '');
          counts[band] = (counts[band] ?? 0) + 1;
        }
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return counts;
  },

  page: async (cursor, limit, { segment, of }) => {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        IndexName: BAND_INDEX,
        Limit: limit,
        ...(of > 1 && { Segment: segment, TotalSegments: of }),
        ...(cursor === null
          ? {}
          : { ExclusiveStartKey: JSON.parse(cursor) as Record<string, AttributeValue> }),
      }),
    );
    const shown = Items.map(({ pk, bandPk, bandSk }) => ({
      pk: pk?.S ?? '',
      listed: { band: bandOfPk(bandPk?.S ?? ''), since: bandSince(bandSk?.S ?? '') },
    }));
    return {
      leads: shown.filter(({ pk }) => isLeadPk(pk)).map(({ pk, listed }) => ({ id: leadIdOf(pk), listed })),
      accounts: shown.filter(({ pk }) => !isLeadPk(pk)).map(({ pk }) => accountIdOf(pk)),
      cursor: LastEvaluatedKey === undefined ? null : JSON.stringify(LastEvaluatedKey),
    };
  },
});

/** Properties are JSON text: exact whatever a sender's numbers are, and several times faster to read than maps. */
export const eventItem = (
  leadId: string,
  { event, sentAs, receivedAt }: LogEntry,
  expiresAt: number | null,
): Item => {
  const { id, occurredAt, ...body } = event;
  return {
    ...eventKey(leadId, sentAs, id),
    at: occurredAt,
    body: JSON.stringify(body),
    ...(receivedAt === undefined ? {} : { got: receivedAt }),
    ...(expiresAt === null ? {} : { ttl: Math.floor(expiresAt / 1000) }),
  };
};

export const entryOf = (item: Item): StoredEntry => {
  const { sk, at, body, got } = item as { sk: string; at: number; body: string; got?: number };
  return {
    event: {
      id: messageIdOf(sk),
      occurredAt: at,
      ...(JSON.parse(body) as Omit<LeadEvent, 'id' | 'occurredAt'>),
    },
    sentAs: sentAsOf(sk),
    bytes: sizeOf(body, sk),
    ...(got === undefined ? {} : { receivedAt: got }),
  };
};

/** About what an event takes in the table: its text, its key, and the names and numbers around them. */
const sizeOf = (body: string, key: string): number => Buffer.byteLength(body) + Buffer.byteLength(key) + 96;

const snapshotOf = (item: Item): Log['snapshot'] => {
  const { id, ruleset, watermark, state, said } = item as {
    id: string;
    ruleset: string;
    watermark: number;
    state: string;
    said?: string;
  };
  return {
    id,
    bytes: state.length,
    snapshot: {
      ...{ ruleset, watermark, state: JSON.parse(state) as Snapshot['state'] },
      ...(said === undefined ? {} : { said: JSON.parse(said) as NonNullable<Snapshot['said']> }),
    },
  };
};
