import type { Lead } from '../../core/lead.ts';
import type { Read } from '../scoring/read.ts';

/** Events that are kept of all leads together: some megabytes. */
const KEPT = 20_000;

/** The logs of leads as they were last read. */
export interface Remembered {
  /** What was read when the lead was at this version, or null. */
  find(lead: Lead, ruleset: string): Read | null;
  keep(lead: Lead, ruleset: string, log: Read): void;
}

/**
 * Remembers leads' logs from one roll-up to the next: most people of an account have done nothing meanwhile. An event
 * counts for others once its lead was committed, which makes a new version: so what was read at a version holds for as
 * long as the lead stays at it. The log that was read longest ago goes first.
 */
export const rememberLogs = (kept = KEPT): Remembered => {
  const logs = new Map<string, { readonly at: string; readonly log: Read }>();
  let events = 0;
  const sizeOf = ({ entries }: Read): number => entries.length + 1;
  const forget = (id: string): void => {
    const known = logs.get(id);
    if (known === undefined) return;
    logs.delete(id);
    events -= sizeOf(known.log);
  };
  const standOf = (lead: Lead, ruleset: string): string => `${lead.version}#${lead.asOf}#${ruleset}`;
  return {
    find: (lead, ruleset) => {
      const known = logs.get(lead.id);
      return known?.at === standOf(lead, ruleset) ? known.log : null;
    },
    keep: (lead, ruleset, log) => {
      forget(lead.id);
      logs.set(lead.id, { at: standOf(lead, ruleset), log });
      events += sizeOf(log);
      for (const oldest of logs.keys()) {
        if (events <= kept) break;
        forget(oldest);
      }
    },
  };
};
