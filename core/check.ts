import { type Accounts } from './schema/accounts.ts';
import { type Scoring } from './ruleset.ts';

/** A rules file as its YAML says. */
export interface RuleFile {
  /** Relative to the rules folder: `scores/fit.yaml`. */
  readonly file: string;
  /** Mappings are plain objects, or Maps, which keep the order of keys that look like numbers (as `points_by` may have). */
  readonly data: unknown;
}

/** A problem, and the place of it in the file's data; the reader of files knows its line and column. */
export interface CheckIssue {
  readonly file: string;
  /** A key that is wrong itself (unknown, superfluous) is the last of the path. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The nearest valid name. */
  readonly suggestion?: string;
}

export interface CheckResult {
  readonly issues: readonly CheckIssue[];
  /** What can be told from the rules alone: points above their cap, gaps in `points_by`, bands that no sum reaches, … */
  readonly warnings: readonly CheckIssue[];
  /** Only where there are no issues. */
  readonly ruleset?: Scoring & { readonly accounts?: Accounts };
}
