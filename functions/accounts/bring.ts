import { isDeepStrictEqual } from 'node:util';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset, ScorePorts } from '../ports.ts';
import { standingOf } from '../scoring/project.ts';
import { scoreLead } from '../scoring/score-lead.ts';
import type { Member } from './members.ts';

/** Members scored at once. */
const AT_ONCE = 6;

/**
 * Scores those of an account's people whose stored standing is not what these rules make of them now, since somebody
 * else said something of the account: their bands, also those that they remember, and when they change next. Who has
 * nothing of this to change costs nothing; so that it stays so, a snapshot that no longer holds is made anew, too.
 */
export const bringMembers = async (
  ports: ScorePorts,
  members: readonly Member[],
  live: LiveRuleset,
): Promise<void> => {
  if (!live.readsAccounts) return;
  const behind = members.filter((member) => isBehind(member, live));
  await inParallel(AT_ONCE, behind, ({ lead }) => scoreLead(ports, lead.id, [], 'account'));
};

/** A lead that was scored by other rules is left to those who bring all leads to them. */
const isBehind = ({ lead, evaluation, saidLate }: Member, { hash }: LiveRuleset): boolean =>
  lead.ruleset === hash &&
  lead.standing !== null &&
  (saidLate ||
    !isDeepStrictEqual(standingOf(evaluation), lead.standing) ||
    evaluation.bandSince !== lead.since ||
    (evaluation.nextChange?.at ?? Infinity) < (lead.due ?? Infinity));
