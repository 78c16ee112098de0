import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset, Rescore, ScorePorts } from '../ports.ts';
import { scoreLead } from './score-lead.ts';

/** Leads brought to a new ruleset in one run, at most. */
const LEADS_A_RUN = 2_000;
const PAGE = 200;
/** Leads worked on at once. */
const LEADS = 8;
/**
 * How long after a ruleset went live it begins, ms: one life of the caches and one time limit of the functions, so that
 * nobody scores by the old one any more, and what is passed over has been scored by the new one.
 */
const SETTLED = 60_000 + 120_000;

/**
 * Brings leads to the live ruleset, a bounded number a run, from where the last run stopped. It goes by the index of
 * bands, which holds every scored lead: one that moves in it meanwhile has just been scored.
 * @returns how many leads were looked at
 */
export const rescoreSome = async (
  ports: ScorePorts,
  attempt: (leadId: string, work: () => Promise<unknown>) => Promise<boolean>,
): Promise<number> => {
  const { rulesets, leads, clock } = ports;
  const live = await rulesets.live();
  let at: Rescore = startOf(await rulesets.rescore(), live);
  if (at.done || clock.now() < live.at + SETTLED) return 0;
  let looked = 0;
  let failed = 0;
  while (!at.done && looked < LEADS_A_RUN) {
    const page = await leads.page(at.cursor, PAGE);
    const results = await inParallel(LEADS, page.leads, (leadId) =>
      attempt(leadId, () => bringTo(ports, leadId, live)),
    );
    looked += results.length;
    failed += results.filter((ok) => !ok).length;
    // One that failed keeps its old score until its next event or change; it is in the log.
    at = { epoch: live.epoch, cursor: page.cursor, done: page.cursor === null };
    await rulesets.keepRescore(at);
  }
  log.info('rescored', { epoch: live.epoch, leads: looked, failed, done: at.done });
  return looked;
};

const startOf = (known: Rescore | null, { epoch }: LiveRuleset): Rescore =>
  known !== null && known.epoch >= epoch ? known : { epoch, cursor: null, done: false };

const bringTo = async (ports: ScorePorts, leadId: string, live: LiveRuleset): Promise<void> => {
  const lead = await ports.leads.read(leadId);
  if (lead === null || lead.into !== undefined || lead.ruleset === live.hash) return;
  await scoreLead(ports, leadId, [], 'due');
};
