/** A problem in a rules folder, told so that its author can mend it. */
export interface RuleIssue {
  /** Relative to the rules folder, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
  /** The nearest valid name, where a name is wrong. */
  readonly suggestion?: string;
}

/** Expected failures are values, all of them at once. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly RuleIssue[] };

/** What is wrong, and what may have been meant, in one line: "unknown key `capp`; did you mean `cap`?" */
export const issueText = ({ message, suggestion }: Pick<RuleIssue, 'message' | 'suggestion'>): string =>
  suggestion === undefined ? message : `${message}; did you mean \`${suggestion}\`?`;
