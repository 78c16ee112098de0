import { setTimeout } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { liveBus } from './aws/live-bus.ts';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { eventBus } from './ingest/event-bus.ts';
import { publish } from './ingest/publish.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { createPreferences } from './mail/preferences.ts';
import { secretText } from './mail/secret.ts';
import { tableSuppressions } from './mail/suppress.ts';

const env = readEnv(['TABLE_NAME', 'BUS_NAME', 'LINK_SECRET']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
const rulesets = tableRulesetParts(table, clock);
const bus = eventBus(liveBus(), env.BUS_NAME);

/** `GET` and `POST /u/{token}`. */
export const handler = createPreferences({
  people: tablePeople(table),
  suppressions: tableSuppressions(table),
  topics: async () => (await rulesets.settings(await rulesets.live())).topics ?? {},
  publish: (entry) => publish(bus, [entry], async (ms) => void (await setTimeout(ms))),
  clock,
  linkSecret: secretText(new SecretsManagerClient({}), env.LINK_SECRET, () => clock.now()),
});
