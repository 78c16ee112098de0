import { statSync } from 'node:fs';
import { type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { defineCommand } from 'citty';

import { compile } from '../core/engine/compile.ts';
import { readsOf } from '../core/engine/reads.ts';
import { type Evaluation } from '../core/evaluation.ts';
import { instant } from './arguments.ts';
import { readLines } from './events.ts';
import { type Io } from './io.ts';
import { type Progress, steps } from './progress.ts';
import { rulesFolder, sound } from './rules.ts';
import { Crowd, type Somebody } from './score/crowd.ts';
import { Rows, type ScoredLead } from './score/rows.ts';

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
const IN_MEMORY = 32 * 1024 * 1024;
const BLOCK = 1024 * 1024;

async function scoreFile(
  options: { rules: string; events: string; at: number; json: boolean; memory?: number },
  io: Io,
): Promise<number> {
  const scoring = await sound(options.rules, io, { parts: 'scoring' });
  const progress = steps(io);
  const crowd = new Crowd(readsOf(scoring), options.memory ?? IN_MEMORY, BLOCK);
  try {
    const bad = await gather(crowd, options, io, progress);
    if (io.interrupted.aborted) return INTERRUPTED;
    const rows = new Rows(options.json);
    let done = 0;
    for (const { person, evaluation } of crowd.scored(compile(scoring), options.at)) {
      const text = rows.add(scoredLead(person, evaluation));
      if (text !== '') io.out(text);
      done += 1;
      if (done % 256 !== 0) continue;
      if (io.terminal) progress.step(`Scoring ${count(crowd.leads, 'lead')}: ${count(done, 'done', 'done')}`);
      // Whoever reads our output may be slow, and somebody may want us to end.
      await (io.drained?.() ?? setImmediate());
      if (io.interrupted.aborted) return INTERRUPTED;
    }
    progress.done();
    io.out(rows.end());
    if (bad > 0) io.err(`${bad} ${bad === 1 ? 'line was' : 'lines were'} left out\n`);
    return 0;
  } finally {
    progress.done();
    crowd.close();
  }
}

/** Reads all events; answers how many lines were bad. */
async function gather(
  crowd: Crowd,
  { events, at }: { events: string; at: number },
  io: Io,
  progress: Progress,
): Promise<number> {
  const reading = {
    bytes: 0,
    of: events === '-' ? null : (statSync(events, { throwIfNoEntry: false })?.size ?? null),
  };
  let bad = 0;
  let taken = 0;
  let shown = 0;
  // Standard input may never say another word.
  const stop = (): void => void (events === '-' && (io.stdin as Partial<Readable>).destroy?.());
  io.interrupted.addEventListener('abort', stop);
  for await (const lines of untilInterrupted(readLines(events, at, io, reading), io)) {
    for (const line of lines) {
      const added = line.ok ? crowd.add(line.message) : line;
      taken += 1;
      if (added.ok) continue;
      bad += 1;
      progress.done();
      io.err(`line ${line.number}: ${added.reason}\n`);
    }
    if (io.terminal && io.now() - shown > 200) {
      shown = io.now();
      const share =
        reading.of === null ? '' : ` (${Math.floor((100 * reading.bytes) / Math.max(1, reading.of))} %)`;
      progress.step(`Reading${share}: ${count(taken, 'event')} of ${count(crowd.leads, 'lead')}`);
    }
  }
  progress.done();
  return bad;
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

function scoredLead(person: Somebody, evaluation: Evaluation): ScoredLead {
  const { scores, total, band, grade, group, qualified, contributions, nextChange } = evaluation;
  return {
    userId: person.userId,
    anonymousIds: person.anonymousIds,
    email: person.email,
    scores,
    total,
    band,
    grade,
    group,
    qualified,
    contributions: contributions.map(({ why: _, ...contribution }) => contribution),
    nextChange,
  };
}
