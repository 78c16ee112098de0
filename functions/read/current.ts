import { setImmediate } from 'node:timers/promises';
import type { Evaluation } from '../../core/evaluation.ts';
import type { Lead } from '../../core/lead.ts';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset } from '../ports.ts';
import { readKnown } from '../scoring/known.ts';
import { readLog, type Read } from '../scoring/read.ts';
import type { ReadPorts } from './ports.ts';

/** Leads whose log is kept from one request to the next. */
const KEPT = 1_000;
/** Logs read at once. */
const AT_ONCE = 24;
/** How long a score may be shown again without computing it, ms: less than a fading point shows in. */
const SHOWN_AGAIN = 30_000;

interface Known {
  readonly version: number;
  readonly ruleset: string;
  read: Read;
  evaluation: Evaluation | null;
}

/** Says where leads stand at an instant. */
export interface Current {
  /** In the order of the leads. */
  evaluate(leads: readonly Lead[], live: LiveRuleset, at: number): Promise<readonly Evaluation[]>;
}

/**
 * Evaluates leads at an instant, all of a list: the stored score is as of the last event, and points fade, so that a
 * list sorted by it would be in the wrong order. What is read of a lead's log is kept under the lead's version, which
 * every write of its log moves: looking again at a list reads only the leads that changed.
 */
export const createCurrent = ({ leads, accounts }: Pick<ReadPorts, 'leads' | 'accounts'>): Current => {
  const kept = new Map<string, Known>();

  const known = async (lead: Lead, live: LiveRuleset): Promise<Known> => {
    const before = kept.get(lead.id);
    kept.delete(lead.id);
    const now =
      before?.version === lead.version && before.ruleset === live.hash
        ? before
        : {
            version: lead.version,
            ruleset: live.hash,
            read: await readLog(leads, lead, live.hash, [], false),
            evaluation: null,
          };
    kept.set(lead.id, now);
    for (const old of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(old);
    }
    return now;
  };

  const evaluate = async (lead: Lead, live: LiveRuleset, at: number): Promise<Evaluation> => {
    const lately = await known(lead, live);
    if (lately.evaluation !== null && stillHolds(lately.evaluation, live, at)) return lately.evaluation;
    // A list of 500 computes for a second; whatever else this process does may come between.
    await setImmediate();
    const read = await readKnown({ leads, accounts }, lead, live, at, { read: lately.read });
    lately.read = read;
    const evaluation = live.engine.evaluate(read.history, at);
    lately.evaluation = evaluation;
    return evaluation;
  };

  return {
    // Time never runs backwards for a lead, even if our clock is behind the one that scored it.
    evaluate: (list, live, at) =>
      inParallel(AT_ONCE, list, (lead) => evaluate(lead, live, Math.max(at, lead.asOf))),
  };
};

/** Nothing has changed by itself since, and nobody else's doing can have changed it. */
const stillHolds = ({ at, nextChange }: Evaluation, live: LiveRuleset, now: number): boolean =>
  !live.readsAccounts && now >= at && now - at < SHOWN_AGAIN && (nextChange === null || nextChange.at > now);
