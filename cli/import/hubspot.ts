import { z } from 'zod';

import { type Limit } from '../../core/schema/scalar.ts';
import { type Rule } from '../../core/schema/score.ts';
import { type DraftRule, type DraftScore, slug } from './draft.ts';
import { conditionOf } from './hubspot-filters.ts';

/**
 * A score as HubSpot's lead scoring API gives it (`/marketing/lead-scoring/…/scores/{scoreId}`): groups of rules, each
 * with the value that it adds and the ends that hold it. More may stand in it, and is told as not carried over.
 */
const RuleConfiguration = z.looseObject({
  enabled: z.boolean().optional(),
  minimumValue: z.number().nullish(),
  maximumValue: z.number().nullish(),
  name: z.string().nullish(),
  configuration: z.looseObject({
    calculation: z.looseObject({ type: z.string(), value: z.number().optional() }),
  }),
});
type RuleConfiguration = z.infer<typeof RuleConfiguration>;
const GroupConfig = z.looseObject({
  groupName: z.string(),
  groupCategory: z.string().nullish(),
  minValue: z.number().nullish(),
  maxValue: z.number().nullish(),
  ruleConfigurations: z.array(RuleConfiguration),
});
export const HubSpotScore = z.looseObject({
  name: z.string(),
  objectTypeId: z.string().optional(),
  maxScore: z.number().nullish(),
  groupConfigs: z.array(GroupConfig),
});

/** Contacts; companies are `account.` here. */
const COMPANIES = '0-2';

export function fromHubSpot({
  name,
  objectTypeId,
  maxScore,
  groupConfigs,
}: z.infer<typeof HubSpotScore>): DraftScore[] {
  const groups: Record<string, Limit> = {};
  const rules: DraftRule[] = [];
  const on = objectTypeId === COMPANIES ? 'account' : 'lead';
  for (const group of groupConfigs) {
    const limit = limitOf(group.minValue, group.maxValue);
    const groupName = slug(group.groupName);
    if (limit) groups[groupName] = limit;
    group.ruleConfigurations.forEach((config, n) => {
      rules.push(draft(config, `${group.groupName} ${n + 1}`, limit ? groupName : null, on));
    });
  }
  const limit = typeof maxScore === 'number' ? { min: 0, max: maxScore } : undefined;
  return [
    {
      score: slug(name),
      about: `HubSpot's score “${name}”.`,
      ...(limit && { limit }),
      groups,
      rules,
      notes: ['HubSpot names properties and events in its own way: put the names in that your events carry.'],
    },
  ];
}

function limitOf(min: number | null | undefined, max: number | null | undefined): Limit | null {
  const limit = { ...(typeof min === 'number' && { min }), ...(typeof max === 'number' && { max }) };
  return Object.keys(limit).length === 0 ? null : limit;
}

function draft(
  config: RuleConfiguration,
  fallback: string,
  group: string | null,
  on: 'lead' | 'account',
): DraftRule {
  const { enabled, configuration, maximumValue, minimumValue } = config;
  const { calculation, ...rest } = configuration;
  const notes: string[] = [];
  const title = config.name ?? fallback;
  const skip = (why: string): DraftRule => ({ title, rule: null, notes: [why, JSON.stringify(config)] });
  if (enabled === false) return skip('It is switched off in HubSpot.');
  if (calculation.type !== 'CONSTANT' || calculation.value === undefined)
    return skip(`A calculation of the kind ${calculation.type} has no equal here.`);
  if (calculation.value === 0) return skip('It changes no points.');
  const when = conditionOf(rest, on, notes);
  if (when === null) return skip('What it asks for has no equal here.');
  for (const key of Object.keys(rest).filter((name) => /decay|frequency|timeframe/i.test(name)))
    notes.push(
      `Without its \`${key}\`: ${JSON.stringify(rest[key])}; see \`half_life\`, \`fade\`, \`within\`.`,
    );
  // A rule that counts events is held by the end on its own side.
  const end = calculation.value > 0 ? maximumValue : minimumValue;
  const isEvent = 'event' in when;
  const rule: Omit<Rule, 'why'> = {
    when: when as NonNullable<Rule['when']>,
    points: calculation.value,
    ...(isEvent && typeof end === 'number' && end !== 0 && { cap: end }),
    ...(group !== null && { group }),
  };
  return { title, rule, notes };
}
