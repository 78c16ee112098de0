import { setTimeout } from 'node:timers/promises';
import { readEnv } from '../env.ts';
import { closeDoubles } from '../handoffs/merged.ts';
import { tableStandings } from '../handoffs/standing.ts';
import { tablePeople } from '../journeys/people.ts';
import type { RolledUp, RollUps, ScorePorts } from '../ports.ts';
import { tableAccounts } from './accounts.ts';
import { busChanges } from './changes.ts';
import { queuedRollUps } from './roll-ups.ts';
import { tableIdentities } from './identities.ts';
import { tableLeads } from './leads.ts';
import { tableRolledUp } from './rolled-up.ts';
import { tableRulesets } from './rulesets.ts';
import { liveBus } from './live-bus.ts';
import { liveTable } from './live-table.ts';
import type { Table } from './table.ts';
import { readTogether } from './together.ts';

/** How long the first new try waits at most, ms; each further one twice as long. */
const PAUSE = 40;

/** Waits before the n-th new try, by chance, so that those who met once do not meet again. */
export const pause = async (attempt: number): Promise<void> => {
  await setTimeout(Math.random() * PAUSE * 2 ** (attempt - 1));
};

/** All that scoring rests on in AWS; the clients are made once, here. */
export const scorePorts = (): ScorePorts & {
  readonly table: Table;
  readonly rollUps: RollUps;
  readonly rolledUp: RolledUp;
} => {
  const env = readEnv(['TABLE_NAME', 'BUS_NAME', 'DUE_SHARDS', 'BAND_SHARDS']);
  const table = readTogether(liveTable(env.TABLE_NAME), pause);
  const clock = { now: () => Date.now() };
  const bus = { client: liveBus(), name: env.BUS_NAME };
  const shards = { due: env.DUE_SHARDS, band: env.BAND_SHARDS };
  const handoffs = tableStandings(table, tablePeople(table));
  return {
    table,
    clock,
    pause,
    leads: tableLeads(table, shards),
    rolledUp: tableRolledUp(table, shards),
    rollUps: queuedRollUps(table, bus, clock),
    identities: tableIdentities(table, pause),
    rulesets: tableRulesets(table, clock),
    accounts: tableAccounts(table, clock),
    changes: busChanges(bus.client, bus.name),
    closeDoubles: (leadId) => closeDoubles(handoffs, leadId, clock.now()),
  };
};
