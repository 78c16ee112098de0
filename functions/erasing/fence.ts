import { erasedLead, type Erasure, type Lead } from '../../core/lead.ts';
import type { ScorePorts } from '../ports.ts';

type FencePorts = Pick<ScorePorts, 'leads' | 'rollUps'>;

/** Leaves of a lead only that it was erased, and the keys that are still to be forgotten; null where somebody else was first. */
export const fence = async (
  { leads, rollUps }: FencePorts,
  lead: Lead,
  erasure: Erasure,
): Promise<Lead | null> => {
  // Before the commit: nobody lists it among its account's people afterwards.
  if (lead.account !== null) await rollUps.moving(lead.account);
  const erased = erasedLead(lead, erasure);
  return (await leads.commit(erased, lead.version)) ? erased : null;
};

/** Fences a lead that was merged into one that is erased, before its log is copied there. */
export const eraseMerged = async (ports: FencePorts, merged: Lead, erasure: Erasure): Promise<void> => {
  // Refused: another try of the same merge was first.
  await fence(ports, merged, erasure);
};
