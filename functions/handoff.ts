import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { sentence } from '../core/explain.ts';
import type { Rule } from '../core/schema/score.ts';
import { tableAccounts } from './aws/accounts.ts';
import { tableLeads } from './aws/leads.ts';
import { tableRulesets } from './aws/rulesets.ts';
import { openTable } from './aws/table.ts';
import { readEnv } from './env.ts';
import { createHandoff } from './journeys/handoff.ts';
import { tableHandoffs } from './journeys/handoffs.ts';
import { tableRulesetParts } from './journeys/rulesets.ts';
import { loggedStandings } from './journeys/standings.ts';

const env = readEnv(['TABLE_NAME']);
const table = openTable(new DynamoDBClient({}), env.TABLE_NAME);
const clock = { now: () => Date.now() };
/** It writes no lead, so it needs to know nothing of the indexes. */
const leads = tableLeads(table, { due: 1, band: 1 });
const rulesets = tableRulesets(table, clock);

/** Opens the handoff of a lead that qualified. */
export const handler = createHandoff({
  standings: loggedStandings(leads, rulesets, tableAccounts(table, clock)),
  handoffs: tableHandoffs(table),
  rulesets: tableRulesetParts(table, clock),
  clock,
  sentences: async ({ events, evaluation, attributes }) => {
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
  },
});
