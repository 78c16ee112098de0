import { SFNClient } from '@aws-sdk/client-sfn';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { tableAccounts } from './aws/accounts.ts';
import { accountPk } from './aws/keys.ts';
import { tableLeads } from './aws/leads.ts';
import { liveTable } from './aws/live-table.ts';
import { tableRolledUp } from './aws/rolled-up.ts';
import { tableRulesets } from './aws/rulesets.ts';
import { readEnv } from './env.ts';
import { tableEntries } from './journeys/entries.ts';
import { stateMachines } from './journeys/executions.ts';
import { tableHeld } from './handoffs/held.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { tablePublished } from './aws/published.ts';
import { tableLimits } from './journeys/limits.ts';
import { tableMachines } from './journeys/machines.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { loggedStandings } from './journeys/standings.ts';
import { createStart } from './journeys/start.ts';

const env = readEnv(['TABLE_NAME', 'HANDOFF_MACHINE']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
/** It writes no lead and no account, so it needs to know nothing of the indexes. */
const shards = { due: 1, band: 1 };

/** Changes of leads, from their queue. */
export const handler = createStart({
  people: tablePeople(table),
  entries: tableEntries(table),
  handoffs: tableHandoffs(table),
  rulesets: tableRulesetParts(table, clock),
  executions: stateMachines(new SFNClient({})),
  clock,
  machines: tableMachines(table, clock),
  handoffMachine: env.HANDOFF_MACHINE,
  held: tableHeld(table),
  limits: tableLimits(table, tablePublished(table)),
  standings: loggedStandings(
    tableLeads(table, shards),
    tableRulesets(table, clock),
    tableAccounts(table, clock),
  ),
  rolledUp: tableRolledUp(table, shards),
  accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
});
