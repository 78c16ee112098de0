import type { Evaluation } from '../../core/evaluation.ts';
import type { Lead } from '../../core/lead.ts';
import { inParallel } from '../parallel.ts';
import type { Accounts, Leads, LiveRuleset, RolledUp } from '../ports.ts';
import { readKnown } from '../scoring/known.ts';
import type { Remembered } from './remembered.ts';

/** Members looked at at once. */
const MEMBERS = 8;

/** A lead of an account, and where it stands now. */
export interface Member {
  readonly lead: Lead;
  readonly evaluation: Evaluation;
  /** Whether its snapshot no longer holds. */
  readonly saidLate: boolean;
}

export interface MemberPorts {
  readonly leads: Pick<Leads, 'read' | 'log'>;
  readonly rolledUp: Pick<RolledUp, 'members'>;
  readonly accounts: Pick<Accounts, 'history'>;
  /** @default every log is read */
  readonly remembered?: Remembered | undefined;
}

/**
 * Everybody of an account, scored at `now`: each by the snapshot and what came after it, so that it costs the same
 * however long people have been with us. The index names who may belong to it; the lead itself says whether it does.
 */
export const membersOf = async (
  ports: MemberPorts,
  accountId: string,
  live: LiveRuleset,
  now: number,
): Promise<Member[]> => {
  const members: Member[] = [];
  for await (const ids of ports.rolledUp.members(accountId)) {
    const found = await inParallel(MEMBERS, ids, (id) => memberOf(ports, id, accountId, live, now));
    members.push(...found.filter((member) => member !== null));
  }
  return members;
};

const memberOf = async (
  { leads, accounts, remembered }: MemberPorts,
  leadId: string,
  accountId: string,
  live: LiveRuleset,
  now: number,
): Promise<Member | null> => {
  const lead = await leads.read(leadId);
  if (lead === null || lead.into !== undefined || lead.account !== accountId) return null;
  // Time never runs backwards for a lead.
  const at = Math.max(now, lead.asOf);
  const before = remembered?.find(lead, live.hash) ?? undefined;
  const known = await readKnown({ leads, accounts }, lead, live, at, before && { read: before });
  const { saidLate } = known;
  if (!saidLate) remembered?.keep(lead, live.hash, known);
  return { lead, evaluation: live.engine.evaluate(known.history, at), saidLate };
};
