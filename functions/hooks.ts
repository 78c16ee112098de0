import { setTimeout } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { liveTable } from './aws/live-table.ts';
import { tableQuarantine } from './aws/quarantine.ts';
import { readEnv } from './env.ts';
import { createHooks } from './hooks/receive.ts';
import { tableSeen } from './hooks/seen.ts';
import { eventBus } from './ingest/event-bus.ts';
import { publish } from './ingest/publish.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { secretText } from './mail/secret.ts';

const env = readEnv(['TABLE_NAME', 'BUS_NAME', 'SOURCES_SECRET', 'PUBLIC_URL']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
const bus = eventBus(new EventBridgeClient({}), env.BUS_NAME);
const rulesets = tableRulesetParts(table, clock);

/** `POST /hooks/{source}`. */
export const handler = createHooks({
  sources: async () => rulesets.sources(await rulesets.live()),
  secret: secretText(new SecretsManagerClient({}), env.SOURCES_SECRET, () => clock.now()),
  seen: tableSeen(table),
  quarantine: tableQuarantine(table),
  publish: (entries) => publish(bus, entries, async (ms) => void (await setTimeout(ms))),
  publicUrl: env.PUBLIC_URL,
});
