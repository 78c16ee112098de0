import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset, RolledUp, RollUps, ScorePorts } from '../ports.ts';
import { finishMerge } from './merge.ts';
import { scoreLead } from './score-lead.ts';
import { tell } from './tell.ts';

/** Leads worked on at once. */
const LEADS = 8;
/** What must be left of a run's time to begin another page, ms. */
const RESERVE = 20_000;

export type DegradePorts = ScorePorts & {
  /** Goes on with an erasure; false where time does not suffice. */
  readonly finishErasure: (leadId: string, hasTime: () => boolean) => Promise<boolean>;
  readonly rolledUp: Pick<RolledUp, 'due'>;
  readonly rollUps: Pick<RollUps, 'due'>;
  /** Sees that the leads are being brought to the live ruleset, whoever stopped before that. */
  readonly watchRescore: (live: LiveRuleset) => Promise<void>;
};

export interface Degraded {
  /** Leads whose time had come. */
  readonly due: number;
  readonly failed: number;
  /** Accounts whose time had come. */
  readonly accounts: number;
}

type Remaining = Pick<Context, 'getRemainingTimeInMillis'>;

/** Brings up every lead that the due index names by now; what time does not suffice for stays due for the next run. */
export const createDegrade = (
  ports: DegradePorts,
): ((event: unknown, context: Context) => Promise<Degraded>) =>
  middy<unknown, Degraded>().handler(async (_event: unknown, context: Context) => {
    let due = 0;
    let failed = 0;
    for await (const leads of ports.leads.due(ports.clock.now())) {
      const results = await inParallel(LEADS, leads, (leadId) =>
        attempt(leadId, () => bringUp(ports, leadId, () => !isShort(context))),
      );
      due += results.length;
      failed += results.filter((ok) => !ok).length;
      if (isShort(context)) break;
    }
    const accounts = await lookAtAccounts(ports);
    const live = await ports.rulesets.live();
    // The first ruleset found nobody to bring to it.
    if (live.epoch > 1) await ports.watchRescore(live);
    if (due + accounts > 0) log.info('degraded', { due, failed, accounts });
    return { due, failed, accounts };
  });

/** Asks for the roll-up of accounts whose day is over, or whose changes were not told; how many. */
const lookAtAccounts = async ({ rulesets, rolledUp, rollUps, clock }: DegradePorts): Promise<number> => {
  if ((await rulesets.live()).scoring.accounts === undefined) return 0;
  let asked = 0;
  for await (const accounts of rolledUp.due(clock.now())) {
    await rollUps.due(accounts);
    asked += accounts.length;
  }
  return asked;
};

const isShort = (context: Remaining): boolean => context.getRemainingTimeInMillis() < RESERVE;

/** One lead's failure costs only itself: it stays due. */
const attempt = async (leadId: string, work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    log.error('a due lead failed', { lead: leadId, error: error as Error });
    return false;
  }
};

/** What a due lead waits for: its erasure or its merge to be finished, its changes to be told, its score to be computed. */
const bringUp = async (ports: DegradePorts, leadId: string, hasTime: () => boolean): Promise<void> => {
  const lead = await ports.leads.read(leadId);
  if (lead === null) return;
  if (lead.erased !== undefined) {
    if (!(await ports.finishErasure(leadId, hasTime))) throw new Error('time did not suffice');
    return;
  }
  if (lead.into !== undefined) return finishMerge(ports, leadId);
  // What a rescore left goes with the lead's next write.
  if (Object.keys(lead.pending).length > 0 && lead.toldBy === undefined) {
    // Whoever made the change may have stopped before it told of its account, too.
    if (lead.account !== null) await ports.rollUps.changed(lead.account);
    await tell(ports, lead);
  }
  await scoreLead(ports, leadId, [], 'due');
};
