import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { type Callback, closeStreams, type Level, type Operation, readAtOnce } from './level.ts';
import { rememberTables, type Table } from './schemas.ts';

// What is used of dynalite's inside; its version is pinned.
type Done = (error: ActionError | null | undefined, value?: unknown) => void;
type Item = Readonly<Record<string, unknown>>;
/** dynalite, mended. */
export interface Inside {
  readonly create: (options: object) => { readonly db: Level };
  readonly validations: {
    checkTypes(data: unknown, types: object): unknown;
    checkValidations(data: unknown, types: object, custom: unknown, store: object): void;
  };
  readonly validation: (action: string) => { readonly types: object; readonly custom: unknown };
  readonly action: (name: string) => (store: object, data: unknown, done: Done) => void;
}
interface Database {
  create: (options: object) => { readonly db: Level };
  updateIndexes(store: unknown, table: Table, old: Item | undefined, item: Item | null, done: Callback): void;
  getIndexActions(
    indexes: readonly unknown[],
    old: Item | undefined,
    item: Item | null,
    table: Table,
  ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };
  createKey(item: Item, table: Table): string;
}
export interface ActionError extends Error {
  statusCode?: number;
  body?: object;
}
type Action = (store: unknown, data: unknown, done: Done) => void;

const require = createRequire(import.meta.url);
let once: Inside | undefined;

/** The dynalite of this thread, with its faults mended where they are. */
export const mended = (): Inside => (once ??= mend());

const mend = (): Inside => {
  const inside = require('dynalite/db') as Database;
  /** The index entries that go with an item, from when they are known until the item is written. */
  const held = new Map<string, Operation[]>();

  // An item and its index entries are one LevelDB batch: a kill leaves both or neither.
  inside.updateIndexes = (_store, table, old, item, done) => {
    const operations: Operation[] = [];
    for (const [type, indexes] of [
      ['local', table.LocalSecondaryIndexes],
      ['global', table.GlobalSecondaryIndexes],
    ] as const) {
      const { puts, deletes } = inside.getIndexActions(indexes ?? [], old, item, table);
      const before = old ? inside.getIndexActions(indexes ?? [], undefined, old, table).puts : [];
      const prefix = (index: string): string => `index-${type}~${table.TableName}~${index}~`;
      for (const { index, key } of deletes) operations.push({ type: 'del', key: prefix(index) + key });
      for (const entry of puts)
        // LevelDB keeps what is overwritten for a while, and whoever looks through an index looks through it, too.
        if (!before.some((same) => isDeepStrictEqual(same, entry)))
          operations.push({ type: 'put', key: prefix(entry.index) + entry.key, value: entry.item });
    }
    const present = item ?? old;
    if (operations.length > 0 && present)
      held.set(`item-${table.TableName}~${inside.createKey(present, table)}`, operations);
    done();
  };

  const create = inside.create;
  inside.create = (options) => {
    const store = create(options);
    const { db } = store;
    const put = db.put.bind(db);
    const del = db.del.bind(db);
    const batch = db.batch.bind(db);
    const together = (operation: Operation, done: Callback): boolean => {
      const others = held.get(operation.key);
      if (!others) return false;
      held.delete(operation.key);
      batch([...others, operation], done);
      return true;
    };
    db.put = (key, value, done) => {
      if (!together({ type: 'put', key, value }, done)) put(key, value, done);
    };
    db.del = (key, done) => {
      if (!together({ type: 'del', key }, done)) del(key, done);
    };
    readAtOnce(db);
    rememberTables(db);
    closeStreams(db);
    return store;
  };

  return {
    create: (options) => inside.create(options),
    validations: require('dynalite/validations') as Inside['validations'],
    validation: (action) => require(`dynalite/validations/${action}`) as ReturnType<Inside['validation']>,
    action: (name) => {
      const action = require(`dynalite/actions/${name}`) as Action;
      return (store, data, done) => action(store, data, (error, value) => done(known(error), value));
    },
  };
};

/** An error that is not DynamoDB's own would be thrown into nowhere and end the process. */
const known = (error: ActionError | null | undefined): ActionError | null | undefined => {
  if (!error || error.statusCode !== undefined) return error;
  const body = {
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: error.message,
  };
  return Object.assign(error, { statusCode: 500, body });
};
