import { SFNClient } from '@aws-sdk/client-sfn';
import { tableAccounts } from './aws/accounts.ts';
import { tableHandoffWeeks } from './aws/handoff-weeks.ts';
import { tableLeads } from './aws/leads.ts';
import { liveTable } from './aws/live-table.ts';
import { tableRolledUp } from './aws/rolled-up.ts';
import { tableRulesets } from './aws/rulesets.ts';
import { readEnv } from './env.ts';
import { createMorning } from './handoffs/morning.ts';
import { tableMornings } from './handoffs/mornings.ts';
import { stateMachines } from './journeys/executions.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { loggedStandings } from './journeys/standings.ts';

const env = readEnv(['TABLE_NAME', 'MORNING_MACHINE']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
const rulesets = tableRulesets(table, clock);
const accounts = tableAccounts(table, clock);
/** It writes no lead and no account, so it needs to know nothing of the indexes. */
const shards = { due: 1, band: 1 };
const leads = tableLeads(table, shards);

/** Every hour: owners whose morning has come are told whom to call today. */
export const handler = createMorning({
  parts: tableRulesetParts(table, clock),
  rulesets,
  accounts,
  leads,
  rolledUp: tableRolledUp(table, shards),
  standings: loggedStandings(leads, rulesets, accounts),
  handoffWeeks: tableHandoffWeeks(table),
  mornings: tableMornings(table),
  executions: stateMachines(new SFNClient({})),
  machine: env.MORNING_MACHINE,
  clock,
});
