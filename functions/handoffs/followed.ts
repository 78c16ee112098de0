import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import type { Table } from '../aws/table.ts';
import { tablePeople } from '../journeys/people.ts';
import { type Handoffs, tableHandoffs } from './handoffs.ts';
import { tableStandings } from './standing.ts';

/**
 * The handoffs of leads as those read them who tell of them: named by the lead that they were opened for, and as they
 * stand now, wherever that lead was merged; while a merge has yet to take one along, as it stood before.
 */
export const followedHandoffs = (table: Table): Handoffs => {
  const handoffs = tableHandoffs(table);
  const standings = tableStandings(table, tablePeople(table));
  return {
    ...handoffs,
    find: async (id, entry) => {
      const standing = await standings.find({ of: 'lead', id, entry });
      return standing === null ? handoffs.find(id, entry) : (standing.record as HandoffRecord);
    },
  };
};
