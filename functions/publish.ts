import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readFile } from 'node:fs/promises';
import { openTable } from './aws/table.ts';
import { readEnv } from './env.ts';
import { createPublish } from './publishing/publish-ruleset.ts';

const env = readEnv(['TABLE_NAME']);

/** Publishes the ruleset that lies beside this bundle, at every deploy that changes it. */
export const handler = createPublish({
  table: openTable(new DynamoDBClient({}), env.TABLE_NAME),
  readRuleset: () => readFile(new URL('ruleset.json', import.meta.url), 'utf8'),
  now: () => Date.now(),
});
