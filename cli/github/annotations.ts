import type { RuleIssue } from '../../core/issue.ts';
import type { TestFailure, TestReport } from '../../rulefiles/tests.ts';

/** What `kindling check --json` prints, as far as it is told on a pull request. */
export interface Checked {
  readonly ok: boolean;
  readonly issues: readonly RuleIssue[];
  readonly warnings: readonly RuleIssue[];
  readonly tests: Pick<TestReport, 'passed' | 'failed'> & {
    readonly failures: readonly Omit<TestFailure, 'contributions'>[];
  };
}

/** What `kindling check --json` printed; null where it was cut short, or refused to look. */
export const checkedIn = (text: string): Checked | null => {
  try {
    return JSON.parse(text) as Checked;
  } catch {
    return null;
  }
};

/** A line on standard output by which GitHub marks a line of a file. @param rules the rules folder, from the repository's root */
export const annotations = ({ issues, warnings, tests }: Checked, rules: string): string[] => [
  ...issues.map((issue) => annotation('error', rules, issue, issue.message)),
  ...tests.failures.map(({ test, when, what, expected, got, ...place }) =>
    annotation('error', rules, place, `${test}: on ${when}, ${what} should be ${expected} and is ${got}`),
  ),
  ...warnings.map((issue) => annotation('warning', rules, issue, issue.message)),
];

const annotation = (
  kind: 'error' | 'warning',
  rules: string,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column?: number },
  message: string,
): string => {
  const where =
    file === ''
      ? ''
      : ` file=${property(`${rules}/${file}`)},line=${line}${column === undefined ? '' : `,col=${column}`}`;
  return `::${kind}${where}::${escaped(message)}`;
};

/** As GitHub's own toolkit escapes: nothing in a message can begin another command. */
const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** What is wrong, as a list for the comment; '' where nothing is. */
export const problems = ({ ok, issues, tests }: Checked, rules: string): string => {
  if (ok) return '';
  const lines = [
    ...issues.map(({ file, line, message }) => `- \`${rules}/${file}:${line}\` ${plain(message)}`),
    ...tests.failures.map(
      ({ file, line, test, when, what, expected, got }) =>
        `- \`${rules}/${file}:${line}\` ${plain(test)}: on ${when}, ${plain(what)} should be ${plain(expected)} and is ${plain(got)}`,
    ),
  ];
  return `### These rules cannot be merged\n\n${lines.join('\n')}\n`;
};

/** Text of a pull request is a stranger's: it makes no links, mentions or markup. */
const plain = (text: string): string =>
  text.replaceAll(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;')).replaceAll('@', '@\u200b');
