import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { accountAttributes } from '../core/engine/attributes.ts';
import { tableAccounts } from './aws/accounts.ts';
import { accountPk, morningPk } from './aws/keys.ts';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { tableEntries } from './journeys/entries.ts';
import { tableMornings } from './handoffs/mornings.ts';
import { followedHandoffs } from './handoffs/followed.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { tableInHand } from './handoffs/in-hand.ts';
import { tablePeople } from './journeys/people.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { tableClaims } from './mail/claims.ts';
import { tableDecisions } from './mail/decide.ts';
import { tableFrequency } from './mail/let-out.ts';
import { tablePace } from './mail/pace.ts';
import { sendingRates } from './mail/quota.ts';
import { secretText } from './mail/secret.ts';
import { createSend } from './mail/send.ts';
import { tableSuppressions } from './mail/suppress.ts';
import { sesTransport } from './mail/transport.ts';

const env = readEnv(['TABLE_NAME', 'LINK_SECRET', 'PUBLIC_URL', 'CONFIGURATION_SET']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
const accounts = tableAccounts(table, clock);
/** One attempt: after a lost response a second one would be a second mail. */
const ses = new SESClient({ maxAttempts: 1 });

/** Journeys' mails, and the one that tells an owner of a handoff. */
export const handler = createSend({
  people: tablePeople(table),
  account: async (id) => accountAttributes((await accounts.history(id)).events, clock.now()),
  entries: tableEntries(table),
  handoffs: followedHandoffs(table),
  inHand: tableInHand(table),
  accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
  rulesets: tableRulesetParts(table, clock),
  suppressions: tableSuppressions(table),
  frequency: tableFrequency(table),
  pace: tablePace(table),
  rates: sendingRates(ses, () => clock.now()),
  decisions: tableDecisions(table),
  claims: tableClaims(table),
  accountClaims: tableClaims(table, accountPk),
  mornings: tableMornings(table),
  morningClaims: tableClaims(table, morningPk, false),
  transport: sesTransport(ses, {
    configurationSet: env.CONFIGURATION_SET,
    pause: async (ms) => void (await setTimeout(ms)),
  }),
  clock,
  invocation: randomUUID,
  linkSecret: secretText(new SecretsManagerClient({}), env.LINK_SECRET, () => clock.now()),
  publicUrl: env.PUBLIC_URL,
});
