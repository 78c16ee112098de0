import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { often, OFTEN } from './aws/client.ts';
import { tableQuarantine } from './aws/quarantine.ts';
import { liveBus } from './aws/live-bus.ts';
import { openTable } from './aws/table.ts';
import { readEnv } from './env.ts';
import { createIngest } from './ingest/accept.ts';
import { orAgain } from './ingest/again.ts';
import { originsOf } from './ingest/cors.ts';
import { eventBus } from './ingest/event-bus.ts';
import { createKeys } from './ingest/keys.ts';
import { createRate } from './ingest/rate.ts';
import { tableRateCounter } from './ingest/rate-counter.ts';

const env = readEnv(['BUS_NAME', 'INGEST_KEYS_SECRET', 'TABLE_NAME', 'ALLOWED_ORIGINS', 'EVENTS_PER_SECOND']);
const dynamodb = often(new DynamoDBClient(OFTEN));
const secrets = new SecretsManagerClient({});

const readKeys = async (): Promise<string> => {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: env.INGEST_KEYS_SECRET }));
  return secret.SecretString ?? '';
};

/** `POST /v1/…`, `/batch`; `GET /v1/projects/{key}/settings`, `/health`. */
export const handler = orAgain(
  createIngest({
    keys: createKeys(readKeys, Date.now),
    bus: eventBus(liveBus(), env.BUS_NAME),
    quarantine: tableQuarantine(openTable(dynamodb, env.TABLE_NAME)),
    rate: createRate({
      counter: tableRateCounter(dynamodb, env.TABLE_NAME),
      perSecond: env.EVENTS_PER_SECOND,
      now: Date.now,
      elapsed: () => performance.now(),
    }),
    origins: originsOf(env.ALLOWED_ORIGINS),
    newId: randomUUID,
    pause: async (ms) => {
      await setTimeout(ms * (0.5 + Math.random()));
    },
  }),
);
