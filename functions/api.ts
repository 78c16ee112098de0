import { SFNClient } from '@aws-sdk/client-sfn';
import { setTimeout } from 'node:timers/promises';
import { tableAccounts } from './aws/accounts.ts';
import { tableIdentities } from './aws/identities.ts';
import { tableHandoffWeeks } from './aws/handoff-weeks.ts';
import { tableLeads } from './aws/leads.ts';
import { liveBus } from './aws/live-bus.ts';
import { liveTable } from './aws/live-table.ts';
import { tableRolledUp } from './aws/rolled-up.ts';
import { tableRulesets } from './aws/rulesets.ts';
import { tableHeld } from './handoffs/held.ts';
import { readEnv } from './env.ts';
import { eventBus } from './ingest/event-bus.ts';
import { publish } from './ingest/publish.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { tableTaken } from './read/journeys.ts';
import { stateMachines } from './journeys/executions.ts';
import { createApi } from './read/answer.ts';
import { tableAccountDirectory } from './read/account-directory.ts';
import { tableDirectory } from './read/directory.ts';
import { publishedRulesets } from './read/published.ts';
import { tableEmails } from './read/emails.ts';
import { tableRefused } from './read/refused.ts';
import { tableSent } from './read/sent.ts';
import { tableUnsettled } from './read/unsettled.ts';

const env = readEnv(['TABLE_NAME', 'BUS_NAME', 'BAND_SHARDS', 'ISSUER', 'CLIENT_ID', 'DECISION_MACHINE']);
const table = liveTable(env.TABLE_NAME);
const bus = eventBus(liveBus(), env.BUS_NAME);
const clock = { now: Date.now };
/** It writes neither leads nor accounts, so how many due shards there are is nothing to it. */
const shards = { due: 1, band: env.BAND_SHARDS };
const pause = async (attempt: number): Promise<void> => {
  await setTimeout(2 ** attempt * 10 * (0.5 + Math.random()));
};

/** `GET /api/leads`, `/api/leads/{id}`, `/api/accounts`, `/api/accounts/{id}`, `/api/bands`, `/api/mails`, `/api/emails`, `/api/emails/{name}/preview`, `/api/quarantine`, `/api/rescore`, `/api/config`; `POST /api/leads/{id}/adjustments`, `/api/mails/{id}/resend`, `…/dismiss`. */
export const handler = createApi({
  clock,
  leads: tableLeads(table, shards),
  rolledUp: tableRolledUp(table, shards),
  directory: tableDirectory(table, env.BAND_SHARDS),
  accountDirectory: tableAccountDirectory(table, env.BAND_SHARDS),
  identities: tableIdentities(table, pause),
  rulesets: tableRulesets(table, clock),
  published: publishedRulesets(table, clock),
  accounts: tableAccounts(table, clock),
  sent: tableSent(table),
  handoffWeeks: tableHandoffWeeks(table),
  held: tableHeld(table),
  refused: tableRefused(table),
  journeys: tableRulesetParts(table, clock),
  taken: tableTaken(table),
  unsettled: tableUnsettled(table),
  emails: tableEmails(table),
  parts: tableRulesetParts(table, clock),
  executions: stateMachines(new SFNClient({})),
  decisionMachine: env.DECISION_MACHINE,
  publish: (entry) => publish(bus, [entry], async (ms) => void (await setTimeout(ms))),
  config: { issuer: env.ISSUER, clientId: env.CLIENT_ID },
});
