import type { Lead } from '../../core/lead.ts';
import { log } from '../log.ts';
import type { ScorePorts } from '../ports.ts';
import { dueOf } from './project.ts';

/** How often the clearing of what was told is tried; what stays is told again, and its consumers know it. */
const TRIES = 3;

const kindOf = (changeId: string): string => changeId.slice(changeId.lastIndexOf('#') + 1);

/** Tells what is pending of a committed lead, and clears only what the bus took. Answers the lead as it is then. */
export const tell = async ({ leads, changes, clock }: ScorePorts, committed: Lead): Promise<Lead> => {
  const waiting = Object.values(committed.pending);
  if (waiting.length === 0) return committed;
  const taken = await changes.publish(waiting);
  log.info('told', {
    lead: committed.id,
    version: committed.version,
    changes: [...taken].map(kindOf),
    entry: committed.entry,
  });
  if (taken.size === 0) return committed;
  let lead = committed;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const pending = Object.fromEntries(Object.entries(lead.pending).filter(([id]) => !taken.has(id)));
    const now = Math.max(clock.now(), lead.asOf);
    // A merge that is under way keeps its due time: it is what brings the merge up again.
    const due =
      lead.into === undefined ? dueOf(lead, { next: lead.next, pending, now, crossed: true }) : lead.due;
    const cleared = { ...lead, version: lead.version + 1, pending, due };
    if (await leads.commit(cleared, lead.version)) return cleared;
    const again = await leads.read(lead.id);
    if (again === null || Object.keys(again.pending).every((id) => !taken.has(id))) return again ?? lead;
    lead = again;
  }
  return lead;
};
