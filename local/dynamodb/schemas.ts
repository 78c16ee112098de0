import { type Callback, type Level } from './level.ts';

/** A table's schema, as far as it is looked at here. */
export interface Table {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly LocalSecondaryIndexes?: readonly object[] | undefined;
  readonly GlobalSecondaryIndexes?: readonly object[] | undefined;
}

const TABLE = 'table~';

/** It reads a table's schema from disk with every request: here it stays in memory until it is written. */
export const rememberTables = (db: Level): void => {
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
