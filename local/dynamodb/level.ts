import { Readable } from 'node:stream';

// What is used of the LevelDB that dynalite keeps its tables in; its version is pinned.
export type Callback<T = void> = (error?: Error | null, value?: T) => void;
export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };
interface Iterator {
  nextv(size: number): Promise<unknown[]>;
  close(): Promise<void>;
}
export interface Level {
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

/** One entry is read in microseconds; a worker thread takes longer to wake than that. */
export const readAtOnce = (db: Level): void => {
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

/** Its own streams leave their iterators open, each with a snapshot of the database. */
export const closeStreams = (db: Level): void => {
  db.createKeyStream = (range) => streamOf(db.keys(range));
  db.createValueStream = (range) => streamOf(db.values(range));
};

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
