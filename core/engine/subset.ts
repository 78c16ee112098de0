import type { Scoring } from '../ruleset.ts';

/**
 * A ruleset with only some of its rules; scores, groups, bands and all else stay. What these rules give a lead is what
 * they give in the whole ruleset: a contribution never depends on other rules.
 */
export const onlyRules = <S extends Scoring>(scoring: S, names: ReadonlySet<string>): S => ({
  ...scoring,
  scores: Object.fromEntries(
    Object.entries(scoring.scores).map(([file, score]) => [
      file,
      {
        ...score,
        rules: Object.fromEntries(Object.entries(score.rules).filter(([name]) => names.has(name))),
      },
    ]),
  ),
});
