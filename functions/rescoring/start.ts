import type { Publication } from '../../core/publish/origin.ts';
import type { Table } from '../aws/table.ts';
import type { Executions } from '../journeys/executions.ts';
import { log } from '../log.ts';
import { readRun, writeRun, type Run } from './progress.ts';

/**
 * How long after a ruleset went live the leads are brought to it, ms: one life of the caches and one time limit of the
 * functions. From then on nobody scores by the old one any more, so that what is passed over stays right.
 */
export const SETTLED = 60_000 + 120_000;
/** A rescore that has not moved for so long has stopped, ms: a segment writes how far it is every few seconds. */
const STALLED = 20 * 60_000;

/**
 * Starts the state machine that brings all leads to a ruleset, once for each switch; again only where it has stopped,
 * and then it goes on from where each of its segments was.
 */
export const rescoreStarter =
  (
    table: Table,
    executions: Executions,
    machine: string,
    segments: number,
    now: () => number,
  ): ((publication: Pick<Publication, 'epoch' | 'at'>) => Promise<void>) =>
  async ({ epoch, at }) => {
    const known = await readRun(table, epoch);
    if (known !== null && known.finishedAt !== null) return;
    const run = known === null ? begun(epoch, at, segments, now()) : revived(known, now());
    // Refused: somebody else has just started it.
    if (run !== known && !(await writeRun(table, run, known))) return;
    if (known !== null && run !== known) log.warn('a rescore had stopped', { epoch, attempt: run.attempt });
    await executions.start(machine, `rescore-${epoch}-${run.attempt}`, {
      epoch,
      startAt: new Date(run.startsAt).toISOString(),
      segments: Array.from({ length: run.segments }, (_, segment) => ({ epoch, segment, of: run.segments })),
    });
  };

const begun = (epoch: number, at: number, segments: number, now: number): Run => ({
  epoch,
  attempt: 1,
  startsAt: at + SETTLED,
  updatedAt: now,
  finishedAt: null,
  segments,
  before: null,
  after: null,
});

const revived = (run: Run, now: number): Run =>
  now < Math.max(run.startsAt, run.updatedAt) + STALLED
    ? run
    : { ...run, attempt: run.attempt + 1, updatedAt: now };
