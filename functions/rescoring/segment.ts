import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Lead } from '../../core/lead.ts';
import { Upstream } from '../errors.ts';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset, Page, RollUps, ScorePorts } from '../ports.ts';
import type { Table } from '../aws/table.ts';
import { bringLead, type BroughtLead } from './bring-lead.ts';
import { type Counts, counted, NOTHING } from './counts.ts';
import { readRun, readSegment, writeRun, writeSegment, type Segment, type SegmentPage } from './progress.ts';

/** Leads a page: after each it is noted how far the segment is. */
const PAGE = 100;
/** Leads worked on at once. */
const LEADS = 4;
/** What must be left of a run's time to begin another page, ms. */
const RESERVE = 20_000;
/** How often the bus is asked to take what must be told. */
const TELL_TRIES = 4;

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
 * That index holds every scored lead; one that moves in it meanwhile has just been scored by the new rules. A page is
 * noted before it is worked on, and what its leads have to tell is told before it is noted that it is done: a page that
 * a crash cut short is done again, finds done what is done, and tells what may not have been told.
 */
export const bringSegment = async (
  ports: RescorePorts,
  { epoch, segment, of }: SegmentTask,
  remainingMs: () => number,
): Promise<SegmentAnswer> => {
  const { table, rulesets, leads, clock } = ports;
  const part = { segment, of };
  const note = async (state: Segment): Promise<Segment> => {
    await writeSegment(table, epoch, segment, state);
    return state;
  };
  let at = await readSegment(table, epoch, segment);
  let found: Page | null = null;
  while (!at.done) {
    const live = await rulesets.live(epoch);
    if (live.epoch !== epoch) return { outcome: 'superseded' };
    if (remainingMs() < RESERVE) return { outcome: 'more' };
    const began = performance.now();
    if (at.page === null) {
      found = await leads.page(null, PAGE, part);
      at = await note({ ...at, page: idsOf(found), cursor: found.cursor, at: clock.now() });
    }
    const page = at.page ?? EMPTY;
    const counts = counted(at.counts, await bringPage(ports, page, found, live));
    found = at.cursor === null ? null : await leads.page(at.cursor, PAGE, part);
    at = await note({
      page: found === null ? EMPTY : idsOf(found),
      cursor: found?.cursor ?? null,
      done: found === null,
      at: clock.now(),
      counts,
    });
    await pace(page.leads.length, ports.rate, performance.now() - began);
  }
  log.info('rescored', { epoch, segment, ...at.counts });
  return { outcome: 'done' };
};

const EMPTY: SegmentPage = { leads: [], accounts: [] };
const idsOf = ({ leads, accounts }: Page): SegmentPage => ({ leads: leads.map(({ id }) => id), accounts });

/** @param found the page as it was found just now; null where another call had noted it, and may have begun with it */
const bringPage = async (
  ports: RescorePorts,
  { leads, accounts }: SegmentPage,
  found: Page | null,
  live: LiveRuleset,
): Promise<Counts> => {
  const places = new Map(found?.leads.map(({ id, listed }) => [id, listed]));
  const brought = await inParallel(LEADS, leads, (leadId) =>
    attempt(ports, leadId, live, places.get(leadId) ?? null),
  );
  await tellAll(
    ports,
    brought.flatMap(({ tell }) => tell),
  );
  const touched = new Set(brought.flatMap(({ account }) => (account === null ? [] : [account])));
  for (const account of touched) await ports.rollUps.changed(account);
  if (live.scoring.accounts !== undefined && accounts.length > 0) await ports.rollUps.due(accounts);
  return brought.map(({ counts }) => counts).reduce(counted, NOTHING);
};

/** Nothing is passed over before all that it tells is on the bus: where the bus fails, so does this call, and comes back. */
const tellAll = async ({ changes, pause }: RescorePorts, tell: readonly Change[]): Promise<void> => {
  let left = tell;
  for (let tries = 1; left.length > 0; tries += 1) {
    const taken = await changes.publish(left);
    left = left.filter(({ changeId }) => !taken.has(changeId));
    if (left.length === 0) return;
    if (tries === TELL_TRIES) throw new Upstream(`the bus did not take ${left.length} changes`);
    await pause(tries);
  }
};

type BandPorts = Pick<RescorePorts, 'table' | 'leads' | 'rulesets'>;

/** How many leads stand in each band, the lowest first; those of the rules before behind them. */
const bandsNow = async (
  { leads, rulesets }: BandPorts,
  epoch: number,
): Promise<Readonly<Record<string, number>>> => {
  const [counts, { engine }] = [await leads.bands(), await rulesets.live(epoch)];
  const known = engine.bands.map(({ name }) => name).filter((name) => Object.hasOwn(counts, name));
  return { ...Object.fromEntries(known.map((name) => [name, 0])), ...counts };
};

/** A ruleset has gone live: notes how many leads stand in each band, once. */
export const beginRescore = async (ports: BandPorts, epoch: number): Promise<void> => {
  const { table } = ports;
  const run = await readRun(table, epoch);
  if (run === null || run.before !== null) return;
  await writeRun(table, { ...run, before: await bandsNow(ports, epoch) }, run);
};

/** All segments are done: notes that, and how many leads stand in each band now. */
export const finishRescore = async (
  ports: BandPorts & Pick<RescorePorts, 'clock'>,
  epoch: number,
): Promise<void> => {
  const { table, clock } = ports;
  const run = await readRun(table, epoch);
  if (run === null || run.finishedAt !== null) return;
  for (let segment = 0; segment < run.segments; segment += 1)
    if (!(await readSegment(table, epoch, segment)).done) return;
  const after = await bandsNow(ports, epoch);
  await writeRun(table, { ...run, after, finishedAt: clock.now(), updatedAt: clock.now() }, run);
};

interface Attempted extends Pick<BroughtLead, 'tell' | 'account'> {
  readonly counts: Counts;
}

/** One lead's failure costs only itself: it keeps its score until something happens to it, and it is counted and logged. */
const attempt = async (
  ports: RescorePorts,
  leadId: string,
  live: LiveRuleset,
  listed: Lead['listed'],
): Promise<Attempted> => {
  for (let tries = 1; ; tries += 1)
    try {
      const { looked, changed, qualified, tell, account } = await bringLead(ports, leadId, live, listed);
      const [seen, moved, turned] = [looked, changed, qualified].map(Number) as [number, number, number];
      return { tell, account, counts: { looked: seen, changed: moved, qualified: turned, failed: 0 } };
    } catch (error) {
      if (tries < 3) {
        await ports.pause(tries);
        continue;
      }
      log.error('a lead was not rescored', { lead: leadId, error: error as Error });
      return { tell: [], account: null, counts: { ...NOTHING, looked: 1, failed: 1 } };
    }
};

/** Waits until so many leads may have been worked on. */
const pace = async (leads: number, rate: number, tookMs: number): Promise<void> => {
  const wait = (leads / rate) * 1_000 - tookMs;
  if (wait > 1) await sleep(wait);
};
