import { doublesOf } from '../../core/handoff/doubles.ts';
import { handoffName } from '../../core/handoff/answer.ts';
import { log } from '../log.ts';
import type { Standings } from './standing.ts';

/**
 * Where a merge brought a lead two handoffs that wait for an answer: closes all but one, whose answer counts for all.
 * May be done again; one that is answered meanwhile stays as it was answered.
 * @param now UTC milliseconds
 */
export const closeDoubles = async (
  standings: Pick<Standings, 'all' | 'write'>,
  leadId: string,
  now: number,
): Promise<void> => {
  const standing = (await standings.all(leadId)).map((each) => ({ ...each.record, of: each }));
  const found = doublesOf(standing);
  if (found === null) return;
  const { name: into } = found.stays.of;
  for (const { of: double } of found.doubles) {
    const { record } = double;
    const revision = (record.revision ?? 0) + 1;
    const next = { ...record, state: 'closed' as const, merged: { into, at: now }, revision };
    if (await standings.write(double, next))
      log.info('handoff merged', { handoff: handoffName(double.name), into: handoffName(into) });
  }
};
