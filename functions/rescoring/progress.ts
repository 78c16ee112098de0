import type { Publication } from '../../core/publish/origin.ts';
import type { Progress } from '../../core/publish/progress.ts';
import { rescorePk, rescoreRunKey, rescoreSegmentKey, SEGMENT_PREFIX, STARTED_PREFIX } from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import { type Counts, counted, NOTHING } from './counts.ts';

export type { Progress };

/** One rescore of all leads: when it begins, and how often it had to be started again. */
export interface Run {
  readonly epoch: number;
  readonly attempt: number;
  /** UTC milliseconds, as all of these are. */
  readonly startsAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
  readonly segments: number;
  /** Leads by band, when it was asked for and when it was done. */
  readonly before: Readonly<Record<string, number>> | null;
  readonly after: Readonly<Record<string, number>> | null;
}

/** Ids of the leads and accounts that are worked on together. */
export interface SegmentPage {
  readonly leads: readonly string[];
  readonly accounts: readonly string[];
}

/** How far a segment of the leads is. */
export interface Segment {
  /**
   * What is being worked on; null before the first page. It is noted before anything of it is written: a lead that
   * crosses moves in the index, so that whoever takes over would not find it there again.
   */
  readonly page: SegmentPage | null;
  /** Where the scan goes on behind that page; null where it is the last. */
  readonly cursor: string | null;
  readonly done: boolean;
  readonly at: number;
  readonly counts: Counts;
}

export const NOT_BEGUN: Segment = { page: null, cursor: null, done: false, at: 0, counts: NOTHING };

export const readRun = async (table: Table, epoch: number): Promise<Run | null> => {
  const item = await table.get(rescoreRunKey(epoch));
  return item === null ? null : runOf(item, epoch);
};

/** @param was null: nobody has begun it; false: someone was first */
export const writeRun = (table: Table, run: Run, was: Run | null): Promise<boolean> =>
  table.put(
    {
      ...{ ...rescoreRunKey(run.epoch), ...run },
      ...{ before: JSON.stringify(run.before), after: JSON.stringify(run.after) },
    },
    was === null
      ? { expression: 'attribute_not_exists(pk)' }
      : {
          expression: '#attempt = :attempt',
          names: { '#attempt': 'attempt' },
          values: { ':attempt': was.attempt },
        },
  );

export const readSegment = async (table: Table, epoch: number, segment: number): Promise<Segment> => {
  const item = await table.get(rescoreSegmentKey(epoch, segment));
  return item === null ? NOT_BEGUN : segmentOf(item);
};

export const writeSegment = async (
  table: Table,
  epoch: number,
  segment: number,
  { page, counts, ...state }: Segment,
): Promise<void> => {
  const texts = { page: JSON.stringify(page), counts: JSON.stringify(counts) };
  await table.put({ ...rescoreSegmentKey(epoch, segment), ...state, ...texts });
};

const runOf = (item: Item, epoch: number): Run => ({
  epoch,
  attempt: Number(item.attempt),
  startsAt: Number(item.startsAt),
  updatedAt: Number(item.updatedAt),
  finishedAt: typeof item.finishedAt === 'number' ? item.finishedAt : null,
  segments: Number(item.segments),
  before: JSON.parse(String(item.before)) as Run['before'],
  after: JSON.parse(String(item.after)) as Run['after'],
});

const segmentOf = (item: Item): Segment => ({
  page: typeof item.page === 'string' ? (JSON.parse(item.page) as Segment['page']) : null,
  cursor: typeof item.cursor === 'string' ? item.cursor : null,
  done: item.done === true,
  at: Number(item.at),
  counts: JSON.parse(String(item.counts)) as Counts,
});

/** All that is known of the rescore that a switch asked for. */
export const progressOf = async (table: Table, publication: Publication): Promise<Progress> => {
  const { hash, epoch, at, terms } = publication;
  let run: Run | null = null;
  const segments: Segment[] = [];
  const started = { handoffs: terms.handoffs === null ? null : 0, mails: terms.mails === null ? null : 0 };
  const pages = table.query({
    KeyConditionExpression: 'pk = :pk',
    values: { ':pk': rescorePk(epoch) },
    ConsistentRead: true,
  });
  for await (const items of pages)
    for (const item of items) {
      const sk = String(item.sk);
      if (sk === rescoreRunKey(epoch).sk) run = runOf(item, epoch);
      else if (sk.startsWith(SEGMENT_PREFIX)) segments.push(segmentOf(item));
      else if (sk.startsWith(STARTED_PREFIX)) {
        const what = sk.slice(STARTED_PREFIX.length);
        if (what === 'handoffs' || what === 'mails')
          started[what] = item.taken instanceof Set ? item.taken.size : 0;
      }
    }
  const counts = segments.map((segment) => segment.counts).reduce(counted, NOTHING);
  return {
    hash,
    epoch,
    at,
    state:
      run === null ? 'none' : run.finishedAt !== null ? 'done' : segments.length > 0 ? 'running' : 'waiting',
    startsAt: run?.startsAt ?? null,
    updatedAt: run === null ? null : Math.max(run.updatedAt, ...segments.map((segment) => segment.at)),
    finishedAt: run?.finishedAt ?? null,
    segments: run?.segments ?? 0,
    segmentsDone: segments.filter(({ done }) => done).length,
    ...counts,
    before: run?.before ?? null,
    after: run?.after ?? null,
    terms,
    started,
  };
};
