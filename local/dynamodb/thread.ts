import { Worker } from 'node:worker_threads';
import { type AwsReply } from '../endpoint.ts';
import { type Store } from './store.ts';

/** A request on its way to the store's thread; without an operation: end. */
export interface Question {
  readonly id: number;
  readonly operation: string | null;
  /** JSON */
  readonly body: string;
}
/** What came of the request with that id; 0 is the opening. */
export type Answer =
  | { readonly id: number; readonly status: number; readonly body: string }
  | { readonly id: number; readonly error: string };

/** What the thread's heap may grow to, MB. LevelDB's own memory is not in it. */
const LIMITS = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 12 };

interface Asked {
  readonly resolve: (reply: AwsReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens the embedded DynamoDB in a thread of its own: what it checks, sorts and writes is a third of all work here, and
 * a machine has more than one core. What it has answered is on disk, whichever thread wrote it.
 */
export const openThread = async (folder: string): Promise<Store> => {
  const worker = new Worker(new URL('store-thread.ts', import.meta.url), {
    workerData: folder,
    resourceLimits: LIMITS,
  });
  const asked = new Map<number, Asked>();
  let last = 0;
  let ended = false;

  const answered = (id: number): Promise<AwsReply> =>
    new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
  const ask = (operation: string | null, body: string): Promise<AwsReply> => {
    if (ended) return Promise.reject(new Error('the embedded DynamoDB has ended'));
    const id = ++last;
    const reply = answered(id);
    worker.postMessage({ id, operation, body } satisfies Question);
    return reply;
  };

  const opening = answered(0);
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = asked.get(answer.id)!;
    asked.delete(answer.id);
    if ('error' in answer) reject(new Error(answer.error));
    else resolve({ status: answer.status, body: answer.body });
  });
  // What it trips over ends the process, as it would in this thread.
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('exit', () => {
    ended = true;
    for (const { reject } of asked.values()) reject(new Error('the embedded DynamoDB has ended'));
    asked.clear();
  });
  try {
    await opening;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    handle: ({ operation, body }) => ask(operation, body.toString('utf8')),
    close: async () => {
      try {
        await ask(null, '');
      } finally {
        await worker.terminate();
      }
    },
  };
};
