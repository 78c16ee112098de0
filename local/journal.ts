import { closeSync, existsSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';

/** An append-only file of records, one line of JSON each: a service's state as it must survive a kill. */
export interface Journal<R> {
  /** With the operating system when this returns; all of them in one write. */
  append(...records: readonly R[]): void;
  close(): void;
}

/** Below this a journal is not worth rewriting. */
const COMPACT_BYTES = 4_000_000;
const NEWLINE = 10;

/**
 * Opens a journal, hands every record of it to `replay`, and rewrites it from `live` when most of it is history.
 * A last line that a kill cut short is dropped: nobody was told of it.
 * @param live the records that make up the present state
 */
export const openJournal = <R>(
  file: string,
  replay: (record: R) => void,
  live: () => Iterable<R>,
  compactBytes = COMPACT_BYTES,
): Journal<R> => {
  let size = readBack(file, replay);
  let fd = openSync(file, 'a');
  let closed = false;
  let compactAt = Math.max(compactBytes, size);

  const compact = (): void => {
    const fresh = `${file}.new`;
    const freshFd = openSync(fresh, 'w');
    let bytes = 0;
    let lines = '';
    for (const record of live()) {
      lines += JSON.stringify(record) + '\n';
      if (lines.length < 1_000_000) continue;
      bytes += write(freshFd, lines);
      lines = '';
    }
    bytes += write(freshFd, lines);
    closeSync(fd);
    renameSync(fresh, file);
    fd = freshFd;
    size = bytes;
    compactAt = Math.max(compactBytes, 3 * size);
  };

  return {
    append: (...records) => {
      // The number of a closed file is soon another file's.
      if (closed) throw new Error(`${file} is closed`);
      let lines = '';
      for (const record of records) lines += JSON.stringify(record) + '\n';
      size += write(fd, lines);
      if (size > compactAt) compact();
    },
    close: () => {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
};

const write = (fd: number, lines: string): number => {
  const bytes = Buffer.from(lines);
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
  return bytes.length;
};

const readBack = <R>(file: string, replay: (record: R) => void): number => {
  if (!existsSync(file)) return 0;
  const bytes = readFileSync(file);
  let from = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0) break;
    let record: R;
    try {
      record = JSON.parse(bytes.toString('utf8', from, end)) as R;
    } catch (cause) {
      throw new Error(`${file}:${line} is damaged; --fresh begins anew`, { cause });
    }
    replay(record);
    from = end + 1;
  }
  if (from < bytes.length) truncateSync(file, from);
  return from;
};
