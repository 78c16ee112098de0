import { setTimeout } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { AccountBrief } from '../core/accounts/account-handoff.ts';
import { adjustmentsOf } from '../core/explain/adjusted.ts';
import { sentence } from '../core/explain/explain.ts';
import type { Rule } from '../core/schema/score.ts';
import { tableAccounts } from './aws/accounts.ts';
import { accountPk } from './aws/keys.ts';
import { tableLeads } from './aws/leads.ts';
import { tableRolledUp } from './aws/rolled-up.ts';
import { tableRulesets } from './aws/rulesets.ts';
import { liveTable } from './aws/live-table.ts';
import { readEnv } from './env.ts';
import { tableAccountOwners } from './handoffs/account-owners.ts';
import { tableStandings } from './handoffs/standing.ts';
import { createWatch, isWatch, type WatchAnswer } from './handoffs/watch.ts';
import { eventBus } from './ingest/event-bus.ts';
import { publish } from './ingest/publish.ts';
import { tablePeople } from './journeys/people.ts';
import { tableTurns } from './handoffs/turns.ts';
import { createAccountHandoff, isOfAccount } from './handoffs/open-account.ts';
import { createHandoff, type HandoffAnswer, type HandoffPorts } from './handoffs/open.ts';
import { tableHandoffs } from './handoffs/handoffs.ts';
import { tableInHand } from './handoffs/in-hand.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { loggedStandings } from './journeys/standings.ts';

const env = readEnv(['TABLE_NAME', 'BUS_NAME']);
const table = liveTable(env.TABLE_NAME);
const clock = { now: () => Date.now() };
/** It writes no lead and no account, so it needs to know nothing of the indexes. */
const shards = { due: 1, band: 1 };
const leads = tableLeads(table, shards);
const rulesets = tableRulesets(table, clock);

const accounts = tableAccounts(table, clock);
const standings = loggedStandings(leads, rulesets, accounts);
const parts = tableRulesetParts(table, clock);
const sentences: HandoffPorts['sentences'] = async ({ events, evaluation, attributes }) => {
  const { scoring } = await rulesets.live();
  // Rule names are unique over all scores.
  const rules = Object.assign({}, ...Object.values(scoring.scores).map((file) => file.rules)) as Record<
    string,
    Rule
  >;
  return (contribution) => {
    const rule = rules[contribution.rule];
    return rule === undefined
      ? contribution.why
      : sentence(contribution, rule, events, evaluation.at, attributes);
  };
};

const adjusted: HandoffPorts['adjusted'] = async ({ events, evaluation }) =>
  adjustmentsOf(events, (await rulesets.live()).scoring.scores, evaluation.at);

const turns = tableTurns(table);
const accountOwners = tableAccountOwners(table);
const ofLead = createHandoff({
  turns,
  accountOwners,
  standings,
  handoffs: tableHandoffs(table),
  rulesets: parts,
  clock,
  sentences,
  adjusted,
});
const ofAccount = createAccountHandoff({
  turns,
  accountOwners,
  leads,
  rolledUp: tableRolledUp(table, shards),
  accounts,
  handoffs: tableHandoffs<AccountBrief>(table, accountPk),
  inHand: tableInHand(table),
  rulesets,
  parts,
  standings,
  clock,
  sentences,
});

const bus = eventBus(new EventBridgeClient({}), env.BUS_NAME);
const watch = createWatch({
  standings: tableStandings(table, tablePeople(table)),
  rulesets: parts,
  publish: (entry) => publish(bus, [entry], async (ms) => void (await setTimeout(ms))),
  clock,
});

/** Opens the handoff of a lead, or of an account, that qualified; later looks whether it was answered in time. */
export const handler = (task: unknown): Promise<HandoffAnswer | WatchAnswer> =>
  isWatch(task) ? watch(task) : isOfAccount(task) ? ofAccount(task) : ofLead(task);
