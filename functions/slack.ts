import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { accountPk } from './aws/keys.ts';
import { openTable } from './aws/table.ts';
import { readEnv } from './env.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { tableClaims } from './mail/claims.ts';
import { secretText } from './mail/secret.ts';
import { createSlack } from './mail/slack.ts';
import { postToSlack, webhookAddress } from './mail/slack-webhook.ts';

const env = readEnv(['TABLE_NAME', 'SLACK_SECRET', 'PUBLIC_URL']);
const table = openTable(new DynamoDBClient({}), env.TABLE_NAME);
const clock = { now: () => Date.now() };
const secret = secretText(new SecretsManagerClient({}), env.SLACK_SECRET, () => clock.now());

/** Tells Slack of a handoff. */
export const handler = createSlack({
  handoffs: tableHandoffs(table),
  accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
  rulesets: tableRulesetParts(table, clock),
  claims: tableClaims(table),
  accountClaims: tableClaims(table, accountPk),
  webhook: async () => webhookAddress(await secret()),
  post: postToSlack,
  clock,
  invocation: randomUUID,
  publicUrl: env.PUBLIC_URL,
});
