import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { accountPk } from './aws/keys.ts';
import { tableRolledUp } from './aws/rolled-up.ts';
import { openTable } from './aws/table.ts';
import { readEnv } from './env.ts';
import { tableEntries } from './journeys/entries.ts';
import { stateMachines } from './journeys/executions.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { createStart } from './journeys/start.ts';

const env = readEnv(['TABLE_NAME', 'JOURNEY_MACHINES', 'HANDOFF_MACHINE']);
const table = openTable(new DynamoDBClient({}), env.TABLE_NAME);
const clock = { now: () => Date.now() };

/** Changes of leads, from their queue. */
export const handler = createStart({
  people: tablePeople(table),
  entries: tableEntries(table),
  handoffs: tableHandoffs(table),
  rulesets: tableRulesetParts(table, clock),
  executions: stateMachines(new SFNClient({})),
  clock,
  machines: env.JOURNEY_MACHINES,
  handoffMachine: env.HANDOFF_MACHINE,
  // It writes no account, so it needs to know nothing of the indexes.
  rolledUp: tableRolledUp(table, { due: 1, band: 1 }),
  accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
});
