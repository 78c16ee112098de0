import { decideEntry, type EntryDecision, type JourneyEntry } from '../../core/nurture/journey.ts';
import { journeyKey } from '../aws/keys.ts';
import { NEW, type Condition, type Table } from '../aws/table.ts';

/** Leads' ways through journeys: the newest of each (lead, journey), running or ended. */
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
  /** Ends this entry, and no newer one. @param why it ended; @param at UTC milliseconds */
  end(leadId: string, journey: string, entry: string, why: string, at: number): Promise<void>;
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
    if (item === null) return null;
    const { entry, change, version, at, ruleset, running } = item as unknown as JourneyEntry;
    return { entry, change, version, at, ruleset, running };
  };
  return {
    find,
    claim: async (leadId, journey, wanted, againAfterMs) => {
      const last = await find(leadId, journey);
      const decision = decideEntry(last, wanted, againAfterMs);
      if (decision !== 'enter') return decision;
      const item = { ...journeyKey(leadId, journey), ...wanted };
      if (await table.put(item, last === null ? NEW : unchanged(last))) return 'enter';
      // Another change was first, or this very put, whose first answer was lost: what is there now decides.
      return decideEntry(await find(leadId, journey), wanted, null);
    },
    end: async (leadId, journey, entry, why, at) => {
      const last = await find(leadId, journey);
      if (last === null || last.entry !== entry || !last.running) return;
      const ended = { ...journeyKey(leadId, journey), ...last, running: false, why, endedAt: at };
      await table.put(ended, unchanged(last));
    },
  };
};
