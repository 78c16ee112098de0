import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Mail } from '../service.ts';

/** A mail with what its later events need. */
export interface SentMail extends Mail {
  /** Where it went, whatever its headers say. */
  readonly destination: readonly string[];
  readonly configurationSet: string | null;
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

/** Everything that was sent, a line each in one file; memory holds none of it. */
export interface Mailbox {
  /** On disk when it returns. */
  append(mail: SentMail): void;
  /** Oldest first. */
  all(): Promise<SentMail[]>;
  close(): void;
}

export const openMailbox = (file: string): Mailbox => {
  if (existsSync(file)) {
    // A line that a kill cut short was never answered for.
    const bytes = readFileSync(file);
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < bytes.length) truncateSync(file, whole);
  }
  const fd = openSync(file, 'a');
  let closed = false;
  return {
    append: (mail) => {
      // The number of a closed file is soon another file's.
      if (closed) throw new Error(`${file} is closed`);
      const line = Buffer.from(JSON.stringify(mail) + '\n');
      for (let done = 0; done < line.length;) done += writeSync(fd, line, done);
    },
    all: async () => {
      const lines = (await readFile(file, 'utf8')).split('\n');
      return lines.slice(0, -1).map((line) => JSON.parse(line) as SentMail);
    },
    close: () => {
      closed = true;
      closeSync(fd);
    },
  };
};
