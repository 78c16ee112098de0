import { tableAccounts } from './aws/accounts.ts';
import { tableLeads } from './aws/leads.ts';
import { tableRulesets } from './aws/rulesets.ts';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { tableEntries } from './journeys/entries.ts';
import { tableInHand } from './handoffs/in-hand.ts';
import { createLook } from './journeys/look.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { loggedStandings } from './journeys/standings.ts';
import { tableSuppressions } from './mail/suppress.ts';

const env = readEnv(['TABLE_NAME']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
/** A look writes no lead, so it needs to know nothing of the indexes. */
const leads = tableLeads(table, { due: 1, band: 1 });

/** What journeys ask between their steps. */
export const handler = createLook({
  people: tablePeople(table),
  standings: loggedStandings(leads, tableRulesets(table, clock), tableAccounts(table, clock)),
  entries: tableEntries(table),
  inHand: tableInHand(table),
  suppressions: tableSuppressions(table),
  rulesets: tableRulesetParts(table, clock),
  clock,
});
