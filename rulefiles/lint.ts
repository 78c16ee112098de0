import { type CheckIssue } from '../core/check/check.ts';
import { type Scoring } from '../core/ruleset.ts';
import { sameConditions } from './lint/duplicates.ts';
import { regularExpressions } from './lint/expressions.ts';
import { ruleWarnings } from './lint/points.ts';
import { unreachable } from './lint/reach.ts';
import { warningOf } from './lint/warn.ts';

/** What is allowed in the files of scoring, and most likely not meant. */
export interface Lint {
  readonly warnings: readonly CheckIssue[];
  /** Bands of leads that no lead can be in. */
  readonly unreachable: readonly string[];
}

/** @param now UTC milliseconds; without it no date is looked at */
export function lint(scoring: Scoring, now?: number): Lint {
  const warnings: CheckIssue[] = [];
  for (const [name, file] of Object.entries(scoring.scores)) {
    const warn = warningOf(`scores/${name}.yaml`, warnings);
    for (const [rule, said] of Object.entries(file.rules))
      ruleWarnings(said, file, ['rules', rule], now, warn);
    regularExpressions(file, warn);
  }
  const { warnings: above, bands } = unreachable(scoring);
  warnings.push(...sameConditions(scoring.scores), ...above);
  return { warnings, unreachable: bands };
}
