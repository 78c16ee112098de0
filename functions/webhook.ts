import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { accountPk } from './aws/keys.ts';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { followedHandoffs } from './handoffs/followed.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { createWebhook } from './handoffs/webhook.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { tableClaims } from './mail/claims.ts';
import { secretText } from './mail/secret.ts';
import { poster } from './outbound/post.ts';

const env = readEnv(['TABLE_NAME', 'WEBHOOKS_SECRET', 'PUBLIC_URL', 'PRIVATE_ADDRESSES']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };

/** Tells other products: of handoffs, and that journeys came by. */
export const handler = createWebhook({
  people: tablePeople(table),
  handoffs: followedHandoffs(table),
  accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
  rulesets: tableRulesetParts(table, clock),
  claims: tableClaims(table),
  accountClaims: tableClaims(table, accountPk),
  secret: secretText(new SecretsManagerClient({}), env.WEBHOOKS_SECRET, () => clock.now()),
  post: poster({ loopback: env.PRIVATE_ADDRESSES === 'loopback' }),
  clock,
  invocation: randomUUID,
  publicUrl: env.PUBLIC_URL,
});
