import { decideEntry } from '../../core/nurture/journey.ts';
import type { EntryDecision, EntryEnd, JourneyEntry } from '../../core/nurture/journey.ts';
import { journeyKey, takenKey } from '../aws/keys.ts';
import { NEW, type Condition, type Table } from '../aws/table.ts';

/** Leads' ways through journeys: the newest of each (lead, journey), running or ended; and all of each journey, listed. */
export interface Entries {
  find(leadId: string, journey: string): Promise<JourneyEntry | null>;
  /**
   * Claims the running entry of (lead, journey) for a change.
   * @param againAfterMs null: a lead enters once
   */
  claim(
    leadId: string,
    journey: string,
    wanted: JourneyEntry,
    againAfterMs: number | null,
  ): Promise<EntryDecision>;
  /** Notes that a running entry has come to a step, for whoever counts those who are on the way. */
  reach(leadId: string, journey: string, running: JourneyEntry, step: string): Promise<void>;
  /** Ends this entry, and no newer one. @param at UTC milliseconds */
  end(leadId: string, journey: string, entry: string, why: EntryEnd, at: number): Promise<void>;
}

/** Nothing has changed since it was read. */
const unchanged = (entry: JourneyEntry): Condition => ({
  expression: '#entry = :entry AND #running = :running',
  names: { '#entry': 'entry', '#running': 'running' },
  values: { ':entry': entry.entry, ':running': entry.running },
});

export const tableEntries = (table: Table): Entries => {
  const find: Entries['find'] = async (leadId, journey) => {
    const item = await table.get(journeyKey(leadId, journey));
    return item === null ? null : entryOf(item as unknown as JourneyEntry);
  };

  const decide = async (
    leadId: string,
    journey: string,
    wanted: JourneyEntry,
    againAfterMs: number | null,
  ): Promise<EntryDecision> => {
    const last = await find(leadId, journey);
    const decision = decideEntry(last, wanted, againAfterMs);
    if (decision !== 'enter') return decision;
    const item = { ...journeyKey(leadId, journey), ...wanted };
    if (await table.put(item, last === null ? NEW : unchanged(last))) return 'enter';
    // Another change was first, or this very put, whose first answer was lost: what is there now decides.
    return decideEntry(await find(leadId, journey), wanted, null);
  };

  return {
    find,
    claim: async (leadId, journey, wanted, againAfterMs) => {
      const decision = await decide(leadId, journey, wanted, againAfterMs);
      // Listed after the claim and before anything runs, by each try until one has done it; ending it is later.
      if (decision !== 'refuse')
        await table.put({ ...takenKey(journey, wanted.at, leadId), leadId, ...wanted }, NEW);
      return decision;
    },
    reach: async (leadId, journey, running, step) => {
      // Only in the list, which nothing is decided by; one that has ended meanwhile stays ended.
      await table.put(
        { ...takenKey(journey, running.at, leadId), leadId, ...running, step },
        unchanged(running),
      );
    },
    end: async (leadId, journey, entry, why, at) => {
      const last = await find(leadId, journey);
      if (last === null || last.entry !== entry || !last.running) return;
      const ended = { ...last, running: false, why, endedAt: at };
      await table.put({ ...takenKey(journey, last.at, leadId), leadId, ...ended });
      await table.put({ ...journeyKey(leadId, journey), ...ended }, unchanged(last));
    },
  };
};

const entryOf = ({
  entry,
  change,
  version,
  at,
  ruleset,
  running,
  heldOut,
  qualifiedBefore,
}: JourneyEntry): JourneyEntry => ({
  entry,
  change,
  version,
  at,
  ruleset,
  running,
  ...(heldOut === undefined ? {} : { heldOut }),
  ...(qualifiedBefore === undefined ? {} : { qualifiedBefore }),
});
