import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { setTimeout } from 'node:timers/promises';
import type { HandoffRef } from '../../core/handoff/handoff.ts';
import { Upstream } from '../errors.ts';
import { type AnyRecord, recordOf, refOfItem } from '../handoffs/standing.ts';
import { inParallel } from '../parallel.ts';
import { HANDOFF_INDEX, handoffWeekPk, isLeadPk, type Key, leadIdOf, leadIdOfSk } from './keys.ts';
import type { Item, Table } from './table.ts';

/** A handoff, and whose it is. */
export interface ListedHandoff {
  readonly ref: HandoffRef;
  readonly record: AnyRecord;
}

/** Lists handoffs by when they were opened; the index may be a moment behind, the records are not. */
export interface HandoffWeeks {
  /** Of all whole weeks that lie at least in part between these, any order. UTC milliseconds. */
  list(from: number, until: number): Promise<readonly ListedHandoff[]>;
}

const WEEK = 7 * 86_400_000;
/** What one BatchGetItem takes. */
const BATCH = 100;
const TRIES = 6;

export const tableHandoffWeeks = (table: Table): HandoffWeeks => ({
  list: async (from, until) => {
    const pks = new Set<string>();
    for (let at = from; at < until + WEEK; at += WEEK) pks.add(handoffWeekPk(Math.min(at, until)));
    const keys = (await inParallel(4, [...pks], (pk) => keysOf(table, pk))).flat();
    const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, batch) =>
      keys.slice(batch * BATCH, (batch + 1) * BATCH),
    );
    const items = (await inParallel(4, batches, (batch) => read(table, batch))).flat();
    return survivors(items).map((item) => ({ ref: refOfItem(item), record: recordOf(item) }));
  },
});

/** A merge leaves the younger lead's handoffs where they were, beside their copies: only those count. */
const survivors = (items: readonly Item[]): readonly Item[] => {
  const taken = new Set(
    items.flatMap(({ from, handoffSk }) => (from === undefined ? [] : [String(handoffSk)])),
  );
  const isOriginal = ({ pk, handoffSk }: Item): boolean =>
    isLeadPk(String(pk)) && leadIdOfSk(String(handoffSk)) === leadIdOf(String(pk));
  return items.filter((item) => !(isOriginal(item) && taken.has(String(item.handoffSk))));
};

const keysOf = async (table: Table, pk: string): Promise<readonly Key[]> => {
  const keys: Key[] = [];
  const pages = table.query({
    IndexName: HANDOFF_INDEX,
    KeyConditionExpression: 'handoffPk = :pk',
    values: { ':pk': pk },
  });
  for await (const items of pages)
    for (const item of items) keys.push({ pk: String(item.pk), sk: String(item.sk) });
  return keys;
};

const read = async (table: Table, keys: readonly Key[]): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let asked: KeysAndAttributes | undefined = { Keys: keys.map((key) => marshall(key)) };
  for (let attempt = 1; asked !== undefined; attempt += 1) {
    const answer: {
      Responses?: Record<string, Record<string, never>[]>;
      UnprocessedKeys?: Record<string, KeysAndAttributes>;
    } = (await table.client.send(
      new BatchGetItemCommand({ RequestItems: { [table.name]: asked } }),
    )) as never;
    found.push(...(answer.Responses?.[table.name] ?? []).map((item) => unmarshall(item)));
    asked = answer.UnprocessedKeys?.[table.name];
    if (asked === undefined) break;
    if (attempt === TRIES) throw new Upstream('the table is too busy');
    await setTimeout(2 ** attempt * 20 * (0.5 + Math.random()));
  }
  return found;
};
