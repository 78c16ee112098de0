import type { Colleague } from '../../core/handoff/staff.ts';
import { NO_TURNS, takeTurn, type Turns } from '../../core/handoff/turn.ts';
import { turnsKey } from '../aws/keys.ts';
import { NEW, type Table } from '../aws/table.ts';
import { Conflict } from '../errors.ts';

/** Whose turn it is in a team. */
export interface TeamTurns {
  /**
   * Gives a handoff to somebody of the team; the same handoff always to the same one.
   * @param now UTC milliseconds
   */
  take(team: string, handoff: string, members: readonly Colleague[], now: number): Promise<Colleague>;
}

/** How often a turn is asked for again because another handoff was first. */
const TRIES = 20;

/** One item a team, written only as it was read: of two handoffs at once, each has a turn of its own. */
export const tableTurns = (table: Table): TeamTurns => ({
  take: async (team, handoff, members, now) => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const item = await table.get(turnsKey(team));
      const before = item === null ? NO_TURNS : (item as unknown as Turns);
      const taken = takeTurn(before, handoff, members, now);
      if (taken === null) throw new Error(`the team ${team} has no members`);
      if (taken.turns === before) return taken.member;
      const unchanged =
        item === null
          ? NEW
          : {
              expression: '#count = :count',
              names: { '#count': 'count' },
              values: { ':count': before.count },
            };
      const { count, last, given } = taken.turns;
      if (await table.put({ ...turnsKey(team), count, last, given }, unchanged)) return taken.member;
    }
    throw new Conflict(`too many handoffs at once for the team ${team}`);
  },
});
