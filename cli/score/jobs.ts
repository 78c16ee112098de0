import type { Reads } from '../../core/engine/reads.ts';
import type { Batch } from './batch.ts';
import type { Part } from './by-lead.ts';
import type { Somebody } from './crowd.ts';
import { LineReader } from './line-reader.ts';
import { Rows, type Shown } from './rows.ts';
import { type Scored, Scorer } from './scorer.ts';

/** What takes its time when a file is scored; plain data, so that it can be done in another thread. */
export type Job =
  /** What follows is a file. @see LineReader */
  | { readonly do: 'open'; readonly reads: Reads; readonly at: number }
  /** `space` is what records may be written into. */
  | { readonly do: 'read'; readonly bytes: Uint8Array<ArrayBuffer>; readonly space: ArrayBuffer | undefined }
  | { readonly do: 'close' }
  /** What follows are parts of one crowd. */
  | { readonly do: 'prepare'; readonly given: Scored; readonly json: boolean }
  | { readonly do: 'score'; readonly part: Part; readonly people: readonly Somebody[] };

/** What came of a job. */
export interface Done {
  readonly batch?: Batch;
  /** What was read, to be filled again. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly shown?: Shown;
}

/** Does one job after the other. */
export interface Hand {
  perform(job: Job): Done | Promise<Done>;
  /** Ends at once, whatever it is doing. */
  end(): void;
}

/** Does jobs in this thread. */
export function createHand(): Hand {
  let reader: LineReader | undefined;
  let scorer: Scorer | undefined;
  let json = false;
  return {
    perform: (job) => {
      switch (job.do) {
        case 'open':
          reader = new LineReader(job.reads, job.at);
          return {};
        case 'read': {
          const batch = reader?.take(job.bytes, job.space);
          return batch ? { batch, bytes: job.bytes } : {};
        }
        case 'close': {
          const batch = reader?.end();
          reader = undefined;
          return batch ? { batch } : {};
        }
        case 'prepare':
          scorer = new Scorer(job.given);
          json = job.json;
          return {};
        case 'score': {
          const rows = new Rows(json);
          for (const lead of scorer?.score(job.part, job.people) ?? []) rows.add(lead);
          // Collected only some day, a few parts would be much memory; they are given back at once.
          job.part.bytes.buffer.transfer(0);
          return { shown: rows.shown() };
        }
        default:
          return job satisfies never;
      }
    },
    end: () => undefined,
  };
}
