// Does jobs for the thread that started this one.
import { parentPort } from 'node:worker_threads';

import { collect } from './collect.ts';
import { createHand, type Job } from './jobs.ts';

const hand = createHand();
parentPort?.on('message', (job: Job) => {
  void Promise.resolve(hand.perform(job)).then((done) => {
    const { batch, bytes } = done;
    parentPort?.postMessage(done, [
      ...(batch ? [batch.records.buffer] : []),
      ...(bytes ? [bytes.buffer] : []),
    ]);
    // All that was remembered to read the file.
    if (job.do === 'close') collect();
  });
});
