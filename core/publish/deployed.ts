import { readsAccount } from '../engine/reads-account.ts';
import { type Ruleset, rulesetHash } from '../ruleset.ts';

/** JSON in which the order of keys says nothing, as a short name. */
const name = (value: unknown): string => rulesetHash(value as Ruleset);

/**
 * What of a ruleset is made of resources in AWS, and differs from what is deployed: a journey is a state machine, the
 * sender an identity of SES, adding accounts up a queue and a function, which also hear for rules what is said of an
 * account. A list of sentences; empty where publishing is enough.
 */
export const needsDeploy = (deployed: Ruleset, next: Ruleset): string[] => {
  const reasons: string[] = [];
  const names = new Set([...Object.keys(deployed.journeys), ...Object.keys(next.journeys)]);
  for (const journey of [...names].sort()) {
    const [was, is] = [deployed.journeys[journey], next.journeys[journey]];
    if (was === undefined) reasons.push(`the journey \`${journey}\` is new`);
    else if (is === undefined) reasons.push(`the journey \`${journey}\` is gone`);
    else if (name(was) !== name(is)) reasons.push(`the journey \`${journey}\` is changed`);
  }
  if (name(deployed.sources ?? {}) !== name(next.sources ?? {})) reasons.push('sources/ is changed');
  if (deployed.accounts === undefined && next.accounts !== undefined) reasons.push('accounts.yaml is new');
  else if (!hears(deployed) && hears(next)) reasons.push('rules look at `account.*` for the first time');
  const [from, to] = [deployed.settings.sender?.email, next.settings.sender?.email];
  if (from !== to) reasons.push(`the sender is changed from ${from ?? 'nobody'} to ${to ?? 'nobody'}`);
  return reasons;
};

const hears = (ruleset: Ruleset): boolean => ruleset.accounts !== undefined || readsAccount(ruleset);
