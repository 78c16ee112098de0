import { statSync } from 'node:fs';
import { type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { defineCommand } from 'citty';

import { type Reads, readsOf } from '../core/engine/reads.ts';
import { instant } from './arguments.ts';
import { CutOff, readBytes, type Reading } from './events.ts';
import { type Io } from './io.ts';
import { type Progress, steps } from './progress.ts';
import { rulesFolder, sound } from './rules.ts';
import { type Batch } from './score/batch.ts';
import { Batches } from './score/batches.ts';
import { Crew, scored } from './score/crew.ts';
import { Crowd } from './score/crowd.ts';
import { withPauses } from './score/pauses.ts';
import { Rows } from './score/rows.ts';
import { type Scored } from './score/scorer.ts';

export const score = defineCommand({
  meta: { name: 'score', description: 'Score a file of events, without a running product' },
  args: {
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
    events: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'Segment messages, one a line, may be gzipped; - is standard input',
    },
    at: { type: 'string', valueHint: 'ISO', description: 'The instant to score at (default: now)' },
    json: { type: 'boolean', default: false, description: 'One line of JSON a lead' },
  },
  run: ({ args, data }) => {
    const io = data as Io;
    const at = args.at === undefined ? io.now() : instant(args.at);
    return scoreFile({ rules: rulesFolder(args.rules), events: args.events, at, json: args.json }, io);
  },
});

/** Exit code of a command that was asked to end before it was done, as shells have it for Ctrl-C. */
const INTERRUPTED = 130;
/** Bytes of records that stay in memory; more are sorted on disk. */
const IN_MEMORY = 8 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** When nothing came for so long, what was read so far is told. */
const SILENCE_MS = 200;

interface Options {
  readonly rules: string;
  readonly events: string;
  readonly at: number;
  readonly json: boolean;
}

async function scoreFile(options: Options, io: Io): Promise<number> {
  const scoring = await sound(options.rules, io, { parts: 'scoring' });
  const progress = steps(io);
  const crowd = new Crowd(readsOf(scoring), IN_MEMORY, PIECE);
  const crew = new Crew();
  try {
    const { bad, cut } = await gather(crowd, crew, { ...options, reads: readsOf(scoring) }, io, progress);
    if (io.interrupted.aborted) return INTERRUPTED;
    const rows = new Rows(options.json);
    const given: Scored = {
      scoring,
      at: options.at,
      sayings: crowd.sayings,
      changed: crowd.changed,
      accounts: readsOf(scoring).accounts ? crowd.accounts : null,
    };
    for await (const shown of scored(crowd, crew, given, options.json)) {
      const text = rows.take(shown);
      if (text !== '') io.out(text);
      if (io.terminal)
        progress.step(`Scoring ${count(crowd.leads, 'lead')}: ${count(rows.count, 'done', 'done')}`);
      // Whoever reads our output may be slow, and somebody may want us to end.
      await (io.drained?.() ?? setImmediate());
      if (io.interrupted.aborted) return INTERRUPTED;
    }
    progress.done();
    io.out(rows.end());
    if (bad > 0) io.err(`${bad} ${bad === 1 ? 'line was' : 'lines were'} left out\n`);
    if (!cut) return 0;
    io.err(`kindling: ${cut.message}; these are the scores by what came before it\n`);
    return 1;
  } finally {
    progress.done();
    crew.end();
    crowd.close();
  }
}

/** What was found out while all events were read. */
interface Gathered {
  /** Lines that were bad. */
  readonly bad: number;
  /** Null where the file was whole. */
  readonly cut: CutOff | null;
}

/** Reads all events. */
async function gather(
  crowd: Crowd,
  crew: Crew,
  { events, at, reads }: Options & { readonly reads: Reads },
  io: Io,
  progress: Progress,
): Promise<Gathered> {
  const reading: Reading = {
    bytes: 0,
    of: events === '-' ? null : (statSync(events, { throwIfNoEntry: false })?.size ?? null),
  };
  const file = new Batches(crew, reads, at);
  let bad = 0;
  let shown = 0;
  // Standard input may never say another word.
  const stop = (): void => void (events === '-' && (io.stdin as Partial<Readable>).destroy?.());
  io.interrupted.addEventListener('abort', stop);
  const bytes = readBytes(events, io, () => file.finish(take), reading);
  const take = (batch: Batch): boolean => {
    const taken = crowd.take(batch);
    const found = [...batch.bad, ...taken.bad].toSorted((a, b) => a.number - b.number);
    for (const { number, reason } of found) {
      bad += 1;
      progress.done();
      io.err(`line ${number}: ${reason}\n`);
    }
    if (io.terminal && io.now() - shown > 200) {
      shown = io.now();
      const share =
        reading.of === null ? '' : ` (${Math.floor((100 * reading.bytes) / Math.max(1, reading.of))} %)`;
      progress.step(`Reading${share}: ${count(batch.lines, 'event')} of ${count(crowd.leads, 'lead')}`);
    }
    return taken.free;
  };
  let cut: CutOff | null = null;
  try {
    const pausing = withPauses(bytes, SILENCE_MS, () => file.flush(take));
    for await (const chunk of untilInterrupted(pausing, io)) await file.add(chunk, take);
    if (!io.interrupted.aborted) await file.finish(take);
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    // All of it was read to tell at which line that is.
    cut = error;
  }
  progress.done();
  return { bad, cut };
}

/** What is being read when somebody wants us to end is no error. */
async function* untilInterrupted<T>(read: AsyncIterable<T>, io: Io): AsyncGenerator<T> {
  try {
    for await (const each of read) {
      if (io.interrupted.aborted) return;
      yield each;
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
  }
}

const count = (number: number, one: string, more = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : more}`;
