import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { Done, Hand, Job } from './jobs.ts';

/** Beyond these the thread that hands out the work is what all wait for. */
const MOST = 4;

/** How many threads are worth their memory here; 1: none but this one. */
export const threads = (): number => Math.min(MOST, availableParallelism());

/** What a job gives away: it is moved, not copied. */
const moved = (job: Job): ArrayBuffer[] => {
  if (job.do === 'read') return job.space ? [job.bytes.buffer, job.space] : [job.bytes.buffer];
  return job.do === 'score' ? [job.part.bytes.buffer] : [];
};

/** Starts a thread that does jobs, in the order in which they are given; what they are given is theirs. */
export function startThread(): Hand {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    // What it throws away is collected soon.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const waiting: { readonly done: (done: Done) => void; readonly fail: (error: Error) => void }[] = [];
  let failed: Error | undefined;
  const fail = (error: Error): void => {
    failed = error;
    for (const one of waiting.splice(0)) one.fail(error);
  };
  worker.on('message', (done: Done) => waiting.shift()?.done(done));
  worker.on('error', fail);
  worker.on('exit', () => fail(failed ?? new Error('a thread has ended before its work')));
  return {
    perform: (job) => {
      const done = new Promise<Done>((resolve, refuse) => {
        if (failed !== undefined) return void refuse(failed);
        waiting.push({ done: resolve, fail: refuse });
        worker.postMessage(job, moved(job));
      });
      // Whoever no longer waits for it, since all has ended, need not hear that it failed.
      done.catch(() => undefined);
      return done;
    },
    end: () => void worker.terminate(),
  };
}
