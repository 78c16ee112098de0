import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** A log begins anew at this size, bytes; the one before is kept beside it. */
const MAX_BYTES = 5_000_000;

/** What functions print, a file a function. */
export const openLogs = (dir: string) => {
  mkdirSync(dir, { recursive: true });
  const streams = new Map<string, { stream: WriteStream; size: number }>();
  const openLog = (name: string) => {
    const file = join(dir, `${name}.log`);
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const stream = createWriteStream(file, { flags: 'a' });
    // A full disk costs the log, not the function.
    stream.on('error', () => {});
    return { stream, size };
  };
  return {
    write: (name: string, text: string): void => {
      let log = streams.get(name);
      if (log && log.size > MAX_BYTES) {
        log.stream.end();
        renameSync(join(dir, `${name}.log`), join(dir, `${name}.1.log`));
        log = undefined;
      }
      if (!log) streams.set(name, (log = openLog(name)));
      log.size += text.length;
      log.stream.write(text);
    },
    close: (): Promise<void> =>
      Promise.all([...streams.values()].map(({ stream }) => new Promise((done) => stream.end(done)))).then(
        () => {},
      ),
  };
};
