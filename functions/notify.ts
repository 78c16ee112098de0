import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { accountPk } from './aws/keys.ts';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { followedHandoffs } from './handoffs/followed.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { createNotify } from './handoffs/notify.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { tableClaims } from './mail/claims.ts';
import { secretText } from './mail/secret.ts';
import { poster } from './outbound/post.ts';

const env = readEnv([
  'TABLE_NAME',
  'SLACK_SECRET',
  'TEAMS_SECRET',
  'LINK_SECRET',
  'PUBLIC_URL',
  'PRIVATE_ADDRESSES',
]);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
const secrets = new SecretsManagerClient({});
const secret = (id: string): (() => Promise<string>) => secretText(secrets, id, () => clock.now());

/** Tells Slack and Teams: of handoffs, and what journeys have to say. */
export const handler = createNotify({
  people: tablePeople(table),
  handoffs: followedHandoffs(table),
  accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
  rulesets: tableRulesetParts(table, clock),
  claims: tableClaims(table),
  accountClaims: tableClaims(table, accountPk),
  slackSecret: secret(env.SLACK_SECRET),
  teamsSecret: secret(env.TEAMS_SECRET),
  linkSecret: secret(env.LINK_SECRET),
  post: poster({ loopback: env.PRIVATE_ADDRESSES === 'loopback' }),
  clock,
  invocation: randomUUID,
  publicUrl: env.PUBLIC_URL,
});
