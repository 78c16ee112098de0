import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '../pattern.ts';
import { type Clock, type Resource } from '../service.ts';

const NEWLINE = 10;
const DAY = 86_400_000;

/** An archive of a bus: a file of NDJSON a day, so that what is too old goes by deleting files. */
export interface Archive {
  /** Keeps an event that the archive's pattern matches; on disk when it returns. */
  take(event: unknown, json: string): void;
}

export const openArchive = ({ logicalId, properties }: Resource, folder: string, clock: Clock): Archive => {
  const pattern = properties['EventPattern'] as unknown;
  let matches: (event: unknown) => boolean = () => true;
  try {
    if (pattern !== undefined)
      matches = compilePattern(typeof pattern === 'string' ? JSON.parse(pattern) : pattern);
  } catch (cause) {
    throw new Error(`${logicalId}: ${(cause as Error).message}`, { cause });
  }
  /** 0 keeps for ever. */
  const retentionDays = Number(properties['RetentionDays'] ?? 0);
  mkdirSync(folder, { recursive: true });
  let today = '';
  return {
    take: (event, json) => {
      if (!matches(event)) return;
      const now = clock.now();
      const day = dayOf(now);
      if (day !== today) {
        today = day;
        mendEnd(join(folder, `${day}.ndjson`));
        if (retentionDays > 0) expire(folder, dayOf(now - retentionDays * DAY));
      }
      appendFileSync(join(folder, `${day}.ndjson`), `${json}\n`);
    },
  };
};

/** Ends a line that a kill cut short, so that the next event has its own. */
const mendEnd = (file: string): void => {
  if (existsSync(file) && (readFileSync(file).at(-1) ?? NEWLINE) !== NEWLINE) appendFileSync(file, '\n');
};

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const expire = (folder: string, before: string): void => {
  for (const file of readdirSync(folder))
    if (file.slice(0, 10) < before) rmSync(join(folder, file), { force: true });
};
