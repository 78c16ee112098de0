import { isDeepStrictEqual } from 'node:util';
import type { Evaluation } from '../../core/evaluation.ts';
import type { History } from '../../core/history.ts';
import type { Lead } from '../../core/lead.ts';
import { shortened } from '../aws/lead-item.ts';
import { Conflict } from '../errors.ts';
import type { LiveRuleset, ScorePorts } from '../ports.ts';
import { project, standingOf, type Found } from '../scoring/project.ts';
import { readLog, type Read } from '../scoring/read.ts';
import { tellOfChange, tellOfMove } from '../scoring/score-lead.ts';
import { tell } from '../scoring/tell.ts';

const TRIES = 5;

/** What became of a lead. */
export interface BroughtLead {
  readonly changed: boolean;
  readonly qualified: boolean;
}

/**
 * Brings one lead to the live ruleset. It is written only if that makes something else of it: what is stored of it is
 * held against what these rules would have made of it at the instant it was stored for. So a change of one rule costs a
 * write for each lead that it touches, and fading, which moves every score, costs none.
 *
 * No snapshot is written: a lead that nothing happens to needs none, and the next event makes one.
 *
 * @returns null where there is nothing to bring: merged, erased, never scored, or scored by these rules already
 */
export const bringLead = async (
  ports: ScorePorts,
  leadId: string,
  live: LiveRuleset,
): Promise<BroughtLead | null> => {
  const { leads, clock, pause } = ports;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const lead = await leads.read(leadId);
    if (lead === null || lead.into !== undefined || lead.standing === null) return null;
    // An event was first, or this is done a second time.
    if (lead.epoch >= live.epoch) return null;
    const unchanged = { changed: false, qualified: false };
    // Nobody had brought it to the rules that were live in between.
    if (lead.ruleset === live.hash) return unchanged;
    const read = await readLog(leads, lead, live.hash, [], false);
    if (isAsStored(lead, live, await seenAt(ports, live, read, lead.asOf))) return unchanged;
    const now = Math.max(clock.now(), lead.asOf);
    const seen = await seenAt(ports, live, read, now);
    const next = project(
      lead,
      seen.evaluation,
      live,
      foundOf(lead, read, seen, now),
      seen.wake,
      [],
      () => true,
    );
    await tellOfMove(ports, lead, next);
    if (await leads.commit(next, lead.version)) {
      await tellOfChange(ports, lead, next, 'ruleset');
      await tell(ports, next);
      return { changed: true, qualified: next.entry > lead.entry };
    }
    await pause(attempt);
  }
  throw new Conflict(`lead ${leadId} was written by others ${TRIES} times`);
};

/** What a ruleset makes of a lead at an instant. */
interface SeenAt {
  readonly evaluation: Evaluation;
  readonly account: string | null;
  /** When the next event that is dated ahead begins to count. */
  readonly wake: number | null;
}

const seenAt = async (
  { accounts }: Pick<ScorePorts, 'accounts'>,
  { engine, readsAccounts, scoring }: LiveRuleset,
  { history }: Read,
  at: number,
): Promise<SeenAt> => {
  const addsUp = scoring.accounts !== undefined;
  const account = readsAccounts || addsUp ? engine.account(history, at) : null;
  const whole: History =
    account === null || !readsAccounts
      ? history
      : { ...history, account: await accounts.history(account.id) };
  const ahead = history.events.map(({ occurredAt }) => occurredAt).filter((occurredAt) => occurredAt > at);
  return {
    evaluation: engine.evaluate(whole, at),
    account: addsUp ? (account?.id ?? null) : null,
    wake: ahead.length === 0 ? null : Math.min(...ahead),
  };
};

const isAsStored = (lead: Lead, live: LiveRuleset, { evaluation, account, wake }: SeenAt): boolean => {
  const next = Math.min(evaluation.nextChange?.at ?? Infinity, wake ?? Infinity);
  return (
    evaluation.total === lead.total &&
    evaluation.bandSince === lead.since &&
    next === (lead.next ?? Infinity) &&
    account === lead.account &&
    isDeepStrictEqual(standingOf(evaluation), lead.standing) &&
    isDeepStrictEqual(shortened(evaluation.scores), shortened(lead.scores)) &&
    live.engine.bands.some(({ name }) => name === lead.standing?.band)
  );
};

/** Who the lead is does not depend on rules. */
const foundOf = (lead: Lead, read: Read, { account }: SeenAt, now: number): Found => ({
  asOf: now,
  snapshot: null,
  strayUntil: read.strayUntil,
  lastActivity: lead.lastActivity,
  email: lead.email,
  name: lead.name,
  membership: lead.membership,
  account,
  attributes: lead.attributes,
});
