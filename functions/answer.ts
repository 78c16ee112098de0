import { setTimeout } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { createAnswers } from './handoffs/answers.ts';
import { tableStandings } from './handoffs/standing.ts';
import { eventBus } from './ingest/event-bus.ts';
import { publish } from './ingest/publish.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { secretText } from './mail/secret.ts';
import { poster } from './outbound/post.ts';

const env = readEnv([
  'TABLE_NAME',
  'BUS_NAME',
  'LINK_SECRET',
  'SLACK_SECRET',
  'PUBLIC_URL',
  'PRIVATE_ADDRESSES',
]);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
const bus = eventBus(new EventBridgeClient({}), env.BUS_NAME);
const secrets = new SecretsManagerClient({});
const loopback = env.PRIVATE_ADDRESSES === 'loopback';

/** `GET` and `POST /h/{token}`, `POST /slack/actions`, `POST /api/handoffs/answers` and `/api/handoffs/deals`. */
export const handler = createAnswers({
  standings: tableStandings(table, tablePeople(table)),
  rulesets: tableRulesetParts(table, clock),
  publish: (entry) => publish(bus, [entry], async (ms) => void (await setTimeout(ms))),
  linkSecret: secretText(secrets, env.LINK_SECRET, () => clock.now()),
  slackSecret: secretText(secrets, env.SLACK_SECRET, () => clock.now()),
  // Slack gives us three seconds for all of it.
  post: poster({ loopback, timeoutMs: 2_000 }),
  localSlack: loopback,
  clock,
  publicUrl: env.PUBLIC_URL,
});
