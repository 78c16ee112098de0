import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { type AwsReply, type AwsRequest } from '../endpoint.ts';

/** Answers requests in DynamoDB's wire format from a folder. */
export interface Store {
  /** @param input the request's body, parsed */
  handle(request: AwsRequest, input: unknown): Promise<AwsReply>;
  /** Waits for writes under way. */
  close(): Promise<void>;
}

/**
 * Opens the embedded DynamoDB: dynalite on LevelDB, with its faults mended where they are. Of dynalite only what checks
 * and does the operations is used: there is no server of its own that a client's leaving could reach.
 */
export const openStore = async (folder: string): Promise<Store> => {
  const inside = mended ?? mend();
  mended = inside;
  const store = inside.create({ path: folder, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const { db } = store;
  await db.open().catch((cause: Error) => {
    const { message } = (cause.cause as Error | undefined) ?? cause;
    throw new Error(`${folder} cannot be opened, it may be damaged: ${message}`, { cause });
  });
  return {
    handle: (request, input) => answer(inside, store, request, input),
    close: () =>
      new Promise((resolve, reject) => {
        db.close((error) => (error ? reject(error) : resolve()));
      }),
  };
};

const reply = (body: object, status = 200): AwsReply => ({ status, body: JSON.stringify(body) });

/** Checks a request and does what it asks, as dynalite's own server does. */
const answer = (
  inside: Inside,
  store: object,
  { operation }: AwsRequest,
  input: unknown,
): Promise<AwsReply> =>
  new Promise((resolve, reject) => {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    if (!ACTIONS.includes(name))
      return resolve(reply({ __type: 'com.amazon.coral.service#UnknownOperationException' }, 400));
    try {
      const { types, custom } = inside.validation(name);
      const data = inside.validations.checkTypes(input, types);
      inside.validations.checkValidations(data, types, custom, store);
      inside.action(name)(store, data, (error, done) => {
        if (error) resolve(reply(error.body ?? {}, error.statusCode));
        else resolve(reply(done as object));
      });
    } catch (thrown) {
      const { statusCode, body } = thrown as ActionError;
      if (statusCode !== undefined) return resolve(reply(body ?? {}, statusCode));
      // What its validation trips over (nesting of 5,000, say) is the sender's fault.
      reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  });

// What is used of dynalite's inside; its version is pinned.
type Callback<T = void> = (error?: Error | null, value?: T) => void;
type Done = (error: ActionError | null | undefined, value?: unknown) => void;
type Item = Readonly<Record<string, unknown>>;
type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };
interface Iterator {
  nextv(size: number): Promise<unknown[]>;
  close(): Promise<void>;
}
interface Level {
  open(): Promise<void>;
  get(key: string, done: Callback<unknown>): void;
  getSync(key: string): unknown;
  put(key: string, value: unknown, done: Callback): void;
  del(key: string, done: Callback): void;
  batch(operations: readonly Operation[], done: Callback): void;
  close(done: Callback): void;
  keys(range: object): Iterator;
  values(range: object): Iterator;
  createKeyStream(range: object): Readable;
  createValueStream(range: object): Readable;
}
interface Table {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly LocalSecondaryIndexes?: readonly object[] | undefined;
  readonly GlobalSecondaryIndexes?: readonly object[] | undefined;
}
/** dynalite, mended. */
interface Inside {
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
interface ActionError extends Error {
  statusCode?: number;
  body?: object;
}
type Action = (store: unknown, data: unknown, done: Done) => void;

const require = createRequire(import.meta.url);
let mended: Inside | undefined;

const ACTIONS = [
  ...['batchGetItem', 'batchWriteItem', 'createTable', 'deleteItem', 'deleteTable', 'describeTable'],
  ...['describeTimeToLive', 'getItem', 'listTables', 'putItem', 'query', 'scan', 'tagResource'],
  ...['untagResource', 'listTagsOfResource', 'updateItem', 'updateTable'],
];

/** Once a process. */
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
    // Its own streams leave their iterators open, each with a snapshot of the database.
    db.createKeyStream = (range) => streamOf(db.keys(range));
    db.createValueStream = (range) => streamOf(db.values(range));
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

/** One entry is read in microseconds; a worker thread takes longer to wake than that. */
const readAtOnce = (db: Level): void => {
  db.get = (key, done) => {
    let value: unknown;
    try {
      value = db.getSync(key);
    } catch (error) {
      return queueMicrotask(() => done(error as Error));
    }
    queueMicrotask(() => done(null, value));
  };
};

const TABLE = 'table~';

/** It reads a table's schema from disk with every request: here it stays in memory until it is written. */
const rememberTables = (db: Level): void => {
  const get = db.get.bind(db);
  const put = db.put.bind(db);
  const del = db.del.bind(db);
  /** JSON, because whoever gets a schema may change it. */
  const known = new Map<string, string>();
  let writes = 0;
  const forgetting = (key: string, done: Callback): Callback => {
    if (!key.startsWith(TABLE)) return done;
    const forget = (): void => {
      writes += 1;
      known.delete(key);
    };
    forget();
    return (error) => {
      forget();
      done(error);
    };
  };
  db.get = (key, done) => {
    const json = known.get(key);
    if (json !== undefined) return queueMicrotask(() => done(null, JSON.parse(json)));
    const before = writes;
    get(key, (error, value) => {
      if (key.startsWith(TABLE) && !error && value !== undefined && writes === before)
        known.set(key, JSON.stringify(value));
      done(error, value);
    });
  };
  db.put = (key, value, done) =>
    put(key, key.startsWith(TABLE) ? made(value as Table) : value, forgetting(key, done));
  db.del = (key, done) => del(key, forgetting(key, done));
};

/** A table that is being made is made: it takes no time here, and a kill in between would leave it half made for ever. */
const made = (table: Table): Table =>
  table.TableStatus === 'CREATING'
    ? {
        ...table,
        TableStatus: 'ACTIVE',
        GlobalSecondaryIndexes: table.GlobalSecondaryIndexes?.map((index) => ({
          ...index,
          IndexStatus: 'ACTIVE',
        })),
      }
    : table;

/** How many entries are read at once. */
const CHUNK = 100;

/** The entries of an iterator, which is closed however the stream ends. */
const streamOf = (iterator: Iterator): Readable => {
  let reading = false;
  let ended = false;
  const close = (done: (error?: Error | null) => void, error: Error | null): void => {
    iterator.close().then(
      () => done(error),
      () => done(error),
    );
  };
  return new Readable({
    objectMode: true,
    highWaterMark: CHUNK,
    read() {
      if (reading || ended) return;
      reading = true;
      iterator.nextv(CHUNK).then(
        (entries) => {
          reading = false;
          if (this.destroyed) return;
          for (const entry of entries) this.push(entry);
          if (entries.length > 0) return;
          ended = true;
          this.push(null);
        },
        (error: unknown) => this.destroy(error as Error),
      );
    },
    destroy(error, done) {
      close(done, error);
    },
  });
};
