import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset, RollUps, ScorePorts } from '../ports.ts';
import type { Table } from '../aws/table.ts';
import { bringLead } from './bring-lead.ts';
import { type Counts, counted, NOTHING } from './counts.ts';
import { readRun, readSegment, writeRun, writeSegment, type Segment } from './progress.ts';

/** Leads a page: after each it is noted how far the segment is. */
const PAGE = 100;
/** Leads worked on at once. */
const LEADS = 4;
/** What must be left of a run's time to begin another page, ms. */
const RESERVE = 20_000;

export interface RescorePorts extends Omit<ScorePorts, 'rollUps'> {
  readonly table: Table;
  readonly rollUps: Pick<RollUps, 'changed' | 'moving' | 'due'>;
  /** Leads a second, of one segment. */
  readonly rate: number;
}

export interface SegmentTask {
  readonly epoch: number;
  readonly segment: number;
  /** How many there are. */
  readonly of: number;
}

/** `more`: time is up, call again. `superseded`: another ruleset is live, and its own rescore brings these leads to it. */
export type SegmentAnswer = { readonly outcome: 'more' | 'done' | 'superseded' };

/**
 * Brings the leads of one segment of the index of bands to the ruleset of a switch, from where the last call stopped.
 * That index holds every scored lead; one that moves in it meanwhile has just been scored by the new rules. A page that
 * a crash cut short is done again, and finds done what is done.
 */
export const bringSegment = async (
  ports: RescorePorts,
  { epoch, segment, of }: SegmentTask,
  remainingMs: () => number,
): Promise<SegmentAnswer> => {
  const { table, rulesets, leads, clock } = ports;
  let at = await readSegment(table, epoch, segment);
  while (!at.done) {
    const live = await rulesets.live(epoch);
    if (live.epoch !== epoch) return { outcome: 'superseded' };
    if (remainingMs() < RESERVE) return { outcome: 'more' };
    const began = performance.now();
    const page = await leads.page(at.cursor, PAGE, { segment, of });
    const counts = await inParallel(LEADS, page.leads, (leadId) => attempt(ports, leadId, live));
    if (live.scoring.accounts !== undefined && page.accounts.length > 0)
      await ports.rollUps.due(page.accounts);
    at = {
      cursor: page.cursor,
      done: page.cursor === null,
      at: clock.now(),
      counts: counts.reduce(counted, at.counts),
    } satisfies Segment;
    await writeSegment(table, epoch, segment, at);
    await pace(page.leads.length, ports.rate, performance.now() - began);
  }
  log.info('rescored', { epoch, segment, ...at.counts });
  return { outcome: 'done' };
};

/** A ruleset has gone live: notes how many leads stand in each band, once. */
export const beginRescore = async (
  { table, leads }: Pick<RescorePorts, 'table' | 'leads'>,
  epoch: number,
): Promise<void> => {
  const run = await readRun(table, epoch);
  if (run === null || run.before !== null) return;
  await writeRun(table, { ...run, before: await leads.bands() }, run);
};

/** All segments are done: notes that, and how many leads stand in each band now. */
export const finishRescore = async (
  { table, leads, clock }: Pick<RescorePorts, 'table' | 'leads' | 'clock'>,
  epoch: number,
): Promise<void> => {
  const run = await readRun(table, epoch);
  if (run === null || run.finishedAt !== null) return;
  for (let segment = 0; segment < run.segments; segment += 1)
    if (!(await readSegment(table, epoch, segment)).done) return;
  const after = await leads.bands();
  await writeRun(table, { ...run, after, finishedAt: clock.now(), updatedAt: clock.now() }, run);
};

/** One lead's failure costs only itself: it keeps its score until something happens to it, and it is counted and logged. */
const attempt = async (ports: RescorePorts, leadId: string, live: LiveRuleset): Promise<Counts> => {
  for (let tries = 1; ; tries += 1)
    try {
      const brought = await bringLead(ports, leadId, live);
      if (brought === null) return NOTHING;
      const { changed, qualified } = brought;
      return { looked: 1, changed: Number(changed), qualified: Number(qualified), failed: 0 };
    } catch (error) {
      if (tries < 3) {
        await ports.pause(tries);
        continue;
      }
      log.error('a lead was not rescored', { lead: leadId, error: error as Error });
      return { ...NOTHING, looked: 1, failed: 1 };
    }
};

/** Waits until so many leads may have been worked on. */
const pace = async (leads: number, rate: number, tookMs: number): Promise<void> => {
  const wait = (leads / rate) * 1_000 - tookMs;
  if (wait > 1) await sleep(wait);
};
