import type { HashedRuleset } from '../../core/impact/replays.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Rule } from '../../core/schema/score.ts';
import { sixtyRules } from '../engine/rules.ts';

const whole = (scoring: Scoring & { readonly hash: string }, hash: string): HashedRuleset => ({
  ...scoring,
  hash,
  journeys: {},
  emails: {},
});

/** The sixty rules as they are. */
export const baseRules = (): HashedRuleset => whole(sixtyRules(), 'base');

/** The same with other points for some rules; null: for all of them. */
export function changedRules(names: ReadonlySet<string> | null): HashedRuleset {
  const { scores, ...rest } = sixtyRules();
  const changed = (rule: Rule): Rule => ({
    ...rule,
    ...(typeof rule.points === 'number' && { points: rule.points + 1 }),
    ...(rule.steps && {
      steps: Object.fromEntries(Object.entries(rule.steps).map(([from, points]) => [from, points + 1])),
    }),
    ...(rule.points === undefined && !rule.steps && { cap: 19 }),
  });
  const next = Object.fromEntries(
    Object.entries(scores).map(([file, score]) => [
      file,
      {
        ...score,
        rules: Object.fromEntries(
          Object.entries(score.rules).map(([name, rule]) => [
            name,
            names === null || names.has(name) ? changed(rule) : rule,
          ]),
        ),
      },
    ]),
  );
  return whole({ ...rest, scores: next }, names === null ? 'all' : 'few');
}

/** The rules of clicks in mails: one lead in six ever clicked in one of these, and those leads did two fifths of everything. */
export const FEW: ReadonlySet<string> = new Set(['rule-6', 'rule-16', 'rule-26', 'rule-36', 'rule-46']);
